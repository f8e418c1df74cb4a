"""Pure decisions: how many points, what they are worth, which lots pay."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.exchange.rules import Conversion, converted, converted_back, floor_units, whole_units_back
from core.money import charge_step, exponent

# Points that come back live at least this long, also when their lot was about to expire or had expired.
MINIMUM_LIFE_AFTER_RETURN = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Terms:
    """The programme's numbers; the operator sets them (loyalty.apps reads the settings once at start).

    `value_minor` is what a point is worth in minor units of `currency`, the shop's own.
    """

    currency: str = "USD"
    points_per_major_unit: int = 1
    value_minor: int = 1
    max_share_percent: int = 50
    lifetime_days: int = 365


_terms = [Terms()]


def use_terms(terms: Terms) -> None:
    """Make these the terms of every rule that is not given others."""
    _terms[0] = terms


def current_terms() -> Terms:
    return _terms[0]


def points_for(goods_minor: int, currency: str, terms: Terms | None = None) -> int:
    """Points earned with goods of that value in minor units; parts of a major unit earn nothing."""
    rate = (terms or current_terms()).points_per_major_unit
    major_unit: int = 10 ** exponent(currency)
    return max(goods_minor, 0) * rate // major_unit


def points_for_purchase(paid_minor: int, currency: str, rate: Decimal, terms: Terms | None = None) -> int:
    """Points earned with goods paid in another currency: what they were worth in the shop's own at the purchase's rate.

    Args:
        paid_minor: minor units of `currency`.
        rate: of the shop's currency → `currency`, as the purchase has kept it.
    """
    used = terms or current_terms()
    if currency == used.currency:
        return points_for(paid_minor, currency, used)
    return floor_units(whole_units_back(max(paid_minor, 0), rate, used.currency, currency) * used.points_per_major_unit)


def value_minor(points: int, terms: Terms | None = None, conversion: Conversion | None = None) -> int:
    """What points are worth, in minor units of the shop's own currency, exactly; with a `conversion` what they pay at checkout.

    That is in its currency, half up as a whole at the last place that can be charged. Points are worth nothing without a rate.
    """
    used = terms or current_terms()
    worth = points * used.value_minor
    if conversion is None:
        return worth
    quote = conversion.quote(used.currency)
    return 0 if quote is None else converted(worth, quote.rate, used.currency, conversion.currency)


def max_points(goods_minor: int, balance: int, terms: Terms | None = None, conversion: Conversion | None = None) -> int:
    """The most points that may pay for goods of that value: up to a share of the goods, rounded down, and never more than there are.

    What they are worth is never above the share, and never nothing: points are not spent on less than half a minor unit.
    """
    used = terms or current_terms()
    payable = max(goods_minor, 0) * used.max_share_percent // 100
    if conversion is None:
        return max(min(balance, payable // used.value_minor), 0)
    quote = conversion.quote(used.currency)
    if quote is None:
        return 0
    # Rounded half up, points may be worth less than half a step more than what is payable.
    room = (
        converted_back(2 * payable + charge_step(conversion.currency), quote.rate, used.currency, conversion.currency)
        // (2 * used.value_minor)
        + 1
    )
    most = max(min(balance, room), 0)
    while most and value_minor(most, used, conversion) > payable:
        most -= 1
    return most if most and value_minor(most, used, conversion) else 0


@dataclass(frozen=True, slots=True)
class Open:
    """Points that can be taken from one lot."""

    lot_id: uuid.UUID
    expires_at: dt.datetime
    remaining: int


@dataclass(frozen=True, slots=True)
class Debit:
    lot_id: uuid.UUID
    points: int


def spend(lots: Iterable[Open], points: int) -> list[Debit]:
    """Take points from lots, earliest expiry first; takes what there is when there is too little."""
    debits = []
    for lot in sorted(lots, key=lambda lot: (lot.expires_at, lot.lot_id)):
        take = min(points, lot.remaining)
        if take > 0:
            debits.append(Debit(lot.lot_id, take))
            points -= take
    return debits
