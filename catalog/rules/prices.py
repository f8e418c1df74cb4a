"""What goods cost in a currency: the merchant's own price in it where there is one, else the converted one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.exchange.rules import Conversion


@dataclass(frozen=True, slots=True)
class Price:
    """An amount and what it is reduced from, in minor units of `currency`."""

    minor: int
    compare_at_minor: int | None
    currency: str


class Priced(Protocol):
    """A variant as far as this module looks at it."""

    pk: Any
    price_minor: int
    compare_at_minor: int | None
    currency: str


def price_in(base: Price, explicit: Price | None, conversion: Conversion | None) -> Price:
    """The price in the currency of `conversion`; the base price where it cannot be said in that currency, or no currency was asked for."""
    if conversion is None or base.currency == conversion.currency:
        return base
    if explicit is not None:
        return explicit
    minor = conversion.price(base.minor, base.currency)
    if minor is None:
        return base
    return Price(minor, _reduced_from(base, minor, conversion), conversion.currency)


def _reduced_from(base: Price, minor: int, conversion: Conversion) -> int | None:
    """The converted compare-at price; none where rounding has made it no more than the price."""
    was = None if base.compare_at_minor is None else conversion.price(base.compare_at_minor, base.currency)
    return was if was is not None and was > minor else None


Lowest = Mapping[tuple[Any, str], Mapping[str, int]]


def card_prices(variants: Sequence[tuple[Priced, Mapping[str, Priced]]], lowest: Lowest) -> dict[str, dict[str, int | None]]:
    """What a card keeps of explicit prices, by currency; `variants` come with theirs.

    Conversion never turns the order of two prices round, so the cheapest variant without an explicit price is the same at every rate.

    Args:
        lowest: what catalog.rules.price_history.lowest_before says, by variant and currency, where a price is reduced.
    """
    kept: dict[str, dict[str, int | None]] = {}
    for currency in sorted({currency for _variant, explicit in variants for currency in explicit}):
        owner, asked = min((pair for pair in variants if currency in pair[1]), key=lambda pair: pair[1][currency].price_minor)
        own, before = asked[currency], lowest.get((owner.pk, currency), {})
        rest = min((variant for variant, explicit in variants if currency not in explicit), key=_cheapness, default=None)
        kept[currency] = {"price": own.price_minor, "was": own.compare_at_minor}
        kept[currency] |= {"low": before.get(currency), "low_base": before.get(owner.currency)}
        if rest is not None:
            kept[currency] |= {"rest": rest.price_minor, "rest_was": rest.compare_at_minor, "rest_low": reference(rest, lowest)}
    return kept


def _cheapness(row: Priced) -> int:
    return row.price_minor


def reference(variant: Priced, lowest: Lowest) -> int | None:
    """What a variant's own price is reduced from: the lowest of the 30 days before; None where that is not above it."""
    low = lowest.get((variant.pk, variant.currency), {}).get(variant.currency)
    return low if low is not None and low > variant.price_minor else None


def card_price(base: Price, prices: Mapping[str, Mapping[str, Any]], conversion: Conversion | None) -> Price:
    """The lowest price of a card's variants in the currency of `conversion`; the base price where it cannot be said in it."""
    explicit = prices.get(conversion.currency) if conversion else None
    if conversion is None or explicit is None:
        return price_in(base, None, conversion)
    return _cheaper(base, explicit, explicit["was"], "rest_was", conversion)


def card_reduction(base: Price, prices: Mapping[str, Mapping[str, Any]], conversion: Conversion | None) -> Price:
    """As `card_price`, reduced from the lowest price of the 30 days before; `base` is, too."""
    explicit = prices.get(conversion.currency) if conversion else None
    if conversion is None or explicit is None:
        return price_in(base, None, conversion)
    return _cheaper(base, explicit, _own_reference(base.currency, explicit, conversion), "rest_low", conversion)


def _cheaper(base: Price, explicit: Mapping[str, Any], was: int | None, rest_was: str, conversion: Conversion) -> Price:
    own = Price(explicit["price"], was, conversion.currency)
    if explicit.get("rest") is None:
        return own
    rest = price_in(Price(explicit["rest"], explicit.get(rest_was), base.currency), None, conversion)
    return rest if rest.currency == own.currency and rest.minor < own.minor else own


def _own_reference(base: str, explicit: Mapping[str, Any], conversion: Conversion) -> int | None:
    """The lower of what was asked in the currency itself and of what was asked by conversion; None where that is not known or not above."""
    low, low_base = explicit.get("low"), explicit.get("low_base")
    converted = None if low_base is None else conversion.price(low_base, base)
    if low_base is not None and converted is None:
        return None
    least = min((minor for minor in (low, converted) if minor is not None), default=None)
    return least if least is not None and least > explicit["price"] else None


def discount_bps(price: Price) -> int:
    """The reduction in basis points of what it is reduced from, rounded down."""
    was = price.compare_at_minor
    return (was - price.minor) * 10_000 // was if was else 0
