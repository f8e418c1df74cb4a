from django.urls import path

from api.v1.stock.views import StockDetail, StockList

urlpatterns = [path("stock/", StockList.as_view()), path("stock/<uuid:pk>/", StockDetail.as_view())]
