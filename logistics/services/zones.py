"""What a merchant charges for sending to some countries or parts of them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.countries import COUNTRIES
from logistics.errors import CodeTaken, InvalidDivisor, InvalidRate, InvalidZone, NotFound
from logistics.models import ShippingZone
from logistics.rules.offers import DIVISOR
from logistics.rules.places import Zone, squeezed

DIVISORS = (1_000, 20_000)
MOST_MINOR, MOST_STEP, MOST_COUNTRIES, MOST_PREFIXES = 10**12, 10**7, 50, 500


@dataclass(frozen=True, slots=True)
class ZonePrice:
    """Amounts in minor units of the shop's currency; `step` in grams where it goes by weight. See rules.offers.zone_price.

    `divisor` is how many cm³ count as a kilogram.
    """

    name: str
    zones: Sequence[Zone]
    way: str
    flat_minor: int
    step_minor: int = 0
    step: int = 1_000
    free_over_minor: int | None = None
    position: int = 10
    is_active: bool = True
    divisor: int = DIVISOR


def save_shipping_zone(*, merchant_id: uuid.UUID, price: ZonePrice, zone_id: uuid.UUID | None = None) -> ShippingZone:
    """A new price for some addresses, or what has changed about one.

    Raises:
        InvalidRate, InvalidDivisor: an amount, step or divisor that cannot be.
        InvalidZone: no address, or a country or postcode prefix that cannot be.
        CodeTaken: the merchant has another zone of this name.
        NotFound: the merchant has no such zone.
    """
    amounts = (price.flat_minor, price.step_minor, price.free_over_minor or 0)
    if not all(0 <= amount <= MOST_MINOR for amount in amounts) or not 0 < price.step <= MOST_STEP:
        raise InvalidRate
    if not DIVISORS[0] <= price.divisor <= DIVISORS[1]:
        raise InvalidDivisor(least=DIVISORS[0], most=DIVISORS[1])
    _refuse_odd(price.zones)
    values = {
        "name": price.name, "way": price.way, "currency": settings.CURRENCY, "flat_minor": price.flat_minor,
        "step_minor": price.step_minor, "step": price.step, "free_over_minor": price.free_over_minor, "position": price.position,
        "is_active": price.is_active, "divisor": price.divisor,
        "zones": [{"country": zone.country, "prefixes": sorted({squeezed(prefix) for prefix in zone.prefixes})} for zone in price.zones],
    }  # fmt: skip
    try:
        with transaction.atomic():
            if zone_id is None:
                return ShippingZone.objects.create(merchant_id=merchant_id, **values)
            if not ShippingZone.objects.filter(pk=zone_id, merchant=merchant_id).update(**values):
                raise NotFound
    except IntegrityError as error:
        raise CodeTaken(code=price.name) from error
    return ShippingZone.objects.get(pk=zone_id)


def _refuse_odd(zones: Sequence[Zone]) -> None:
    if not 0 < len(zones) <= MOST_COUNTRIES or any(zone.country not in COUNTRIES for zone in zones):
        raise InvalidZone(field=_("country"))
    prefixes = [squeezed(prefix) for zone in zones for prefix in zone.prefixes]
    if len(prefixes) > MOST_PREFIXES or not all(0 < len(prefix) <= 10 for prefix in prefixes):
        raise InvalidZone(field=_("postcode prefix"))


def remove_shipping_zone(*, zone_id: uuid.UUID, merchant_id: uuid.UUID) -> None:
    """From now on the price of everywhere else counts there; raises NotFound."""
    if not ShippingZone.objects.filter(pk=zone_id, merchant=merchant_id).delete()[0]:
        raise NotFound
