"""Writes of rates. They are only ever added: an order remembers the rate it was made by, and history must say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import is_currency
from django.db import transaction

from core.exchange.errors import RateImplausible, RateInvalid, RateKnown
from core.exchange.files import RateRow
from core.exchange.rules import RATE_PLACES
from core.models import ExchangeRate
from core.remembered import forget

MOST_RATE = Decimal(10) ** 9
# A day's rate that differs more than this from the one before is rather a slip of the finger than the market.
MOST_JUMP = Decimal("1.25")
LOOK_BACK_DAYS = 30


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rates were new, and how many were there already."""

    added: int
    known: int


@transaction.atomic
def add_rates(*, rows: Sequence[RateRow], source: str, actor: str, at: dt.datetime, is_checked: bool = False) -> Imported:
    """Keep these rates, all or none; a rate that is there already with the same value is passed over.

    Args:
        is_checked: a person has confirmed rates that differ much from the day before.

    Raises:
        RateInvalid: not a rate, or of a day to come.
        RateKnown: another rate of the pair and day is kept.
        RateImplausible: it differs much from the newest one and was not checked.
    """
    for row in rows:
        _check(row, at)
    known = _known_of(rows)
    fresh: dict[tuple[str, str, dt.date], RateRow] = {}
    for row in rows:
        present = known.get((row.base, row.quote, row.on)) or getattr(fresh.get((row.base, row.quote, row.on)), "rate", None)
        if present is not None and present != row.rate:
            raise RateKnown(base=row.base, quote=row.quote, on=row.on, known=f"{present.normalize():f}")
        if present is None:
            fresh[row.base, row.quote, row.on] = row
    if not is_checked:
        for row in fresh.values():
            _refuse_jump(row, known)
    made = ExchangeRate.objects.bulk_create(
        ExchangeRate(base=row.base, quote=row.quote, rate=row.rate, on=row.on, source=source, entered_by=actor, created_at=at)
        for row in fresh.values()
    )
    forget()
    transaction.on_commit(forget)  # somebody may have asked again before it was true
    return Imported(len(made), len(rows) - len(made))


def _check(row: RateRow, at: dt.datetime) -> None:
    places = row.rate.as_tuple().exponent
    is_fine = row.base != row.quote and is_currency(row.base) and is_currency(row.quote) and row.on <= at.date() + dt.timedelta(days=1)
    if not (is_fine and row.rate.is_finite() and 0 < row.rate < MOST_RATE and isinstance(places, int) and -places <= RATE_PLACES):
        raise RateInvalid(row=f"{row.base} {row.quote} {row.rate} {row.on}")


def _known_of(rows: Sequence[RateRow]) -> dict[tuple[str, str, dt.date], Decimal]:
    if not rows:
        return {}
    days = [row.on for row in rows]
    since = min(days) - dt.timedelta(days=LOOK_BACK_DAYS)
    found = ExchangeRate.objects.filter(base__in={row.base for row in rows}, on__gte=since, on__lte=max(days))
    return {(base, quote, on): rate for base, quote, on, rate in found.values_list("base", "quote", "on", "rate")}


def _refuse_jump(row: RateRow, known: dict[tuple[str, str, dt.date], Decimal]) -> None:
    before = [(on, rate) for (base, quote, on), rate in known.items() if (base, quote) == (row.base, row.quote) and on < row.on]
    if not before:
        return
    rate = max(before)[1]
    if max(row.rate / rate, rate / row.rate) > MOST_JUMP:
        raise RateImplausible(base=row.base, quote=row.quote, known=f"{rate.normalize():f}", rate=f"{row.rate.normalize():f}")
