"""Pure decisions: how many points, what they are worth, which lots pay."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from core.money import exponent

# Points that come back live at least this long, also when their lot was about to expire or had expired.
MINIMUM_LIFE_AFTER_RETURN = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Terms:
    """The programme's numbers; the operator sets them (loyalty.apps reads the settings once at start)."""

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


def value_minor(points: int, terms: Terms | None = None) -> int:
    """What points are worth at checkout, in minor units of the shop's currency."""
    return points * (terms or current_terms()).value_minor


def max_points(goods_minor: int, balance: int, terms: Terms | None = None) -> int:
    """The most points that may pay for goods of that value: up to a share of the goods, rounded down, and never more than there are."""
    used = terms or current_terms()
    payable = max(goods_minor, 0) * used.max_share_percent // 100
    return max(min(balance, payable // used.value_minor), 0)


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
