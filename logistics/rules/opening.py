"""When a store is open, when goods ordered now wait there, and opening hours as they are written."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_CLOSURE = 60
MOST_SPANS = 4
MINUTES_A_DAY = 24 * 60
# Who writes a later hour counts to twenty-four.
LAST_MORNING = 13 * 60
Hours = Mapping[str, Sequence[Sequence[str]]]
Span = tuple[dt.time, dt.time]


@dataclass(frozen=True, slots=True)
class Opening:
    """By the clock of `time_zone`: spans per day such as {"mon": [["09:00", "12:00"], ["13:00", "18:00"]]}, and ISO dates it is closed."""

    hours: Hours
    time_zone: str = "UTC"
    closed: tuple[str, ...] = ()

    def spans_on(self, day: dt.date) -> list[Span]:
        """When it is open on a date; nothing where it is closed."""
        if day.isoformat() in self.closed:
            return []
        return [
            (dt.time.fromisoformat(opens), dt.time.fromisoformat(closes)) for opens, closes in self.hours.get(DAYS[day.weekday()]) or ()
        ]

    def today(self, at: dt.datetime) -> list[Span]:
        return self.spans_on(self.local(at).date())

    def local(self, at: dt.datetime) -> dt.datetime:
        return at.astimezone(zoneinfo.ZoneInfo(self.time_zone))

    def is_open(self, at: dt.datetime) -> bool:
        now = self.local(at)
        return any(opens <= now.time() < closes for opens, closes in self.spans_on(now.date()))


def ready_at(opening: Opening, hours: int, at: dt.datetime) -> dt.datetime | None:
    """When goods ordered at `at` wait in a store that needs so many hours, counted while it is open; within those hours, by its clock.

    None where it does not open often enough within two months.
    """
    left = dt.timedelta(hours=hours)
    now = opening.local(at)
    for opens, closes in _spans_from(opening, now.date()):
        begins = max(opens, now)
        if begins < closes:
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
    return None


def _spans_from(opening: Opening, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    zone = zoneinfo.ZoneInfo(opening.time_zone)
    for offset in range(LONGEST_CLOSURE):
        date = day + dt.timedelta(days=offset)
        for opens, closes in opening.spans_on(date):
            yield dt.datetime.combine(date, opens, zone), dt.datetime.combine(date, closes, zone)


_DAY_NAMES = {name: index for index, code in enumerate(DAYS) for name in (code, code[:2])} | {"thurs": 3, "thur": 3, "tues": 1, "weds": 2}
_RULE = re.compile(r"(?P<days>[A-Za-z]+(?:\s*[-,]\s*[A-Za-z]+)*)\s*:?\s+(?P<spans>\d[\d:.,\s–-]*|off|closed)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–]\s*(\d{1,2})(?::(\d{2}))?")


def parse_hours(text: str) -> dict[str, list[list[str]]]:
    """Opening hours out of a line such as `Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00` (OpenStreetMap), or `Mon: 10-9:30; Sun: 11-7`.

    Where a time has no minutes, as people write by the twelve-hour clock, it closes in the afternoon; so it does where it would close
    before it opens. A later rule replaces an earlier one.

    Raises:
        ValueError: anything else; its text is the part that was not understood.
    """
    hours: dict[str, list[list[str]]] = {}
    for rule in filter(None, (part.strip() for part in text.replace("\n", ";").split(";"))):
        match = _RULE.fullmatch(rule)
        if match is None:
            raise ValueError(rule)
        said = match["spans"].lower()
        spans = [] if said in {"off", "closed"} else [_span(part.strip(), rule) for part in said.split(",")]
        for day in _days(match["days"].lower(), rule):
            hours[day] = spans
    if not are_hours(hours):
        raise ValueError(text)
    return {day: hours[day] for day in DAYS if hours.get(day)}


def _days(text: str, rule: str) -> list[str]:
    found: list[str] = []
    for part in text.replace(" ", "").split(","):
        first, _dash, last = part.partition("-")
        if first not in _DAY_NAMES or (last or first) not in _DAY_NAMES:
            raise ValueError(rule)
        begins, ends = _DAY_NAMES[first], _DAY_NAMES[last or first]
        found += DAYS[begins : ends + 1] if begins <= ends else (*DAYS[begins:], *DAYS[: ends + 1])
    return found


def _span(text: str, rule: str) -> list[str]:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(rule)
    begins = int(match[1]) * 60 + int(match[2] or 0)
    ends = int(match[3]) * 60 + int(match[4] or 0)
    if begins < LAST_MORNING and ends <= MINUTES_A_DAY // 2 and (ends <= begins or match[2] is None or match[4] is None):
        ends += MINUTES_A_DAY // 2
    ends = min(ends, MINUTES_A_DAY - 1) if ends <= MINUTES_A_DAY else ends
    if max(begins, ends) >= MINUTES_A_DAY:
        raise ValueError(rule)
    return [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (begins, ends)]


def are_hours(hours: Hours) -> bool:
    """Whether each day's spans are times in order that do not overlap."""
    for day, spans in hours.items():
        times = [moment for span in spans for moment in span]
        if day not in DAYS or len(spans) > MOST_SPANS or any(len(span) != 2 for span in spans):
            return False
        try:
            moments = [dt.time.fromisoformat(moment) for moment in times]
        except (ValueError, TypeError):
            return False
        if any(earlier >= later for earlier, later in pairwise(moments)):
            return False
    return True


def hours_text(hours: Hours) -> str:
    """The same as people write it, equal days together; `parse_hours` reads it."""
    names = [day[:2].capitalize() for day in DAYS]
    rules: list[tuple[int, int, str]] = []
    for index, day in enumerate(DAYS):
        spans = ",".join(f"{opens}-{closes}" for opens, closes in hours.get(day) or ())
        if spans and rules and rules[-1][1] == index - 1 and rules[-1][2] == spans:
            rules[-1] = (rules[-1][0], index, spans)
        elif spans:
            rules.append((index, index, spans))
    return "; ".join(f"{names[begins]}{f'-{names[ends]}' if ends > begins else ''} {spans}" for begins, ends, spans in rules)
