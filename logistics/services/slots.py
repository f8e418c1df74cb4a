"""Hours at which a merchant comes to the door: offered, taken by an order, given back."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from core.countries import COUNTRIES
from core.ids import uuid7
from logistics.errors import CodeTaken, InvalidSlot, NotFound, SlotFull, SlotNotOffered
from logistics.models import DeliverySlot, SlotDay, Warehouse
from logistics.rules import Destination, Zone, serves
from logistics.rules.places import squeezed, zones_of
from logistics.way_selectors import terms_of

MOST_CAPACITY, MOST_CLOSES, MOST_ZONES = 10_000, 14 * 24, 50
# Who comes second waits for the row and then looks at the count again: the last place has one taker.
TAKE = "UPDATE logistics_slotday SET taken = taken + 1 WHERE slot_id = %s AND day = %s AND taken < capacity RETURNING id"
FIRST = """
INSERT INTO logistics_slotday (id, created_at, merchant_id, slot_id, day, starts_at, ends_at, capacity, taken)
SELECT %s, %s, merchant_id, id, %s, starts_at, ends_at, capacity, 0 FROM logistics_deliveryslot WHERE id = %s
ON CONFLICT (slot_id, day) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class SlotOffer:
    """When, for how many orders, until when to be chosen and for which addresses; see models.DeliverySlot."""

    weekday: int
    starts_at: dt.time
    ends_at: dt.time
    capacity: int = 10
    closes_hours: int = 3
    zones: Sequence[Zone] = ()
    is_active: bool = True


def offer_slot(*, merchant_id: uuid.UUID, warehouse_id: uuid.UUID, offer: SlotOffer) -> DeliverySlot:
    """A new slot of a warehouse.

    Raises:
        NotFound: the merchant has no such warehouse.
        InvalidSlot: a weekday, span, number or address that cannot be.
        CodeTaken: the warehouse has a slot at these hours.
    """
    if not Warehouse.objects.filter(pk=warehouse_id, merchant_id=merchant_id).exists():
        raise NotFound
    _refuse_odd(offer)
    values = {"weekday": offer.weekday, "starts_at": offer.starts_at, "ends_at": offer.ends_at, **_changeable(offer)}
    try:
        with transaction.atomic():
            return DeliverySlot.objects.create(merchant_id=merchant_id, warehouse_id=warehouse_id, **values)
    except IntegrityError as error:
        raise CodeTaken(code=f"{offer.starts_at:%H:%M}–{offer.ends_at:%H:%M}") from error


@transaction.atomic
def change_slot(*, slot_id: uuid.UUID, merchant_id: uuid.UUID, offer: SlotOffer) -> DeliverySlot:
    """Say anew how many orders fit, until when and for whom; its hours stay. Days on which more places are taken keep those.

    Raises:
        NotFound: the merchant has no such slot.
        InvalidSlot: a number or address that cannot be.
    """
    _refuse_odd(offer)
    rows = DeliverySlot.objects.filter(pk=slot_id, merchant_id=merchant_id)
    if not rows.update(**_changeable(offer)):
        raise NotFound
    SlotDay.objects.filter(slot=slot_id).update(capacity=Greatest(F("taken"), offer.capacity))
    changed: DeliverySlot = rows.get()
    return changed


def _changeable(offer: SlotOffer) -> dict[str, object]:
    zones = [{"country": zone.country, "prefixes": sorted({squeezed(prefix) for prefix in zone.prefixes})} for zone in offer.zones]
    return {"capacity": offer.capacity, "closes_hours": offer.closes_hours, "zones": zones, "is_active": offer.is_active}


def _refuse_odd(offer: SlotOffer) -> None:
    wrong = [
        (not 1 <= offer.weekday <= 7, _("weekday")),
        (offer.starts_at >= offer.ends_at, _("it must end after it begins")),
        (not 1 <= offer.capacity <= MOST_CAPACITY, _("orders that fit")),
        (not 0 <= offer.closes_hours <= MOST_CLOSES, _("closes so many hours before")),
        (len(offer.zones) > MOST_ZONES or any(zone.country not in COUNTRIES for zone in offer.zones), _("country")),
    ]
    for is_wrong, field in wrong:
        if is_wrong:
            raise InvalidSlot(field=field)


@transaction.atomic(savepoint=False)
def take_slot(*, slot_id: uuid.UUID, merchant_id: uuid.UUID, day: dt.date, destination: Destination, at: dt.datetime) -> SlotDay:
    """One order's place in a slot on a day. Three statements, the last of which takes the place or finds none.

    Raises:
        SlotNotOffered: the merchant has no such slot, it is closed for that day, or it does not come to this address.
        SlotFull: somebody else has the last place.
    """
    slot = DeliverySlot.objects.select_related("warehouse").filter(pk=slot_id, merchant_id=merchant_id, is_active=True).first()
    if slot is None or not slot.warehouse.is_active:
        raise SlotNotOffered
    if not terms_of(slot).is_open(day, at) or not serves(zones_of(slot.zones), destination):
        raise SlotNotOffered
    with connection.cursor() as cursor:
        cursor.execute(FIRST, [uuid7(), at, day, slot.pk])
        cursor.execute(TAKE, [slot.pk, day])
        row = cursor.fetchone()
    if row is None:
        raise SlotFull
    return SlotDay(
        pk=row[0], merchant_id=merchant_id, slot=slot, day=day, starts_at=slot.starts_at, ends_at=slot.ends_at, capacity=slot.capacity
    )


def release_places(*, slot_day_ids: Sequence[uuid.UUID]) -> None:
    """Give one place back for each of these different keys. Whoever calls has made sure that it happens once an order.

    Rows are locked in the order in which an order of several merchants takes them.
    """
    with transaction.atomic():
        rows = SlotDay.objects.filter(pk__in=slot_day_ids)
        list(rows.order_by("slot_id", "day").select_for_update(no_key=True).values_list("pk"))
        rows.update(taken=F("taken") - 1)
