from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

RESOURCES = (
    "products",
    "categories",
    "shops",
    "orders",
    "shipments",
    "stock",
    "payouts",
    "cases",
    "reviews",
    "price_lists",
    "pickup_points",
)

urlpatterns = [
    *(path("", include(f"api.v1.{name}.urls")) for name in RESOURCES),
    path("openapi.json", SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[]), name="openapi"),
]
