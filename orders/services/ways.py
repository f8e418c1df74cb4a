"""The way in which each merchant's order reaches the shopper: sent, picked up in a store, or brought at hours the shopper chose."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.exchange.rules import Conversion
from core.states import record_change, write_changes
from logistics.errors import PickupNotOffered
from logistics.models import PickupPoint, Warehouse
from logistics.rules import Destination
from logistics.rules.opening import ready_at
from logistics.services.slots import release_places, take_slot
from logistics.way_selectors import pickup_points
from orders.models import MerchantOrder, Pickup
from orders.rules.ways import ChosenWay
from orders.states import PICKUP_OPEN, PickupStatus


@dataclass(frozen=True, slots=True)
class Ways:
    """The choices of a purchase by merchant, those of stores with their points."""

    chosen: Mapping[uuid.UUID, ChosenWay] = field(default_factory=dict)
    points: Mapping[uuid.UUID, PickupPoint] = field(default_factory=dict)

    def is_picked_up(self, merchant_id: uuid.UUID) -> bool:
        return merchant_id in self.points

    def fees(self, conversion: Conversion) -> dict[uuid.UUID, int]:
        """What picking up costs, in minor units of the purchase's currency."""
        return {key: conversion.amount(point.fee_minor, point.currency) or 0 for key, point in self.points.items()}


NO_WAYS = Ways()


def look_up(chosen: Mapping[uuid.UUID, ChosenWay], merchant_ids: Sequence[uuid.UUID]) -> Ways:
    """The choices that concern these merchants; one statement where something is picked up.

    Raises:
        PickupNotOffered: a store is not this merchant's, or is not open to shoppers any more.
    """
    wanted = {key: way for key, way in chosen.items() if key in merchant_ids and (way.store_id or way.slot_id)}
    stores = {way.store_id: key for key, way in wanted.items() if way.store_id}
    if not stores:
        return Ways(wanted) if wanted else NO_WAYS
    points = {point.merchant_id: point for point in pickup_points().filter(warehouse__in=stores)}
    if any(key not in points or points[key].warehouse_id != store_id for store_id, key in stores.items()):
        raise PickupNotOffered
    return Ways(wanted, points)


def note_stores(orders: Sequence[MerchantOrder], ways: Ways) -> None:
    """Write the chosen stores on orders that are not saved yet."""
    for order in orders:
        if order.merchant_id in ways.points:
            order.pickup_from = ways.points[order.merchant_id].warehouse


def keep_ways(orders: Sequence[MerchantOrder], ways: Ways, destination: Destination, at: dt.datetime) -> dict[uuid.UUID, Warehouse]:
    """Open the pick-ups of saved orders and take their places in delivery slots; returns where the goods of each must come from.

    Raises:
        SlotNotOffered, SlotFull: a delivery time cannot be had.
    """
    pickups = [_pickup(order, ways.points[order.merchant_id], at) for order in orders if order.merchant_id in ways.points]
    Pickup.objects.bulk_create(pickups)
    write_changes(record_change(row, "", row.status, actor="system:orders", reason="", at=at) for row in pickups)
    sources = {row.order_id: row.warehouse for row in pickups}
    slotted = [(ways.chosen[order.merchant_id], order) for order in orders if order.merchant_id in ways.chosen]
    for way, order in sorted(slotted, key=lambda pair: str(pair[0].slot_id)):
        if way.slot_id is not None and way.day is not None and not order.is_digital:
            taken = take_slot(slot_id=way.slot_id, merchant_id=order.merchant_id, day=way.day, destination=destination, at=at)
            MerchantOrder.objects.filter(pk=order.pk).update(slot_day=taken.pk)
            order.slot_day_id, sources[order.pk] = taken.pk, taken.slot.warehouse
    return sources


def _pickup(order: MerchantOrder, point: PickupPoint, at: dt.datetime) -> Pickup:
    promised = ready_at(point.opening, point.ready_hours, at)
    return Pickup(
        merchant_id=order.merchant_id,
        order=order,
        warehouse=point.warehouse,
        promised_at=promised,
        keep_days=point.keep_days,
        created_at=at,
    )


def end_ways(orders: Sequence[MerchantOrder], *, actor: str, reason: str, at: dt.datetime) -> None:
    """Orders end unsent, and the caller has locked or moved their rows: pick-ups are called off, places in slots are given back once.

    No statement for orders that are simply sent.
    """
    picked_up = [order.pk for order in orders if order.pickup_from_id is not None]
    if picked_up:
        rows = Pickup.objects.select_for_update(no_key=True).filter(order__in=picked_up, status__in=PICKUP_OPEN)
        _cancel(list(rows.order_by("pk")), actor=actor, reason=reason, at=at)
    slotted = [order for order in orders if order.slot_day_id is not None and order.slot_released_at is None]
    if slotted:
        MerchantOrder.objects.filter(pk__in=[order.pk for order in slotted]).update(slot_released_at=at)
        release_places(slot_day_ids=[order.slot_day_id for order in slotted if order.slot_day_id])
        for order in slotted:
            order.slot_released_at = at


def _cancel(pickups: Sequence[Pickup], *, actor: str, reason: str, at: dt.datetime) -> None:
    Pickup.objects.filter(pk__in=[row.pk for row in pickups]).update(status=PickupStatus.CANCELLED, code="", code_hash="", ended_at=at)
    write_changes(record_change(row, row.status, PickupStatus.CANCELLED, actor=actor, reason=reason, at=at) for row in pickups)
