"""What every carrier can do, in one shape. Gateways hold no business rules and write nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.functional import Promise

from logistics.models import CarrierAccount, CarrierBooking


@dataclass(frozen=True, slots=True)
class ParcelToSend:
    """What a carrier is asked to take. `ordinal` numbers the bookings of one order; `tracking_number` is what a person typed, if any."""

    reference: uuid.UUID
    ordinal: int = 0
    tracking_number: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """The number a carrier knows the parcel by, and what it wants to have printed on the label."""

    tracking_number: str
    label: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """Something a carrier tells of a number. `code` is a ShipmentStatus; `shipment_id` where it means one parcel of several."""

    event_id: str
    tracking_number: str
    code: str
    at: dt.datetime
    place: str = ""
    note: str = ""
    shipment_id: uuid.UUID | None = None


class Carrier(Protocol):
    """`book` is repeatable: the same parcel has the same number."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...

    @property
    def makes_numbers(self) -> bool:
        """Whether the carrier gives the number itself, so that nobody is asked for one."""

    def is_available(self) -> bool:
        """Whether new parcels may be given to it."""

    def book(self, parcel: ParcelToSend) -> Booked:
        """Announce a parcel; raises InvalidTracking where a number has to be typed and is not."""

    def track(self, numbers: Collection[str], *, at: dt.datetime) -> list[News]:
        """All that is known of these numbers up to `at`, oldest first; nothing of numbers that are not its own."""

    def cancel(self, booking: CarrierBooking, *, at: dt.datetime) -> bool:
        """Whether the carrier turns the parcel around; what it cannot be asked it does not."""

    def parse_webhook(self, account: CarrierAccount | None, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> News:
        """Verify and read a message; raises InvalidSignature or InvalidCarrierMessage."""


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value whatever its case; empty when absent."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")
