from django.urls import path

from api.v1.shipments.views import ShipmentDetail, ShipmentEventList, ShipmentList

urlpatterns = [
    path("shipments/", ShipmentList.as_view()),
    path("shipments/<uuid:pk>/", ShipmentDetail.as_view()),
    path("shipments/<uuid:pk>/events/", ShipmentEventList.as_view()),
]
