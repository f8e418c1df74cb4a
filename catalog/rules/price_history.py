"""What a variant's past prices say: the price before a reduction, and a curve."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.rules.prices import Price, price_in
from core.exchange.rules import Conversion

# Directive 98/6/EC, article 6a: the lowest price of at least the 30 days before a reduction.
BEFORE_REDUCTION = dt.timedelta(days=30)
SHOWN = dt.timedelta(days=90)
KEPT = dt.timedelta(days=400)
WIDTH, HEIGHT, MARGIN = 600, 120, 10
ROWS = 30


@dataclass(frozen=True, slots=True)
class Change:
    """A price of a variant in a currency from `at` on; None where a price set by hand was taken back."""

    variant_id: uuid.UUID
    base_currency: str
    currency: str
    minor: int | None
    compare_at_minor: int | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Point:
    """What a variant cost from `at` until the next point."""

    at: dt.datetime
    price: Price


@dataclass(frozen=True, slots=True)
class Chart:
    """A curve of steps in a box of WIDTH × HEIGHT, and the same as rows, newest first."""

    line: str
    low_minor: int
    high_minor: int
    currency: str
    rows: tuple[tuple[dt.datetime, int], ...]


def points_in(changes: Iterable[Change], conversion: Conversion | None) -> list[Point]:
    """The prices in the currency of `conversion`, oldest first; converted ones by today's rate, so only a merchant's change is a step.

    Args:
        changes: of one variant, oldest first.
    """
    steps = _steps(changes, conversion.currency if conversion else None)
    shown = _shown(Point(step.at, price_in(step.price, None, conversion)) for step in steps)
    return [point for point in shown if point.price.currency == shown[-1].price.currency]


def _steps(changes: Iterable[Change], currency: str | None) -> list[Point]:
    """The prices that were in force, not converted: the merchant's own one in `currency` while there was one, else the base price."""
    base: Price | None = None
    explicit: Price | None = None
    steps: list[Point] = []
    for change in changes:
        price = None if change.minor is None else Price(change.minor, change.compare_at_minor, change.currency)
        if change.currency == change.base_currency:
            base = price
        elif change.currency == currency:
            explicit = price
        if base is not None:
            steps.append(Point(change.at, explicit or base))
    return steps


def _shown(steps: Iterable[Point]) -> list[Point]:
    """Steps without those that change nothing."""
    points: list[Point] = []
    for step in steps:
        if not points or points[-1].price != step.price:
            points.append(step)
    return points


def prior_minor(points: Sequence[Point], opened: dt.datetime | None) -> int | None:
    """The lowest price of the 30 days before the present reduction; None without a reduction, or where nothing was asked before it.

    A reduction begins when the price last changed, or when it was first compared with another: a further reduction is a new one.

    Args:
        opened: when the product was first on sale; prices of before were asked of nobody.
    """
    return min((price.minor for price in _asked_before(points, opened)), default=None)


def lowest_before(changes: Iterable[Change], currency: str, opened: dt.datetime | None) -> dict[str, int]:
    """What `prior_minor` is the lowest of, before anything is converted: the lowest by the currency it was asked in.

    Args:
        changes: of one variant, oldest first.
        currency: of the price that is reduced.
    """
    lowest: dict[str, int] = {}
    for price in _asked_before(_shown(_steps(changes, currency)), opened):
        lowest[price.currency] = min(price.minor, lowest.get(price.currency, price.minor))
    return lowest


def _asked_before(points: Sequence[Point], opened: dt.datetime | None) -> list[Price]:
    """The prices in force in the 30 days before the present reduction."""
    if not points or points[-1].price.compare_at_minor is None or opened is None:
        return []
    first = len(points) - 1
    while first and _is_same_reduction(points[first - 1].price, points[first].price):
        first -= 1
    since = max(points[first].at - BEFORE_REDUCTION, opened)
    return [earlier.price for earlier, later in itertools.pairwise(points[: first + 1]) if later.at > since]


def _is_same_reduction(earlier: Price, later: Price) -> bool:
    return earlier.compare_at_minor is not None and (earlier.minor, earlier.currency) == (later.minor, later.currency)


def percent_below(minor: int, prior: int | None) -> int:
    """Whole percent below the price before, rounded down; 0 where it is not below."""
    return 100 * (prior - minor) // prior if prior and prior > minor else 0


def chart_of(points: Sequence[Point], opened: dt.datetime | None, at: dt.datetime) -> Chart | None:
    """The curve of the last 90 days up to `at`; None where there is nothing but one price."""
    if opened is None:
        return None
    start = max(at - SHOWN, opened)
    before = [point for point in points if point.at <= start][-1:]
    steps = [(max(point.at, start), point.price.minor) for point in [*before, *(p for p in points if start < p.at <= at)]]
    # Two prices in a row may be the same: only what they are compared with has changed.
    steps = [step for index, step in enumerate(steps) if not index or step[1] != steps[index - 1][1]]
    if len(steps) < 2:
        return None
    low, high = min(minor for _, minor in steps), max(minor for _, minor in steps)
    return Chart(_line(steps, start, at, low, high), low, high, points[-1].price.currency, tuple(reversed(steps[-ROWS:])))


def _line(steps: Sequence[tuple[dt.datetime, int]], start: dt.datetime, end: dt.datetime, low: int, high: int) -> str:
    drawn: list[str] = []
    height = HEIGHT - 2 * MARGIN
    above = MARGIN
    for moment, minor in steps:
        across = round(WIDTH * (moment - start) / (end - start))
        if drawn:
            drawn.append(f"{across},{above}")
        above = MARGIN + height * (high - minor) // (high - low)
        drawn.append(f"{across},{above}")
    return " ".join([*drawn, f"{WIDTH},{above}"])
