"""A scorecard's numbers as people read them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from core.backoffice.display import label
from merchants.models import Measure, Standing, Violation
from merchants.scorecard_rules import LIMITS, Unit, level, standing

STANDING_TONES = {Standing.NONE: "neutral", Standing.GOOD: "success", Standing.NEAR: "warning", Standing.BAD: "danger"}
HOUR = 60


def shown(measure: Measure, count: int, of: int) -> str:
    """The number with its unit; a dash where there is none."""
    value = level(measure, count, of)
    return "–" if value is None else in_words(measure, value)


def in_words(measure: Measure, value: int) -> str:
    """A value of the measure's unit, such as a limit."""
    unit = LIMITS[measure].unit
    if unit == Unit.STARS:
        return f"{_hundredths(value)} ★"
    if unit == Unit.SHARE:
        return f"{_hundredths(value)} %"
    hours, minutes = divmod(value, HOUR)
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def _hundredths(value: int) -> str:
    places = 0 if value % 100 == 0 else 1 if value % 10 == 0 else 2
    return formats.number_format(Decimal(value) / 100, places)


def limit_in_words(measure: Measure) -> str:
    """What a measure must be below, or above."""
    limit = LIMITS[measure]
    text = _("below %(limit)s") if limit.is_most else _("above %(limit)s")
    return text % {"limit": in_words(measure, limit.value)}


def number_label(measure: Measure, count: int, of: int) -> Any:
    """The number in the colour of its standing."""
    return label(shown(measure, count, of), STANDING_TONES[standing(measure, count, of)])


def found_in_words(row: Violation) -> str:
    """What the numbers said where a violation was proposed by them, empty otherwise."""
    if row.found is None or row.found_of is None:
        return ""
    measure = Measure(row.measure)
    said = {"number": shown(measure, row.found, row.found_of), "limit": limit_in_words(measure)}
    return _("%(number)s in 30 days; it must be %(limit)s.") % said
