"""Pure conversion between currencies. A rate says what one major unit of the base costs in major units of the quoted currency."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

from core.money import charge_step, exponent

# Places of a rate that is kept: enough that a billion minor units keep their last digit in every pair of real currencies.
RATE_PLACES = 12
PRECISION = 50
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Quote:
    """A rate and the day it is of."""

    rate: Decimal
    on: dt.date


def rounded_rate(rate: Decimal) -> Decimal:
    """A computed rate as it is kept: half up at 12 decimal places."""
    with localcontext(prec=PRECISION):
        return rate.quantize(ONE.scaleb(-RATE_PLACES), rounding=ROUND_HALF_UP)


def factor(rate: Decimal, base: str, currency: str) -> Decimal:
    """What one minor unit of `base` becomes in minor units of `currency`, exact."""
    with localcontext(prec=PRECISION):
        return rate.scaleb(exponent(currency) - exponent(base))


def converted(minor: int, rate: Decimal, base: str, currency: str) -> int:
    """Minor units of `base` in minor units of `currency`, half up (away from zero below it) at the last place that can be charged."""
    step = charge_step(currency)
    with localcontext(prec=PRECISION):
        return step * int((Decimal(minor) * factor(rate, base, currency) / step).quantize(ONE, rounding=ROUND_HALF_UP))


def converted_back(minor: int, rate: Decimal, base: str, currency: str) -> int:
    """What `minor` units of `currency` are in minor units of `base` by the rate base → currency, half up."""
    with localcontext(prec=PRECISION):
        return int((Decimal(minor) / factor(rate, base, currency)).quantize(ONE, rounding=ROUND_HALF_UP))


def whole_units_back(minor: int, rate: Decimal, base: str, currency: str) -> Decimal:
    """As `converted_back`, but not rounded, in major units of `base`."""
    with localcontext(prec=PRECISION):
        return (Decimal(minor) / factor(rate, base, currency)).scaleb(-exponent(base))


def charm_step(currency: str) -> tuple[int, int]:
    """In minor units: how far charm prices lie apart, and how far below the round price each lies ($19.99, ¥1,599, 4.990 KWD)."""
    unit = 100 * charge_step(currency)
    return unit, unit // 100


def charmed(minor: int, currency: str) -> int:
    """The nearest charm price that is not below `minor`."""
    unit, below = charm_step(currency)
    return -(-(minor + below) // unit) * unit - below


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """The newest rate of each pair on one day, by (base, quoted currency); of two days' rates for one pair only the newer is here."""

    quotes: Mapping[tuple[str, str], Quote]
    pivot: str = ""

    @property
    def currencies(self) -> list[str]:
        return sorted({code for pair in self.quotes for code in pair})

    def between(self, base: str, currency: str) -> Quote | None:
        """The rate base → currency: as entered, else the other way round, else through a third currency (the shop's own first).

        A rate made of two is as old as the older of them.
        """
        if base == currency:
            return Quote(ONE, dt.date.max)
        found = self._entered(base, currency) or next(self._crossed(base, currency), None)
        return found and Quote(rounded_rate(found.rate), found.on)

    def _entered(self, base: str, currency: str) -> Quote | None:
        """Not rounded yet where it is turned round."""
        if quote := self.quotes.get((base, currency)):
            return quote
        turned = self.quotes.get((currency, base))
        with localcontext(prec=PRECISION):
            return Quote(ONE / turned.rate, turned.on) if turned else None

    def _crossed(self, base: str, currency: str) -> Iterator[Quote]:
        for third in (self.pivot, *self.currencies):
            first, second = self._entered(base, third), self._entered(third, currency)
            if first and second:
                with localcontext(prec=PRECISION):
                    yield Quote(first.rate * second.rate, min(first.on, second.on))


@dataclass(frozen=True, slots=True, eq=False)
class Conversion:
    """How amounts of other currencies are said in one, on one day. `quotes` holds what is fresh enough, by base.

    `mark` changes with anything of it, for keys of caches.
    """

    currency: str
    quotes: Mapping[str, Quote]
    is_charming: bool = False
    mark: str = ""

    def quote(self, base: str) -> Quote | None:
        """The rate base → currency, None where there is none that is fresh enough."""
        return self.quotes.get(base)

    def amount(self, minor: int, base: str) -> int | None:
        """Minor units of `base` in minor units of the currency, half up; None without a rate."""
        if base == self.currency:
            return minor
        quote = self.quotes.get(base)
        return None if quote is None else converted(minor, quote.rate, base, self.currency)

    def price(self, minor: int, base: str) -> int | None:
        """As `amount`, but never below the least that can be charged, and a charm price where the shop wants those."""
        if base == self.currency:
            return minor
        made = self.amount(minor, base)
        if made is None:
            return None
        return max(charmed(made, self.currency) if self.is_charming else made, charge_step(self.currency))


def own(currency: str) -> Conversion:
    """A currency into which nothing else is converted."""
    return Conversion(currency, {currency: Quote(ONE, dt.date.max)}, mark=currency)


def conversion_of(rates: Rates, currency: str, bases: Iterable[str], oldest: dt.date, *, is_charming: bool = False) -> Conversion:
    """The conversion into a currency from all `bases` whose rate is of `oldest` or later."""
    found = {base: rates.between(base, currency) for base in sorted({*bases, currency})}
    quotes = {base: quote for base, quote in found.items() if quote and quote.on >= oldest}
    said = repr([(base, quote.rate) for base, quote in quotes.items()])
    digest = hashlib.blake2b(said.encode(), digest_size=4).hexdigest()
    return Conversion(currency, quotes, is_charming, f"{currency}:{digest}:{is_charming:d}")


def floor_units(amount: Decimal) -> int:
    """Whole units of an amount, rounded down."""
    return int(amount.to_integral_value(rounding=ROUND_FLOOR))
