from django.urls import path

from api.v1.products.views import ProductDetail, ProductList

urlpatterns = [path("products/", ProductList.as_view()), path("products/<slug:slug>/", ProductDetail.as_view())]
