"""Where the limits of a merchant's numbers lie, and how a number stands to its limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from merchants.models import Measure, Standing

WHOLE_BPS = 10_000
MOST_STARS = 5
# So few orders say nothing yet: no violation is proposed for them.
LEAST_ORDERS = 20
PROPOSED_POINTS = 4
APPEAL_DAYS = 14
POINTS_COUNT_DAYS = 365


class Unit(StrEnum):
    SHARE = "share"
    MINUTES = "minutes"
    STARS = "stars"


@dataclass(frozen=True, slots=True)
class Limit:
    """What a measure must stay below, or above. `value` is in basis points, in minutes, or in hundredths of a star."""

    value: int
    unit: Unit = Unit.SHARE
    is_most: bool = True


# Amazon's account health: late < 4 %, cancelled < 2.5 %, order defects < 1 %, valid tracking > 95 %, on time > 90 %. The others are ours.
LIMITS = {
    Measure.LATE: Limit(400),
    Measure.CANCELLED: Limit(250),
    Measure.RETURNED: Limit(500),
    Measure.DISPUTED: Limit(100),
    Measure.TRACKED: Limit(9_500, is_most=False),
    Measure.ON_TIME: Limit(9_000, is_most=False),
    Measure.RESPONSE: Limit(24 * 60, Unit.MINUTES),
    Measure.RATING: Limit(350, Unit.STARS, is_most=False),
}
_WORST_FIRST = (Standing.BAD, Standing.NEAR, Standing.GOOD)


def standing(measure: Measure, count: int, of: int) -> Standing:
    """How a number stands to its limit: at the limit is beyond it, from three quarters of the way it is near.

    Args:
        count: orders, the median in minutes, or the sum of stars.
        of: orders, cases or reviews; 0 where there were none, which is neither good nor bad.
    """
    if of == 0:
        return Standing.NONE
    used, allowed = _used(LIMITS[measure], count, of)
    if used >= allowed:
        return Standing.BAD
    return Standing.NEAR if 4 * used >= 3 * allowed else Standing.GOOD


def _used(limit: Limit, count: int, of: int) -> tuple[int, int]:
    """How much of what may go wrong has gone wrong, as two whole numbers of the same scale."""
    if limit.unit == Unit.MINUTES:
        return count, limit.value
    if limit.unit == Unit.STARS:
        return (MOST_STARS * of - count) * 100, (MOST_STARS * 100 - limit.value) * of
    if limit.is_most:
        return count * WHOLE_BPS, limit.value * of
    return (of - count) * WHOLE_BPS, (WHOLE_BPS - limit.value) * of


def worst(found: Iterable[Standing]) -> Standing:
    """The worst of them; none where there is no number at all."""
    seen = set(found)
    return next((one for one in _WORST_FIRST if one in seen), Standing.NONE)


def level(measure: Measure, count: int, of: int) -> int | None:
    """The number in its limit's unit, rounded half up; None where there is none."""
    unit = LIMITS[measure].unit
    if of == 0:
        return None
    if unit == Unit.MINUTES:
        return count
    scale = 100 if unit == Unit.STARS else WHOLE_BPS
    return (2 * count * scale + of) // (2 * of)


def failing(measure: Measure, count: int, of: int) -> int:
    """How many orders, cases or reviews stand behind a number: those that went wrong, or all where that cannot be said of one."""
    if LIMITS[measure].unit != Unit.SHARE:
        return of
    return count if LIMITS[measure].is_most else of - count
