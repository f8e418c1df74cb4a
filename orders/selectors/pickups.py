"""Reads: what waits to be picked up in a merchant's stores, and what its shopper sees of it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Case, F, QuerySet, Value, When

from core.qr_codes import qr_path
from logistics.models import PickupPoint
from logistics.rules.opening import hours_text
from merchants.models import Merchant
from orders.models import MerchantOrder, Pickup
from orders.pickup_codes import decrypt, in_groups
from orders.states import PICKUP_OPEN, OrderStatus, PickupStatus


@dataclass(frozen=True)
class PickupView:
    """A pick-up as its shopper sees it; the code, and a QR of it as an SVG path `modules` wide, while it can be used."""

    pickup: Pickup
    point: PickupPoint | None
    code: str = ""
    path: str = ""
    modules: int = 0

    @property
    def hours(self) -> str:
        return hours_text(self.point.opening_hours) if self.point else ""


def pickups_by_order(orders: list[MerchantOrder]) -> dict[uuid.UUID, PickupView]:
    """Pick-ups of these orders with their stores. One statement, none where nothing is picked up."""
    ids = [order.pk for order in orders if order.pickup_from_id is not None]
    rows = Pickup.objects.filter(order__in=ids).select_related("warehouse__pickup_point", "warehouse__merchant") if ids else ()
    return {row.order_id: _view(row) for row in rows}


def _view(row: Pickup) -> PickupView:
    point = getattr(row.warehouse, "pickup_point", None)
    code = decrypt(row.code, order_id=row.order_id) if row.status == PickupStatus.READY and row.code else ""
    if not code:
        return PickupView(row, point)
    path, modules = qr_path(in_groups(code))
    return PickupView(row, point, in_groups(code), path, modules)


def waiting_pickups(merchant: Merchant, *, warehouse_id: uuid.UUID | None = None) -> QuerySet[Pickup]:
    """A merchant's pick-ups of paid orders that have not ended: what is to be put aside first, by when it was promised, then what is
    ready, by how long it is kept."""
    paid = [OrderStatus.PAID, OrderStatus.PREPARING]
    rows: QuerySet[Pickup] = Pickup.objects.for_merchant(merchant).filter(status__in=PICKUP_OPEN, order__status__in=paid)
    if warehouse_id is not None:
        rows = rows.filter(warehouse=warehouse_id)
    rows = rows.select_related("order__checkout", "warehouse__merchant").prefetch_related("order__lines__bundle")
    is_ready = Case(When(status=PickupStatus.READY, then=Value(1)), default=Value(0))
    due = Case(When(status=PickupStatus.READY, then=F("keep_until")), default=F("promised_at"))
    return rows.order_by(is_ready, due.asc(nulls_last=True), "pk")


def is_late(pickup: Pickup, at: dt.datetime) -> bool:
    """It should lie ready by now."""
    return pickup.status == PickupStatus.WAITING and pickup.promised_at is not None and pickup.promised_at < at
