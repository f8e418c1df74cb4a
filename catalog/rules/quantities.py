"""What a piece costs when many are bought at once, and how many may be bought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from catalog.rules.prices import Price
from core.exchange.rules import Conversion

MOST_TIERS = 10
MOST_PIECES = 100_000


class Tier(NamedTuple):
    """From so many pieces on each costs so much, in minor units of the currency of the price it belongs to."""

    quantity: int
    price_minor: int


def tiers_of(kept: Iterable[Sequence[int]]) -> tuple[Tier, ...]:
    """Tiers out of the pairs that are stored."""
    return tuple(Tier(quantity, minor) for quantity, minor in kept)


def tiers_fit(price_minor: int, tiers: Sequence[Tier]) -> bool:
    """Whether each tier begins later than the one before it, and is cheaper: more pieces never cost more apiece."""
    if len(tiers) > MOST_TIERS:
        return False
    before = Tier(1, price_minor)
    for tier in tiers:
        if not before.quantity < tier.quantity <= MOST_PIECES or not 0 < tier.price_minor < before.price_minor:
            return False
        before = tier
    return True


def tiers_in(
    price: Price, base: Price, tiers: Sequence[Tier], explicit: Sequence[Tier] | None, conversion: Conversion | None
) -> tuple[Tier, ...]:
    """The tiers in the currency of a shown price.

    A price the merchant has set in a currency comes with the tiers set beside it, or with none. Others are converted one by one like the
    price; one that rounding has made no cheaper than the one before is left out.

    Args:
        price: what is shown.
        base: the price in the merchant's own currency, which `tiers` belong to.
        explicit: the tiers of a price set by hand in the currency; None where it is converted.
    """
    if price.currency == base.currency or conversion is None:
        return tuple(tiers)
    if explicit is not None:
        return tuple(explicit)
    shown: list[Tier] = []
    before = price.minor
    for tier in tiers:
        minor = conversion.price(tier.price_minor, base.currency)
        if minor is not None and minor < before:
            shown.append(Tier(tier.quantity, minor))
            before = minor
    return tuple(shown)


def unit_price(price_minor: int, tiers: Iterable[Tier], quantity: int) -> int:
    """What one of `quantity` pieces costs."""
    return min((tier.price_minor for tier in tiers if tier.quantity <= quantity), default=price_minor)


def quantity_fits(quantity: int, least: int, step: int) -> bool:
    """Whether so many may be bought: not fewer than `least`, and a multiple of `step`."""
    return quantity >= least and quantity % step == 0
