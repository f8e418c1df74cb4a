"""What carriers tell of parcels, in whatever order it comes, and parcels of which nothing is told."""

import datetime as dt
import logging
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from core.claims import each_claimed
from core.states import IllegalTransition
from logistics.errors import NotFound
from logistics.gateways import carrier as gateway_of
from logistics.gateways.base import News
from logistics.gateways.simulated import scans_of
from logistics.models import CarrierBooking, Shipment, ShipmentEvent
from logistics.services.shipments import record_tracking
from logistics.states import ShipmentStatus

log = logging.getLogger(__name__)
BEFORE_THE_ROAD = (ShipmentStatus.PLANNED, ShipmentStatus.PACKED, ShipmentStatus.HANDED_OVER)
ON_THE_ROAD = (ShipmentStatus.HANDED_OVER, ShipmentStatus.IN_TRANSIT, ShipmentStatus.OUT_FOR_DELIVERY, ShipmentStatus.FAILED)
ACTOR = "carrier"
# When a sweep dies over a parcel, another one may try.
LEASE = dt.timedelta(minutes=5)


@transaction.atomic
def tell(*, shipment_id: uuid.UUID, news: News) -> bool:
    """Add what a carrier told to a parcel's timeline; returns whether it moved the parcel.

    News that is older than what the timeline knows of the road is a line of it and moves nothing; the same news again is nothing.

    Raises:
        NotFound: there is no such parcel.
        IllegalTransition: it is newer, and a parcel cannot go there from where it is.
    """
    shipment = Shipment.objects.select_for_update(no_key=True).filter(pk=shipment_id).first()
    if shipment is None:
        raise NotFound
    line: dict[str, Any] = {"code": news.code, "place": news.place[:80], "note": news.note[:200], "at": news.at}
    known = ShipmentEvent.objects.filter(shipment=shipment)
    if known.filter(**line).exists():
        return False
    if known.filter(at__gt=news.at).exclude(code__in=BEFORE_THE_ROAD).exists() or news.code in BEFORE_THE_ROAD:
        ShipmentEvent.objects.create(shipment=shipment, **line)
        return False
    before = shipment.status
    return bool(record_tracking(shipment_id=shipment_id, actor=ACTOR, **line).status != before)


def move_simulated_parcels(*, at: dt.datetime, limit: int = 200) -> int:
    """Sweep: bring the built-in carrier's parcels to where they are at `at`; returns how many were due. Several may run at once."""
    due = CarrierBooking.objects.filter(next_scan_at__lte=at).order_by("next_scan_at")
    return each_claimed(due, limit, lambda booking: {"next_scan_at": at + LEASE}, lambda booking: _follow(booking.pk, at))


def _follow(booking_id: uuid.UUID, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            _catch_up(booking_id, at)
    except Exception:
        # One broken parcel must not keep the others waiting; it is due again when its lease ends.
        log.exception("parcel not moved", extra={"booking": str(booking_id)})


def _catch_up(booking_id: uuid.UUID, at: dt.datetime) -> None:
    shipment_id = CarrierBooking.objects.values_list("shipment_id", flat=True).get(pk=booking_id)
    Shipment.objects.select_for_update(no_key=True).get(pk=shipment_id)
    booking = CarrierBooking.objects.select_for_update(no_key=True, of=("self",)).get(pk=booking_id)
    told = gateway_of(booking.gateway).track([booking.tracking_number], at=at)
    try:
        for news in told:
            if news.shipment_id == shipment_id:
                tell(shipment_id=shipment_id, news=news)
        booking.next_scan_at = next((news.at for news in scans_of(booking) if news.at > at), None)
    except IllegalTransition:
        # A person has moved the parcel elsewhere, and knows better than a carrier that has no vans.
        booking.next_scan_at = None
    booking.save(update_fields=["next_scan_at"])


def give_up_silent_parcels(*, at: dt.datetime, limit: int = 200) -> int:
    """Sweep: parcels under way of which a carrier that could has told nothing for LOST_PARCEL_DAYS are lost; returns how many.

    Parcels that are followed by hand are not judged, as nobody has to write down where they are.
    """
    since = at - dt.timedelta(days=settings.LOST_PARCEL_DAYS)
    recent = ShipmentEvent.objects.filter(shipment=OuterRef("pk"), at__gt=since)
    silent = Shipment.objects.filter(~Exists(recent), status__in=ON_THE_ROAD, booking__isnull=False, shipped_at__lte=since)
    found = list(silent.order_by("shipped_at").values_list("pk", flat=True)[:limit])
    return sum(_give_up(shipment_id, at) for shipment_id in found)


def _give_up(shipment_id: uuid.UUID, at: dt.datetime) -> bool:
    """A parcel that has moved since it was found silent is not lost."""
    with transaction.atomic():
        rows = Shipment.objects.select_for_update(skip_locked=True, no_key=True)
        shipment = rows.filter(pk=shipment_id, status__in=ON_THE_ROAD).first()
        since = at - dt.timedelta(days=settings.LOST_PARCEL_DAYS)
        if shipment is None or ShipmentEvent.objects.filter(shipment=shipment, at__gt=since).exists():
            return False
        record_tracking(shipment_id=shipment_id, code=ShipmentStatus.LOST, at=at, actor="system:logistics")
    return True
