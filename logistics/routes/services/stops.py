"""Parcels that are to be brought to a door."""

import datetime as dt
import uuid
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from core.states import move_to, record_change, write_changes
from logistics.errors import NotFound
from logistics.models import RouteStop, Shipment, ShipmentLine
from logistics.routes.errors import DayPassed, InvalidWindow, StopEnded, StopOnTheRoad
from logistics.routes.services.plans import check_place, end_day, locked_plan, note_change, plan_of_day
from logistics.states import RoutePlanStatus, RouteStopStatus
from merchants.models import Merchant

NEW_DAY_FIELDS = (
    "merchant_id", "shipment_id", "reference", "label", "name", "phone", "address", "city", "postcode", "country", "note",
    "collect_minor", "currency", "latitude", "longitude", "window_from", "window_until", "service_minutes", "weight_g", "pieces",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who waits and where. `collect_minor` is what is to be taken at the door, in minor units of `currency`."""

    name: str
    phone: str
    address: str
    city: str
    postcode: str
    country: str
    currency: str
    note: str = ""
    collect_minor: int = 0


@transaction.atomic
def add_stop(
    *,
    shipment: Shipment,
    label: str,
    recipient: Recipient,
    merchant: Merchant,
    day: dt.date,
    actor: str,
    at: dt.datetime,
    window: tuple[dt.time | None, dt.time | None] = (None, None),
) -> RouteStop:
    """Put a parcel on the plan of a day; again is the same stop. Its position is that of an earlier stop at the same address.

    Args:
        label: what people call it, such as the order's number.
        window: when somebody is there, by the clock at the depot; nothing where nobody has said.

    Raises:
        DayPassed: the day is over.
    """
    check_day(day, at)
    known: RouteStop | None = RouteStop.objects.filter(shipment=shipment, status=RouteStopStatus.PENDING).first()
    if known is not None:
        return known
    plan = plan_of_day(merchant=merchant, warehouse=shipment.warehouse, day=day, actor=actor, at=at)
    stop = RouteStop(
        merchant=merchant, plan=plan, shipment=shipment, reference=shipment.reference, label=label[:30], created_at=at, **asdict(recipient)
    )
    stop.window_from, stop.window_until = window
    stop.weight_g, stop.pieces = _load(shipment)
    stop.latitude, stop.longitude = _known_place(stop)
    return _saved(stop, actor=actor, at=at)


def _saved(stop: RouteStop, *, actor: str, at: dt.datetime) -> RouteStop:
    """A new stop on its plan; a day that was over goes on."""
    plan = locked_plan(stop.plan_id, stop.merchant_id)
    stop.save()
    write_changes([record_change(stop, "", stop.status, actor=actor, reason="", at=at)])
    if plan.status == RoutePlanStatus.DONE:
        move_to(plan, RoutePlanStatus.UNDER_WAY, actor=actor, at=at)
    note_change(plan.pk)
    return stop


def check_day(day: dt.date, at: dt.datetime) -> None:
    """Raises DayPassed for a day that is over everywhere on earth."""
    if day < at.date() - dt.timedelta(days=1):
        raise DayPassed


def _load(shipment: Shipment) -> tuple[int, int]:
    """Grams and pieces in a parcel."""
    lines = ShipmentLine.objects.filter(shipment=shipment)
    sums = lines.aggregate(grams=Sum(F("quantity") * F("variant__weight_g")), pieces=Sum("quantity"))
    return int(sums["grams"] or 0), int(sums["pieces"] or 1)


def _known_place(stop: RouteStop) -> tuple[Decimal | None, Decimal | None]:
    """Where the merchant has found this address before."""
    same = RouteStop.objects.filter(
        merchant_id=stop.merchant_id, address=stop.address, city=stop.city, postcode=stop.postcode, country=stop.country
    )
    places = same.filter(latitude__isnull=False).order_by("-created_at").values_list("latitude", "longitude")
    return places.first() or (None, None)


@transaction.atomic
def describe_stop(
    *,
    stop_id: uuid.UUID,
    merchant_id: uuid.UUID,
    latitude: Decimal | None,
    longitude: Decimal | None,
    window_from: dt.time | None,
    window_until: dt.time | None,
    service_minutes: int,
    note: str,
) -> RouteStop:
    """Where a stop is, when somebody is there and what the driver should know; positions in degrees.

    Raises:
        NotFound: the merchant has no such stop.
        InvalidPlace, InvalidWindow: this is no position, or no time window.
        StopEnded, StopOnTheRoad: it is too late.
    """
    if latitude is not None and longitude is not None:
        check_place(latitude, longitude)
    if window_from and window_until and window_from >= window_until:
        raise InvalidWindow
    stop = open_stop(stop_id, merchant_id)
    stop.latitude, stop.longitude = (latitude, longitude) if latitude is not None and longitude is not None else (None, None)
    stop.window_from, stop.window_until = window_from, window_until
    stop.service_minutes, stop.note = min(max(service_minutes, 0), 240), note[:200]
    stop.save(update_fields=["latitude", "longitude", "window_from", "window_until", "service_minutes", "note"])
    note_change(stop.plan_id)
    return stop


def open_stop(stop_id: uuid.UUID, merchant_id: uuid.UUID) -> RouteStop:
    """A stop that nobody has loaded yet, behind the lock of its plan.

    Raises:
        NotFound, StopEnded, StopOnTheRoad: there is none that could be changed.
    """
    plan_id = RouteStop.objects.filter(pk=stop_id, merchant_id=merchant_id).values_list("plan_id", flat=True).first()
    if plan_id is None:
        raise NotFound
    locked_plan(plan_id, merchant_id)
    stop: RouteStop = RouteStop.objects.select_for_update(no_key=True, of=("self",)).select_related("route").get(pk=stop_id)
    if stop.status == RouteStopStatus.DELIVERED:
        raise StopEnded
    if stop.status == RouteStopStatus.PENDING and stop.route is not None and stop.route.departed_at is not None:
        raise StopOnTheRoad
    return stop


@transaction.atomic
def move_stop(*, stop_id: uuid.UUID, merchant: Merchant, day: dt.date, actor: str, at: dt.datetime) -> RouteStop:
    """Deliver on another day. What is still to be delivered changes its plan; what has failed is tried again as a stop of its own.

    Raises:
        NotFound: the merchant has no such stop.
        DayPassed: the day is over.
        StopEnded, StopOnTheRoad: it is too late.
    """
    check_day(day, at)
    seen = RouteStop.objects.select_related("plan__warehouse").filter(pk=stop_id, merchant=merchant).first()
    if seen is None:
        raise NotFound
    plan = plan_of_day(merchant=merchant, warehouse=seen.plan.warehouse, day=day, actor=actor, at=at)
    # In the order of their keys, so that two parcels that change places do not wait for each other.
    for plan_id in sorted({seen.plan_id, plan.pk}):
        locked_plan(plan_id, merchant.pk)
    stop = open_stop(stop_id, merchant.pk)
    already: RouteStop | None = RouteStop.objects.filter(shipment_id=stop.shipment_id, plan=plan).first()
    if already is not None:
        return already
    if stop.status == RouteStopStatus.FAILED:
        again = RouteStop(plan=plan, created_at=at, **{name: getattr(stop, name) for name in NEW_DAY_FIELDS})
        return _saved(again, actor=actor, at=at)
    former = stop.plan
    note_change(former.pk)
    stop.plan, stop.route, stop.sequence, stop.arrives_at = plan, None, None, None
    stop.save(update_fields=["plan", "route", "sequence", "arrives_at"])
    note_change(plan.pk)
    end_day(former, actor=actor, at=at)
    return stop
