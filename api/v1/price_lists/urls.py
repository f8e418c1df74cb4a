from django.urls import path

from api.v1.price_lists.views import PriceListDetail, PriceListList, PriceListRows

urlpatterns = [
    path("price-lists/", PriceListList.as_view()),
    path("price-lists/<uuid:pk>/", PriceListDetail.as_view()),
    path("price-lists/<uuid:pk>/rows/", PriceListRows.as_view()),
]
