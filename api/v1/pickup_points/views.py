from typing import Any

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import PublicView
from api.pagination import SignedCursorPagination
from api.v1.products.serializers import MoneySerializer, money
from logistics.models import PickupPoint
from logistics.way_selectors import pickup_points
from merchants.models import Merchant


class PickupPointSerializer(serializers.ModelSerializer[PickupPoint]):
    """A store where shoppers pick up. Opening hours are spans per day by the clock of `time_zone`, and not on `closed_on`."""

    shop = serializers.SlugField(source="merchant.slug")
    code = serializers.CharField(source="warehouse.code")
    name = serializers.SerializerMethodField()
    city = serializers.CharField(source="warehouse.city")
    postcode = serializers.CharField(source="warehouse.postcode")
    country = serializers.CharField(source="warehouse.country")
    latitude = serializers.DecimalField(source="warehouse.latitude", max_digits=9, decimal_places=6)
    longitude = serializers.DecimalField(source="warehouse.longitude", max_digits=9, decimal_places=6)
    time_zone = serializers.CharField(source="warehouse.time_zone")
    closed_on = serializers.ListField(source="warehouse.holidays", child=serializers.DateField())
    fee = serializers.SerializerMethodField()

    class Meta:
        model = PickupPoint
        fields = (
            "id", "shop", "code", "name", "address", "city", "postcode", "country", "latitude", "longitude", "opening_hours", "time_zone",
            "closed_on", "ready_hours", "keep_days", "fee",
        )  # fmt: skip

    def get_name(self, point: PickupPoint) -> str:
        return point.warehouse.text("name")

    @extend_schema_field(MoneySerializer)
    def get_fee(self, point: PickupPoint) -> dict[str, Any]:
        return money(point.fee_minor, point.currency)


class PickupPointFilter(django_filters.FilterSet):
    shop = django_filters.CharFilter(field_name="merchant__slug", label="Slug of a shop")

    class Meta:
        model = PickupPoint
        fields: list[str] = []


class PickupPointPagination(SignedCursorPagination):
    ordering = "id"


class PickupPointList(ListModelMixin, PublicView):
    """Stores of all shops that offer pick-up."""

    serializer_class = PickupPointSerializer
    pagination_class = PickupPointPagination
    filter_backends = [DjangoFilterBackend]
    filterset_class = PickupPointFilter
    queryset = PickupPoint.objects.none()

    def get_queryset(self) -> QuerySet[PickupPoint]:
        return pickup_points().filter(merchant__status=Merchant.Status.ACTIVE).select_related("merchant")

    def get(self, request: Request) -> Response:
        return self.list(request)
