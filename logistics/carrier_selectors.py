"""Reads about carriers: which a merchant may send by."""

import uuid
from dataclasses import dataclass
from typing import Any

from logistics.gateways import carrier
from logistics.models import CarrierAccount, CarrierBooking

MANUAL = "manual"
SIMULATED: str = CarrierBooking.Gateway.SIMULATED


@dataclass(frozen=True, slots=True)
class Way:
    """A way to send a parcel: `key` names it to `book_parcel`."""

    key: str
    label: Any
    needs_number: bool
    needs_name: bool = False


def ways_of(merchant_id: uuid.UUID) -> list[Way]:
    """The carriers a merchant may choose from, the built-in one first, by hand last. One query."""
    built_in, by_hand = carrier(SIMULATED), carrier(MANUAL)
    accounts = CarrierAccount.objects.filter(merchant_id=merchant_id, is_active=True).order_by("name", "pk")
    ways = [Way(SIMULATED, built_in.label, needs_number=False)] if built_in.is_available() else []
    ways += [Way(str(account.pk), account.text("name"), needs_number=True) for account in accounts]
    return [*ways, Way(MANUAL, by_hand.label, needs_number=True, needs_name=True)]
