from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import MerchantView
from api.pagination import SignedCursorPagination
from api.schema import IDEMPOTENCY_KEY
from api.writes import idempotent
from logistics.models import Stock
from logistics.services import correct_stock


class StockSerializer(serializers.ModelSerializer[Stock]):
    sku = serializers.CharField(source="variant.sku")
    warehouse = serializers.CharField(source="warehouse.code")
    available = serializers.IntegerField()

    class Meta:
        model = Stock
        fields = ("id", "sku", "warehouse", "on_hand", "reserved", "available")


class NewCountSerializer(serializers.Serializer[Any]):
    """A count of the shelf. With `expected_on_hand` the change is refused when somebody else changed it first."""

    on_hand = serializers.IntegerField(min_value=0, max_value=10**7)
    expected_on_hand = serializers.IntegerField(min_value=0, max_value=10**7, required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class StockFilter(django_filters.FilterSet):
    sku = django_filters.CharFilter(field_name="variant__sku", max_length=64)
    warehouse = django_filters.CharFilter(field_name="warehouse__code", max_length=30)

    class Meta:
        model = Stock
        fields: list[str] = []


class StockPagination(SignedCursorPagination):
    ordering = "id"


class StockView(MerchantView):
    serializer_class = StockSerializer
    queryset = Stock.objects.none()

    def get_queryset(self) -> QuerySet[Stock]:
        if getattr(self, "swagger_fake_view", False):
            return Stock.objects.none()
        return Stock.objects.for_merchant(self.merchant).select_related("variant", "warehouse")


class StockList(ListModelMixin, StockView):
    """How many of each of the merchant's variants lie in each warehouse."""

    scopes = {"GET": "inventory:read"}
    pagination_class = StockPagination
    filter_backends = [DjangoFilterBackend]
    filterset_class = StockFilter

    def get(self, request: Request) -> Response:
        return self.list(request)


class StockDetail(StockView):
    """One stock row; PATCH writes a count as a movement with a reason."""

    scopes = {"GET": "inventory:read", "PATCH": "inventory:write"}

    def get(self, request: Request, pk: UUID) -> Response:
        return Response(StockSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=NewCountSerializer, responses={200: StockSerializer}, parameters=[IDEMPOTENCY_KEY])
    def patch(self, request: Request, pk: UUID) -> Response:
        row = get_object_or_404(self.get_queryset(), pk=pk)
        data = NewCountSerializer(data=request.data)
        data.is_valid(raise_exception=True)

        def write() -> tuple[int, Any]:
            correct_stock(stock_id=row.pk, actor=self.client.actor, at=timezone.now(), **data.validated_data)
            return 200, StockSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data

        return idempotent(request, self.client, write)
