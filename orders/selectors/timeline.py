from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.models import StateChange
from logistics.models import Shipment
from logistics.states import ShipmentStatus
from orders.models import MerchantOrder
from orders.states import OrderStatus

ACTORS = {
    "shopper": _("Shopper"),
    "merchant": _("Merchant"),
    "operator": _("Marketplace"),
    "api": _("Merchant"),
    "system": _("Automatic"),
    "carrier": _("Carrier"),
}
# The order's word for it, and the word of its parcels.
SAME_FACTS: dict[str, str] = {OrderStatus.SHIPPED: ShipmentStatus.HANDED_OVER, OrderStatus.DELIVERED: ShipmentStatus.DELIVERED}
GRANTED = "granted"
# Names of the storefront's sprite, by the kind of entry and its code.
ICONS: dict[tuple[str, str], str] = {
    ("parcel", ShipmentStatus.HANDED_OVER): "package",
    ("parcel", ShipmentStatus.IN_TRANSIT): "truck",
    ("parcel", ShipmentStatus.OUT_FOR_DELIVERY): "map-pin",
    ("parcel", ShipmentStatus.DELIVERED): "circle-check",
    ("parcel", ShipmentStatus.FAILED): "circle-alert",
    ("parcel", ShipmentStatus.RETURNED): "undo-2",
    ("parcel", ShipmentStatus.LOST): "circle-help",
    ("order", OrderStatus.AWAITING_PAYMENT): "clock",
    ("order", OrderStatus.PAID): "wallet",
    ("order", OrderStatus.IN_REVIEW): "shield-check",
    ("order", OrderStatus.PREPARING): "box",
    ("order", OrderStatus.SHIPPED): "truck",
    ("order", OrderStatus.DELIVERED): "circle-check",
    ("order", OrderStatus.COMPLETED): "badge-check",
    ("order", OrderStatus.CANCELLED): "circle-x",
    ("order", OrderStatus.EXPIRED): "clock",
    ("order", OrderStatus.REFUNDED): "undo-2",
}


@dataclass(frozen=True)
class TimelineEntry:
    """A step of an order or of one of its parcels. `actor` is a role as people call it, never a person."""

    at: dt.datetime
    kind: str
    code: str
    label: Any
    actor: Any
    reason: str = ""
    place: str = ""
    tracking_number: str = ""

    @property
    def icon(self) -> str:
        """What it looks like in the sprite of the storefront."""
        return ICONS.get((self.kind, self.code), "info")


def timelines(orders: Sequence[MerchantOrder], parcels: Mapping[uuid.UUID, Sequence[Shipment]]) -> dict[uuid.UUID, list[TimelineEntry]]:
    """Per order its moves and its parcels' events as one list, oldest first, each fact once; one statement.

    `parcels` are shipments by order id with their events prefetched.
    """
    entries: dict[uuid.UUID, list[TimelineEntry]] = {order.pk: [] for order in orders}
    changes = StateChange.objects.filter(entity=MerchantOrder._meta.label_lower, entity_id__in=entries).order_by("at", "id")
    for change in changes:
        entries[change.entity_id].append(_of_change(change))
    in_store = {order.pk for order in orders if order.pickup_from_id is not None}
    for order_id in in_store:  # nothing was sent: the shopper has it
        entries[order_id] = [entry for entry in entries[order_id] if entry.code != OrderStatus.SHIPPED]
    for order_id, shipments in parcels.items():
        if order_id in in_store:
            continue
        scans = [_of_event(shipment, event) for shipment in shipments for event in shipment.events.all()]
        entries[order_id] = _told_once(entries[order_id], scans)
    return {order_id: sorted(found, key=lambda entry: entry.at) for order_id, found in entries.items()}


def role_of(actor: str) -> Any:
    """The role word of an actor such as "merchant:<id>"."""
    return ACTORS.get(actor.partition(":")[0], ACTORS["system"])


def _told_once(moves: Sequence[TimelineEntry], scans: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """An order is sent and delivered with its parcels: their entries stay, as they know carrier and place.

    Where a person moved the order and its parcels at one stroke, the entry says so; what goes by one tracking number is one parcel.
    """
    people = {(SAME_FACTS.get(move.code), move.at): move.actor for move in moves if move.actor is not ACTORS["system"]}
    told = {scan.code for scan in scans}
    kept = [move for move in moves if SAME_FACTS.get(move.code) not in told]
    return [*kept, *dict.fromkeys(replace(scan, actor=people.get((scan.code, scan.at), scan.actor)) for scan in scans)]


def _of_change(change: StateChange) -> TimelineEntry:
    status = change.to_status
    label = OrderStatus(status).label if status in OrderStatus.values else status
    if not change.from_status:
        label = _("Placed")
    if change.from_status == status:  # no move: the shop has let the shopper download again
        status, label = GRANTED, _("More downloads granted")
    return TimelineEntry(at=change.at, kind="order", code=status, label=label, actor=role_of(change.actor), reason=change.reason)


def _of_event(shipment: Shipment, event: Any) -> TimelineEntry:
    return TimelineEntry(
        at=event.at,
        kind="parcel",
        code=event.code,
        label=ShipmentStatus(event.code).label,
        actor=ACTORS["carrier"],
        reason=event.note,
        place=event.place,
        tracking_number=shipment.tracking_number,
    )
