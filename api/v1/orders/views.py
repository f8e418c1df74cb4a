from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import MerchantView
from api.pagination import SignedCursorPagination
from api.schema import IDEMPOTENCY_KEY
from api.v1.orders.serializers import OrderSerializer
from api.v1.shipments.serializers import NewShipmentSerializer, ShipmentSerializer
from api.writes import idempotent
from logistics.carrier_selectors import MANUAL
from logistics.selectors import shipments_of
from orders.models import MerchantOrder, OrderLine
from orders.services.dispatching import dispatch_order
from orders.states import OrderStatus

TO_SHIP = [OrderStatus.PAID, OrderStatus.PREPARING]
UNPAID = [OrderStatus.AWAITING_PAYMENT, OrderStatus.EXPIRED]


class OrderFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=OrderStatus.choices)
    to_ship = django_filters.BooleanFilter(method="waiting", label="Paid and not shipped yet")
    placed_after = django_filters.IsoDateTimeFilter(field_name="placed_at", lookup_expr="gte")
    placed_before = django_filters.IsoDateTimeFilter(field_name="placed_at", lookup_expr="lt")

    class Meta:
        model = MerchantOrder
        fields: list[str] = []

    def waiting(self, orders: QuerySet[MerchantOrder], name: str, value: bool) -> QuerySet[MerchantOrder]:
        is_waiting = Q(status__in=TO_SHIP, pickup_from=None)
        return orders.filter(is_waiting if value else ~is_waiting)


class OrderPagination(SignedCursorPagination):
    ordering = "-id"


class OrderView(MerchantView):
    serializer_class = OrderSerializer
    queryset = MerchantOrder.objects.none()

    def get_queryset(self) -> QuerySet[MerchantOrder]:
        """The merchant's own orders that were paid at some time; unpaid ones are no business of a warehouse."""
        lines = Prefetch("lines", OrderLine.objects.order_by("id").select_related("order"))
        if getattr(self, "swagger_fake_view", False):
            return MerchantOrder.objects.none()
        own = MerchantOrder.objects.for_merchant(self.merchant).exclude(status__in=UNPAID)
        return own.select_related("checkout", "pickup_from", "pickup", "slot_day").prefetch_related(lines)


class OrderList(ListModelMixin, OrderView):
    """The merchant's orders, newest first."""

    scopes = {"GET": "orders:read"}
    pagination_class = OrderPagination
    filter_backends = [DjangoFilterBackend]
    filterset_class = OrderFilter

    def get(self, request: Request) -> Response:
        return self.list(request)


class OrderDetail(OrderView):
    """One order of the merchant."""

    scopes = {"GET": "orders:read"}

    def get(self, request: Request, pk: UUID) -> Response:
        return Response(OrderSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data)


class OrderShipments(OrderView):
    """Ship an order, or with `pieces` a part of it: one shipment per warehouse it lies in. Each part needs its own tracking number.

    `way` chooses one of the merchant's carriers, which is then listened to; the built-in one makes the number itself.
    """

    scopes = {"POST": "orders:write"}

    @extend_schema(request=NewShipmentSerializer, responses={201: ShipmentSerializer(many=True)}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, pk: UUID) -> Response:
        order = get_object_or_404(self.get_queryset(), pk=pk)
        data = NewShipmentSerializer(data=request.data)
        data.is_valid(raise_exception=True)

        said = dict(data.validated_data)
        pieces = _pieces(order, said.pop("pieces")) if "pieces" in said else None

        def write() -> tuple[int, Any]:
            said.setdefault("way", MANUAL)
            dispatch_order(order_id=order.pk, actor=self.client.actor, at=timezone.now(), pieces=pieces, **said)
            return 201, ShipmentSerializer(shipments_of(order.pk), many=True).data

        return idempotent(request, self.client, write)


def _pieces(order: MerchantOrder, wanted: list[dict[str, Any]]) -> dict[UUID, int]:
    """How many of which variant; the same SKU may be named several times."""
    variants = {line.sku: line.variant_id for line in order.lines.all() if not line.is_digital}
    found: dict[UUID, int] = {}
    for index, row in enumerate(wanted):
        if row["sku"] not in variants:
            raise ValidationError({"pieces": {str(index): {"sku": [_("This order has no such article.")]}}})
        key = variants[row["sku"]]
        found[key] = found.get(key, 0) + row["quantity"]
    return found
