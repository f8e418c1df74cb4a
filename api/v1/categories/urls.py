from django.urls import path

from api.v1.categories.views import CategoryDetail, CategoryList

urlpatterns = [path("categories/", CategoryList.as_view()), path("categories/<slug:slug>/", CategoryDetail.as_view())]
