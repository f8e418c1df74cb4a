"""The built-in carrier: gives numbers, and its parcels travel by themselves on the database's clock. No van, no network."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from logistics.errors import InvalidSignature
from logistics.gateways.base import Booked, News, ParcelToSend
from logistics.journeys import journey
from logistics.models import CarrierAccount, CarrierBooking
from logistics.states import ShipmentStatus

NUMBERS = uuid.UUID("3c1f0f0e-6f7b-4f0e-9d53-6a1b5c2e7d48")
# Who has it in hand or has lost it cannot turn it around.
GONE = (ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.LOST)


class SimulatedCarrier:
    code = "simulated"
    label = _("Jishi Express (built in, no real vans)")
    makes_numbers = True

    def is_available(self) -> bool:
        return bool(settings.SIMULATED_CARRIER)

    def book(self, parcel: ParcelToSend) -> Booked:
        made = uuid.uuid5(NUMBERS, f"{parcel.reference} {parcel.ordinal}")
        number = f"JX{made.int % 10**12:012d}"
        return Booked(number, {"barcode": number, "service": "JX standard"})

    def track(self, numbers: Collection[str], *, at: dt.datetime) -> list[News]:
        rows = CarrierBooking.objects.filter(tracking_number__in=numbers, gateway=CarrierBooking.Gateway.SIMULATED)
        told = [news for row in rows for news in scans_of(row) if news.at <= at]
        return sorted(told, key=lambda news: (news.at, news.event_id))

    def cancel(self, booking: CarrierBooking, *, at: dt.datetime) -> bool:
        return booking.recalled_at is None and booking.shipment.status not in GONE

    def parse_webhook(self, account: CarrierAccount | None, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> News:
        raise InvalidSignature


def scans_of(booking: CarrierBooking) -> list[News]:
    """All that will have been told of a parcel, with its moments."""
    hour = dt.timedelta(seconds=booking.hour_seconds)
    recalled = None if booking.recalled_at is None else (booking.recalled_at - booking.booked_at) / hour
    has_mishaps = settings.SIMULATED_CARRIER_MISHAPS
    scans = journey(booking.shipment_id, booking.origin, booking.destination, recalled_after=recalled, has_mishaps=has_mishaps)
    return [
        News(
            event_id=f"{booking.pk} {number}",
            tracking_number=booking.tracking_number,
            code=scan.code,
            at=booking.booked_at + scan.hours * hour,
            place=scan.place[:80],
            shipment_id=booking.shipment_id,
        )
        for number, scan in enumerate(scans)
    ]
