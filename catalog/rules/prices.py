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

    price_minor: int
    compare_at_minor: int | None


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


def card_prices(variants: Sequence[tuple[Priced, Mapping[str, Priced]]]) -> dict[str, dict[str, int | None]]:
    """What a card keeps of explicit prices, by currency; `variants` come with theirs.

    Conversion never turns the order of two prices round, so the cheapest variant without an explicit price is the same at every rate.
    """
    kept: dict[str, dict[str, int | None]] = {}
    for currency in sorted({currency for _variant, explicit in variants for currency in explicit}):
        own = min((explicit[currency] for _variant, explicit in variants if currency in explicit), key=_cheapness)
        rest = min((variant for variant, explicit in variants if currency not in explicit), key=_cheapness, default=None)
        kept[currency] = {"price": own.price_minor, "was": own.compare_at_minor}
        if rest is not None:
            kept[currency] |= {"rest": rest.price_minor, "rest_was": rest.compare_at_minor}
    return kept


def _cheapness(row: Priced) -> int:
    return row.price_minor


def card_price(base: Price, prices: Mapping[str, Mapping[str, Any]], conversion: Conversion | None) -> Price:
    """The lowest price of a card's variants in the currency of `conversion`; the base price where it cannot be said in it."""
    explicit = prices.get(conversion.currency) if conversion else None
    if conversion is None or explicit is None:
        return price_in(base, None, conversion)
    own = Price(explicit["price"], explicit["was"], conversion.currency)
    if explicit.get("rest") is None:
        return own
    rest = price_in(Price(explicit["rest"], explicit["rest_was"], base.currency), None, conversion)
    return rest if rest.currency == own.currency and rest.minor < own.minor else own


def discount_bps(price: Price) -> int:
    """The reduction in basis points of the compare-at price, rounded down."""
    was = price.compare_at_minor
    return (was - price.minor) * 10_000 // was if was else 0
