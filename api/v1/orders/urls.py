from django.urls import path

from api.v1.orders.views import OrderDetail, OrderList, OrderShipments

urlpatterns = [
    path("orders/", OrderList.as_view()),
    path("orders/<uuid:pk>/", OrderDetail.as_view()),
    path("orders/<uuid:pk>/shipments/", OrderShipments.as_view()),
]
