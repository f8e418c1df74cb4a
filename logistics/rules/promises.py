"""When a parcel arrives."""

import datetime as dt

TRANSIT_DAYS = (2, 4)
SUNDAY = 6


def delivery_promise(handling_days: int, at: dt.datetime) -> tuple[dt.date, dt.date]:
    """Earliest and latest day of arrival: handling days, then 2 to 4 days on the road; Sundays do not count.

    Args:
        handling_days: days the merchant needs before handing the parcel over.
        at: the moment of the order; its date in its own time zone is day 0.
    """
    ready = _after_working_days(at.date(), handling_days)
    return _after_working_days(ready, TRANSIT_DAYS[0]), _after_working_days(ready, TRANSIT_DAYS[1])


def promise_ends(at: dt.datetime) -> dt.datetime:
    """Until when an order still has the promise of `at`: the end of its day in its own time zone."""
    return (at + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _after_working_days(day: dt.date, count: int) -> dt.date:
    while count > 0:
        day += dt.timedelta(days=1)
        count -= day.weekday() != SUNDAY
    return day
