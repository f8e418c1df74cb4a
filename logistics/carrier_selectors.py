"""Reads about carriers: which a merchant may send by."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import override

from logistics.gateways import carrier
from logistics.models import CarrierAccount, CarrierBooking
from logistics.models.shipments import BUILT_IN

MANUAL = "manual"
SIMULATED: str = CarrierBooking.Gateway.SIMULATED


@dataclass(frozen=True, slots=True)
class Way:
    """A way to send a parcel: `key` names it to `book_parcel`, people call it by one of `names`; by hand has none."""

    key: str
    label: Any
    needs_number: bool
    needs_name: bool = False
    names: tuple[str, ...] = ()


def ways_of(merchant_id: uuid.UUID) -> list[Way]:
    """The carriers a merchant may choose from, the built-in one first, by hand last. One query."""
    built_in, by_hand = carrier(SIMULATED), carrier(MANUAL)
    accounts = CarrierAccount.objects.filter(merchant_id=merchant_id, is_active=True).order_by("name", "pk")
    ways = [Way(SIMULATED, built_in.label, needs_number=False, names=_names_of_built_in())] if built_in.is_available() else []
    ways += [Way(str(account.pk), account.text("name"), needs_number=True, names=_names_of(account)) for account in accounts]
    return [*ways, Way(MANUAL, by_hand.label, needs_number=True, needs_name=True)]


def _names_of_built_in() -> tuple[str, ...]:
    """As parcels call it, in each language, so that a file written in one is read in the other."""
    names = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            names.append(str(BUILT_IN))
    return tuple(dict.fromkeys(names))


def _names_of(account: CarrierAccount) -> tuple[str, ...]:
    said = [account.text("name"), account.name, account.code]
    return tuple(dict.fromkeys(name for name in said if name))


def way_called(ways: Sequence[Way], name: str) -> Way:
    """The carrier that somebody who types this name means; any other name is one whose parcels go by hand, the last of `ways`."""
    wanted = name.strip().casefold()
    return next((way for way in ways if wanted in map(str.casefold, way.names)), ways[-1])
