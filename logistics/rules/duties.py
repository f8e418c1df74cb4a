"""What import duty and tax on goods from another country are estimated at. Integer minor units of one currency; each amount half up.

The base of the duty is the goods alone, or goods + shipping + insurance (CIF) where the destination says so; the tax is on base + duty
(WTO Agreement on Customs Valuation, article 8.2; WCO, "Harmonized System").
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.money import basis_points, split

CIF, GOODS = "cif", "goods"
NO_RULES, NO_CODE, NO_RATE, NO_EXCHANGE = "no_rules", "no_code", "no_rate", "no_exchange"


@dataclass(frozen=True, slots=True)
class Declared:
    """So many pieces of something in one merchant order, and what they are worth together in minor units."""

    hs_code: str
    pieces: int
    value_minor: int

    def __add__(self, other: "Declared") -> "Declared":
        return Declared(self.hs_code, self.pieces + other.pieces, self.value_minor + other.value_minor)


@dataclass(frozen=True, slots=True)
class Dutiable:
    """Goods of one merchant order that cross a border, worth `value_minor`; `key` tells them apart.

    `is_bonded`: they lie behind the customs of the destination already and are taken out of bond for their buyer.
    """

    key: str
    hs_code: str
    value_minor: int
    is_bonded: bool = False


@dataclass(frozen=True, slots=True)
class Regime:
    """How a destination charges from a day on; amounts in minor units of `currency`.

    Regular goods worth no more than `duty_free_minor` together pay no duty, and worth no more than `tax_free_minor` no tax. One purchase
    out of bond is worth `bonded_most_minor` at most, where there is such a limit.
    """

    country: str
    base: str
    currency: str
    tax_kind: str
    valid_from: dt.date
    duty_free_minor: int = 0
    tax_free_minor: int = 0
    bonded_most_minor: int | None = None


@dataclass(frozen=True, slots=True)
class DutyRow:
    """Rates of goods whose HS code begins with `prefix`, in basis points; an empty prefix is of all others. `until` is the last day."""

    prefix: str
    duty_bps: int
    tax_bps: int
    bonded_duty_bps: int
    bonded_tax_bps: int
    valid_from: dt.date
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class DutyLine:
    """What some goods are estimated at, and by which row; `missing` says why they cannot be."""

    key: str
    hs_code: str
    value_minor: int
    base_minor: int = 0
    prefix: str = ""
    duty_bps: int = 0
    duty_minor: int = 0
    tax_bps: int = 0
    tax_minor: int = 0
    is_bonded: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Duty and tax on one merchant order, None where they cannot be estimated; `missing` says why. `version` names the rates used."""

    lines: tuple[DutyLine, ...] = ()
    duty_minor: int | None = None
    tax_minor: int | None = None
    tax_kind: str = ""
    missing: str = ""
    version: str = ""
    # The most that may be bought out of bond at once, in minor units of the order's currency, where this is more; None within it.
    bonded_most_minor: int | None = None

    @property
    def is_known(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a destination asks on a day: its regime, None where none is known, and the rows of rates that may fit."""

    regime: Regime | None = None
    rows: tuple[DutyRow, ...] = ()
    # The regime's amounts in the currency of the order: free of duty, free of tax, most out of bond. None: cannot be said in it.
    limits: tuple[int, int, int | None] | None = (0, 0, None)


def row_for(rows: Iterable[DutyRow], hs_code: str, on: dt.date) -> DutyRow | None:
    """The row of the longest prefix of a code that is valid on a day; of two for the same prefix the later one."""
    valid = (row for row in rows if hs_code.startswith(row.prefix) and row.valid_from <= on and (row.until is None or on <= row.until))
    return max(valid, key=lambda row: (len(row.prefix), row.valid_from), default=None)


def estimate(goods: Sequence[Dutiable], tariff: Tariff, on: dt.date, *, shipping_minor: int = 0, insurance_minor: int = 0) -> Estimate:
    """Duty and tax on what crosses the border of one merchant order.

    One line that cannot be estimated makes the whole unknown: a part of the charges would look like all of them.

    Args:
        shipping_minor, insurance_minor: what of them falls on these goods; shared among lines by value, by largest remainder.
    """
    regime = tariff.regime
    if regime is None:
        return _unknown(goods, NO_RULES)
    if tariff.limits is None:
        return _unknown(goods, NO_EXCHANGE)
    duty_free, tax_free, bonded_most = tariff.limits
    regular = sum(row.value_minor for row in goods if not row.is_bonded)
    bonded = sum(row.value_minor for row in goods if row.is_bonded)
    is_free = (regular <= duty_free, regular <= tax_free)
    extras = _extras(goods, shipping_minor + insurance_minor if regime.base == CIF else 0)
    lines = tuple(
        _line(row, row.value_minor + extra, row_for(tariff.rows, row.hs_code, on), is_free)
        for row, extra in zip(goods, extras, strict=True)
    )
    exceeded = bonded_most if bonded_most is not None and bonded > bonded_most else None
    missing = next((line.missing for line in lines if line.missing), "")
    if missing:
        return Estimate(lines, tax_kind=regime.tax_kind, missing=missing, bonded_most_minor=exceeded)
    return Estimate(
        lines,
        duty_minor=sum(line.duty_minor for line in lines),
        tax_minor=sum(line.tax_minor for line in lines),
        tax_kind=regime.tax_kind,
        version=_version(regime, lines),
        bonded_most_minor=exceeded,
    )


def _unknown(goods: Sequence[Dutiable], missing: str) -> Estimate:
    lines = (DutyLine(row.key, row.hs_code, row.value_minor, is_bonded=row.is_bonded, missing=missing) for row in goods)
    return Estimate(tuple(lines), missing=missing)


def _extras(goods: Sequence[Dutiable], minor: int) -> list[int]:
    weights = [row.value_minor for row in goods]
    return split(minor, weights) if sum(weights) else [0] * len(weights)


def _line(row: Dutiable, base: int, found: DutyRow | None, is_free: tuple[bool, bool]) -> DutyLine:
    missing = "" if row.hs_code and found else NO_RATE if row.hs_code else NO_CODE
    if missing or found is None:
        return DutyLine(row.key, row.hs_code, row.value_minor, base, is_bonded=row.is_bonded, missing=missing)
    if row.is_bonded:
        duty_bps, tax_bps = found.bonded_duty_bps, found.bonded_tax_bps
    else:
        duty_bps, tax_bps = 0 if is_free[0] else found.duty_bps, 0 if is_free[1] else found.tax_bps
    duty = basis_points(base, duty_bps)
    tax = basis_points(base + duty, tax_bps)
    return DutyLine(row.key, row.hs_code, row.value_minor, base, found.prefix, duty_bps, duty, tax_bps, tax, row.is_bonded)


def _version(regime: Regime, lines: Iterable[DutyLine]) -> str:
    """The day the destination's rules are of, and a mark that changes with any rate that was used."""
    used = sorted({(line.prefix, line.duty_bps, line.tax_bps, line.is_bonded) for line in lines})
    digest = hashlib.blake2b(repr((regime, used)).encode(), digest_size=4).hexdigest()
    return f"{regime.country} {regime.valid_from:%Y-%m-%d} {digest}"


def shipping_share(shipping_minor: int, crossing_minor: int, goods_minor: int) -> int:
    """What of an order's shipping falls on the goods that cross the border, by value, half up."""
    return (2 * shipping_minor * crossing_minor + goods_minor) // (2 * goods_minor) if goods_minor else 0


def crossing(declared: Mapping[str, Declared], sources: Iterable[tuple[str, int, bool]]) -> list[Dutiable]:
    """The part of an order's goods that crosses a border, each with its share of the value by pieces.

    Args:
        declared: all goods that are sent, by key.
        sources: key, pieces and whether they come out of bond, of what does not lie in the destination already.
    """
    found: dict[tuple[str, bool], int] = {}
    for key, pieces, is_bonded in sources:
        if key in declared:
            found[key, is_bonded] = found.get((key, is_bonded), 0) + pieces
    goods = []
    for (key, is_bonded), pieces in sorted(found.items()):
        row = declared[key]
        before = found.get((key, False), 0) if is_bonded else 0
        # Where all pieces are counted once, their shares add up to the value exactly.
        share = row.value_minor * (before + pieces) // row.pieces - row.value_minor * before // row.pieces
        goods.append(Dutiable(key, row.hs_code, share, is_bonded))
    return goods
