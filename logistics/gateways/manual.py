"""No connection at all: the merchant types carrier and number, and later what it hears."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from logistics.errors import InvalidSignature, InvalidTracking
from logistics.gateways.base import Booked, News, ParcelToSend
from logistics.models import CarrierAccount, CarrierBooking


class ManualCarrier:
    code = "manual"
    label = _("Another carrier, by hand")
    makes_numbers = False

    def is_available(self) -> bool:
        return True

    def book(self, parcel: ParcelToSend) -> Booked:
        return Booked(typed(parcel))

    def track(self, numbers: Collection[str], *, at: dt.datetime) -> list[News]:
        return []

    def cancel(self, booking: CarrierBooking, *, at: dt.datetime) -> bool:
        return False

    def parse_webhook(self, account: CarrierAccount | None, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> News:
        raise InvalidSignature


def typed(parcel: ParcelToSend) -> str:
    """The number a person gave.

    Raises:
        InvalidTracking: there is none, or it is longer than 60 characters.
    """
    number = parcel.tracking_number.strip()
    if not 0 < len(number) <= 60:
        raise InvalidTracking
    return number
