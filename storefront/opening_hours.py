"""Opening hours as people read them: equal days together."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby

from django.utils import formats
from django.utils.translation import gettext as _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY = dt.date(2024, 1, 1)


def opening_hours(hours: Mapping[str, Sequence[Sequence[str]]]) -> list[tuple[str, str]]:
    """[("Mon–Fri", "09:00–18:00"), …]; days without hours are closed and left out."""
    spans = [(index, ", ".join(f"{opens}–{closes}" for opens, closes in hours.get(day) or ())) for index, day in enumerate(DAYS)]
    found = []
    for text, days in groupby(spans, key=lambda span: span[1]):
        indices = [index for index, _text in days]
        if text:
            found.append((_span(indices[0], indices[-1]), text))
    return found


def _span(first: int, last: int) -> str:
    names = [formats.date_format(MONDAY + dt.timedelta(days=index), "D") for index in (first, last)]
    if (first, last) == (0, len(DAYS) - 1):
        return _("Every day")
    return names[0] if first == last else "–".join(names)
