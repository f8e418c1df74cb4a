from django.urls import path

from api.v1.shops.views import ShopDetail, ShopList

urlpatterns = [path("shops/", ShopList.as_view()), path("shops/<slug:slug>/", ShopDetail.as_view())]
