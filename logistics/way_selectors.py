"""Reads: where goods can be picked up and when a merchant can come to the door."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import F, QuerySet

from logistics.models import DeliverySlot, PickupPoint, SlotDay, Stock
from logistics.rules import Destination, serves
from logistics.rules.places import zones_of
from logistics.rules.slots import HORIZON_DAYS, SlotTerms

Wanted = Mapping[uuid.UUID, Mapping[uuid.UUID, int]]
MOST_POINTS, MOST_SLOTS = 12, 12


@dataclass(frozen=True, slots=True)
class SlotOption:
    """A slot on a day, with how many places are left."""

    slot: DeliverySlot
    day: dt.date
    left: int

    @property
    def value(self) -> str:
        return f"slot-{self.slot.pk}-{self.day:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Ways:
    """What a merchant offers for some goods beside sending them: stores that have them all, and slots with a place left."""

    points: list[PickupPoint] = field(default_factory=list)
    slots: list[SlotOption] = field(default_factory=list)


def terms_of(slot: DeliverySlot) -> SlotTerms:
    """A slot whose warehouse is loaded, as rules see it."""
    house = slot.warehouse
    return SlotTerms(slot.weekday, slot.starts_at, slot.closes_hours, house.time_zone, tuple(house.holidays))


def pickup_points() -> QuerySet[PickupPoint]:
    """Where shoppers may pick up, with warehouses and merchants, in the order in which their merchants rank them."""
    rows = PickupPoint.objects.filter(is_offered=True, warehouse__is_active=True, warehouse__latitude__isnull=False)
    return rows.select_related("warehouse__merchant").order_by("warehouse__priority", "warehouse__code")


def ways_for(wanted: Wanted, destination: Destination, at: dt.datetime) -> dict[uuid.UUID, Ways]:
    """Per merchant what can be chosen for these goods; two statements, one more where there are stores or slots and one for slots.

    Args:
        wanted: merchant → variant → pieces. All of them must lie in the one place.
    """
    points = list(pickup_points().filter(merchant__in=wanted)) if wanted else []
    slots = _slots(wanted, destination, at) if wanted else []
    free = _free({point.warehouse_id for point in points} | {option.slot.warehouse_id for option in slots}, wanted)
    found: dict[uuid.UUID, Ways] = {merchant_id: Ways() for merchant_id in wanted}
    for point in points:
        ways = found[point.merchant_id]
        if len(ways.points) < MOST_POINTS and _has_all(free[point.warehouse_id], wanted[point.merchant_id]):
            ways.points.append(point)
    for option in slots:
        ways = found[option.slot.merchant_id]
        if len(ways.slots) < MOST_SLOTS and _has_all(free[option.slot.warehouse_id], wanted[option.slot.merchant_id]):
            ways.slots.append(option)
    return found


def _slots(merchant_ids: Collection[uuid.UUID], destination: Destination, at: dt.datetime) -> list[SlotOption]:
    rows = DeliverySlot.objects.filter(merchant__in=merchant_ids, is_active=True, warehouse__is_active=True).select_related("warehouse")
    served = [slot for slot in rows if serves(zones_of(slot.zones), destination)]
    if not served:
        return []
    until = at.date() + dt.timedelta(days=HORIZON_DAYS + 1)
    days = SlotDay.objects.filter(slot__in=served, day__range=(at.date() - dt.timedelta(days=1), until))
    left = {(row.slot_id, row.day): row.capacity - row.taken for row in days}
    options = [SlotOption(slot, day, left.get((slot.pk, day), slot.capacity)) for slot in served for day in terms_of(slot).open_days(at)]
    return sorted((option for option in options if option.left > 0), key=lambda option: (option.day, option.slot.starts_at, option.slot.pk))


def _free(warehouse_ids: set[uuid.UUID], wanted: Wanted) -> dict[uuid.UUID, dict[uuid.UUID, int]]:
    """Free pieces by warehouse and variant."""
    found: dict[uuid.UUID, dict[uuid.UUID, int]] = defaultdict(dict)
    variants = {variant_id for goods in wanted.values() for variant_id in goods}
    rows = Stock.objects.filter(warehouse__in=warehouse_ids, variant__in=variants) if warehouse_ids else Stock.objects.none()
    for warehouse_id, variant_id, free in rows.values_list("warehouse_id", "variant_id", F("on_hand") - F("reserved")):
        found[warehouse_id][variant_id] = free
    return found


def _has_all(free: Mapping[uuid.UUID, int], goods: Mapping[uuid.UUID, int]) -> bool:
    return bool(goods) and all(free.get(variant_id, 0) >= pieces for variant_id, pieces in goods.items())
