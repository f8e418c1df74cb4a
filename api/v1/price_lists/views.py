from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import MerchantView
from api.pagination import SignedCursorPagination
from api.schema import IDEMPOTENCY_KEY
from api.v1.price_lists.serializers import NewPriceListSerializer, PriceListSerializer, PriceListWithRowsSerializer, RowsSerializer
from api.writes import idempotent
from catalog.models import PriceList
from catalog.rules.quantities import Tier
from catalog.services.price_lists import NewRow, create_price_list, set_rows, update_price_list


class PriceListPagination(SignedCursorPagination):
    ordering = "id"


class PriceListView(MerchantView):
    serializer_class = PriceListSerializer
    queryset = PriceList.objects.none()

    def get_queryset(self) -> QuerySet[PriceList]:
        if getattr(self, "swagger_fake_view", False):
            return PriceList.objects.none()
        return PriceList.objects.for_merchant(self.merchant)


class PriceListList(ListModelMixin, PriceListView):
    """The merchant's price lists; POST makes one without prices."""

    scopes = {"GET": "prices:read", "POST": "prices:write"}
    pagination_class = PriceListPagination

    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(request=NewPriceListSerializer, responses={201: PriceListSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request) -> Response:
        data = NewPriceListSerializer(data=request.data)
        data.is_valid(raise_exception=True)

        def write() -> tuple[int, Any]:
            return 201, PriceListSerializer(create_price_list(merchant=self.merchant, **data.validated_data)).data

        return idempotent(request, self.client, write)


class PriceListDetail(PriceListView):
    """One list with its prices; PATCH changes its name, days or use."""

    serializer_class = PriceListWithRowsSerializer
    scopes = {"GET": "prices:read", "PATCH": "prices:write"}

    def get(self, request: Request, pk: UUID) -> Response:
        return Response(PriceListWithRowsSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=NewPriceListSerializer(partial=True), responses={200: PriceListSerializer}, parameters=[IDEMPOTENCY_KEY])
    def patch(self, request: Request, pk: UUID) -> Response:
        row = get_object_or_404(self.get_queryset(), pk=pk)
        data = NewPriceListSerializer(data=request.data, partial=True)
        data.is_valid(raise_exception=True)

        def write() -> tuple[int, Any]:
            return 200, PriceListSerializer(update_price_list(price_list_id=row.pk, **data.validated_data)).data

        return idempotent(request, self.client, write)


class PriceListRows(PriceListView):
    """PUT puts rows in the place of all that a list has; either all of them or none."""

    scopes = {"PUT": "prices:write"}

    @extend_schema(request=RowsSerializer, responses={200: PriceListWithRowsSerializer}, parameters=[IDEMPOTENCY_KEY])
    def put(self, request: Request, pk: UUID) -> Response:
        row = get_object_or_404(self.get_queryset(), pk=pk)
        data = RowsSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        rows = [
            NewRow(each["sku"], [Tier(step["quantity"], step["price_minor"]) for step in each["steps"]], each["least"])
            for each in data.validated_data["rows"]
        ]

        def write() -> tuple[int, Any]:
            return 200, PriceListWithRowsSerializer(set_rows(price_list_id=row.pk, rows=rows)).data

        return idempotent(request, self.client, write)
