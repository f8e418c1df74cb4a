"""On which days a delivery slot can still be chosen."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

HORIZON_DAYS = 7


@dataclass(frozen=True, slots=True)
class SlotTerms:
    """A slot as its warehouse offers it: `weekday` in ISO, times by the clock of `time_zone`, `holidays` ISO dates without it."""

    weekday: int
    starts_at: dt.time
    closes_hours: int
    time_zone: str = "UTC"
    holidays: tuple[str, ...] = ()

    def is_open(self, day: dt.date, at: dt.datetime) -> bool:
        """Whether it may be chosen at `at` for this day: of the next seven days, and not yet closed."""
        zone = zoneinfo.ZoneInfo(self.time_zone)
        begins = dt.datetime.combine(day, self.starts_at, zone)
        is_offered = day.isoweekday() == self.weekday and day.isoformat() not in self.holidays
        is_near = day < at.astimezone(zone).date() + dt.timedelta(days=HORIZON_DAYS)
        return is_offered and is_near and at <= begins - dt.timedelta(hours=self.closes_hours)

    def open_days(self, at: dt.datetime) -> Iterator[dt.date]:
        """The days it may be chosen for, the earliest first."""
        today = at.astimezone(zoneinfo.ZoneInfo(self.time_zone)).date()
        days = (today + dt.timedelta(days=offset) for offset in range(HORIZON_DAYS))
        return (day for day in days if self.is_open(day, at))
