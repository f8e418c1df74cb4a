"""Tax that prices include: which rate, how much of an amount it is, whole minor units on every line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.money import BASIS_POINTS, split

STANDARD, SHIPPING, SERVICE = "standard", "shipping", "service"


@dataclass(frozen=True, slots=True)
class Rate:
    """`kind` is what the country calls the tax (a value of TaxKind), `bps` its rate in basis points of the net amount."""

    kind: str
    bps: int


@dataclass(frozen=True, slots=True)
class DatedRate:
    """One row of the table of rates."""

    country: str
    tax_class: str
    rate: Rate
    valid_from: dt.date


@dataclass(frozen=True, slots=True)
class TaxShare:
    """One rate's part of an order: `gross_minor` includes `tax_minor`."""

    rate: Rate
    gross_minor: int
    tax_minor: int

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.tax_minor


NO_TAX = Rate("", 0)


def rate_for(table: Iterable[DatedRate], country: str, tax_class: str, on: dt.date) -> Rate:
    """The rate of a class of goods in a country on a day: the latest that has begun.

    Shipping and services have the standard rate where the country gives them none of their own. No tax where no rate is known.
    """
    begun = [row for row in table if row.country == country and row.valid_from <= on]
    for wanted in (tax_class, STANDARD) if tax_class in {SHIPPING, SERVICE} else (tax_class,):
        rows = [row for row in begun if row.tax_class == wanted]
        if rows:
            return max(rows, key=lambda row: row.valid_from).rate
    return NO_TAX


def included_minor(gross_minor: int, bps: int) -> int:
    """The tax in an amount that includes it, half up: 13 % of net is 11.50 of 100.00."""
    tax = Decimal(gross_minor) * bps / (BASIS_POINTS + bps)
    return int(tax.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def taxes_in(amounts: Sequence[tuple[int, Rate]]) -> list[int]:
    """The tax in each of the gross amounts of one order.

    A rate's tax is rounded once, on the sum of its amounts, and shared among them by largest remainder, so that lines add up to the
    tax of the order exactly. The same amounts in the same order always give the same shares.
    """
    taxes = [0] * len(amounts)
    for rate in dict.fromkeys(rate for _, rate in amounts):
        places = [place for place, (_, other) in enumerate(amounts) if other == rate]
        grosses = [amounts[place][0] for place in places]
        for place, tax in zip(places, split(included_minor(sum(grosses), rate.bps), grosses), strict=True):
            taxes[place] = tax
    return taxes


def tax_shares(parts: Iterable[tuple[Rate, int, int]]) -> list[TaxShare]:
    """(rate, gross, tax) of many lines summed per rate, the highest rate first; lines without tax are left out."""
    sums: dict[Rate, tuple[int, int]] = {}
    for rate, gross, tax in parts:
        if rate.bps:
            before = sums.get(rate, (0, 0))
            sums[rate] = (before[0] + gross, before[1] + tax)
    ordered = sorted(sums, key=lambda rate: (-rate.bps, rate.kind))
    return [TaxShare(rate, *sums[rate]) for rate in ordered]
