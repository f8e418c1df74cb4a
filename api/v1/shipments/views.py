from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import MerchantView
from api.pagination import SignedCursorPagination
from api.schema import IDEMPOTENCY_KEY
from api.v1.shipments.serializers import NewEventSerializer, ShipmentSerializer
from api.writes import idempotent
from logistics.models import Shipment, ShipmentEvent
from logistics.services import record_tracking


class ShipmentPagination(SignedCursorPagination):
    ordering = "-id"


class ShipmentView(MerchantView):
    serializer_class = ShipmentSerializer
    queryset = Shipment.objects.none()

    def get_queryset(self) -> QuerySet[Shipment]:
        if getattr(self, "swagger_fake_view", False):
            return Shipment.objects.none()
        rows = Shipment.objects.for_merchant(self.merchant).select_related("warehouse", "booking__account")
        return rows.prefetch_related(Prefetch("events", ShipmentEvent.objects.order_by("at", "id")))


class ShipmentList(ListModelMixin, ShipmentView):
    """The merchant's shipments, newest first."""

    scopes = {"GET": "orders:read"}
    pagination_class = ShipmentPagination

    def get(self, request: Request) -> Response:
        return self.list(request)


class ShipmentDetail(ShipmentView):
    """One shipment with its timeline."""

    scopes = {"GET": "orders:read"}

    def get(self, request: Request, pk: UUID) -> Response:
        return Response(ShipmentSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data)


class ShipmentEventList(ShipmentView):
    """Report what happened to a parcel."""

    scopes = {"POST": "orders:write"}

    @extend_schema(request=NewEventSerializer, responses={201: ShipmentSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, pk: UUID) -> Response:
        shipment = get_object_or_404(self.get_queryset(), pk=pk)
        data = NewEventSerializer(data=request.data)
        data.is_valid(raise_exception=True)

        def write() -> tuple[int, Any]:
            record_tracking(shipment_id=shipment.pk, at=timezone.now(), actor=self.client.actor, **data.validated_data)
            return 201, _json(get_object_or_404(self.get_queryset(), pk=pk))

        return idempotent(request, self.client, write)


def _json(shipment: Shipment) -> Any:
    return ShipmentSerializer(shipment).data
