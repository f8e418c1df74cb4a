from django.urls import path

from api.v1.pickup_points.views import PickupPointList

urlpatterns = [path("pickup-points/", PickupPointList.as_view())]
