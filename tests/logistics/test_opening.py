"""Opening hours: read as people write them, and when goods lie ready."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from logistics.rules.opening import Opening, are_hours, hours_text, parse_hours, ready_at
from logistics.rules.slots import SlotTerms

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
WEEK = parse_hours("Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00")
STORE = Opening(WEEK, "Asia/Shanghai", ("2026-12-01",))


def _at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """Of November 2026, whose 27th is a Friday."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Mo-Fr 09:00-18:00", "Mo-Fr 09:00-18:00"),
        ("Mo,We 09:00-12:00, 13:00-18:00; Su off", "Mo 09:00-12:00,13:00-18:00; We 09:00-12:00,13:00-18:00"),
        ("Sa-Mo 10:00-14:00", "Mo 10:00-14:00; Sa-Su 10:00-14:00"),
        ("Mo-Su 08:00-20:00; We 09:00-12:00", "Mo-Tu 08:00-20:00; We 09:00-12:00; Th-Su 08:00-20:00"),
        ("Mon: 10-9:30; Tue: 10-9; Thurs: 9-10:30; Sun: 11-7", "Mo 10:00-21:30; Tu 10:00-21:00; Th 09:00-22:30; Su 11:00-19:00"),
        ("Mo 00:00-24:00", "Mo 00:00-23:59"),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, read: str) -> None:
    assert hours_text(parse_hours(text)) == read
    assert parse_hours(read) == parse_hours(text)


@pytest.mark.parametrize(
    "text", ["always", "Mo", "Xx 09:00-12:00", "Mo 9h-12h", "Mo 09:00-12:00,11:00-18:00", "Mo 25:00-26:00", "Mo 18:00-09:00", "24/7"]
)
def test_what_says_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_hours(text)


def test_spans_in_order_are_hours() -> None:
    assert are_hours(WEEK)
    assert not are_hours({"mon": [["18:00", "09:00"]]})
    assert not are_hours({"mon": [["09:00"]]})
    assert not are_hours({"mon": [["nine", "ten"]]})


@pytest.mark.parametrize(
    ("ordered", "ready"),
    [
        (_at(27, 10), _at(27, 12)),  # within a span
        (_at(27, 11), _at(27, 14)),  # the break does not count
        (_at(27, 7), _at(27, 11)),  # before it opens
        (_at(27, 17), _at(28, 11)),  # the next day goes on
        (_at(28, 13, 30), _at(30, 10, 30)),  # Sunday is closed
    ],
)
def test_goods_are_ready_after_so_many_opening_hours(ordered: dt.datetime, ready: dt.datetime) -> None:
    assert ready_at(STORE, 2, ordered) == ready


def test_a_closed_date_is_skipped() -> None:
    assert ready_at(STORE, 2, _at(30, 17)) == dt.datetime(2026, 12, 2, 10, tzinfo=SHANGHAI)
    assert STORE.today(dt.datetime(2026, 12, 1, 10, tzinfo=SHANGHAI)) == []


def test_a_store_that_never_opens_is_never_ready() -> None:
    assert ready_at(Opening({}), 2, _at(27, 10)) is None


def test_the_clock_of_the_store_counts() -> None:
    assert STORE.is_open(dt.datetime(2026, 11, 27, 2, tzinfo=dt.UTC))
    assert not STORE.is_open(dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC))


def test_a_slot_closes_before_it_begins_and_is_offered_for_a_week() -> None:
    slot = SlotTerms(weekday=5, starts_at=dt.time(14), closes_hours=3, time_zone="Asia/Shanghai", holidays=("2026-12-04",))
    friday = dt.date(2026, 11, 27)

    assert slot.is_open(friday, _at(27, 11))
    assert not slot.is_open(friday, _at(27, 11, 1))
    assert not slot.is_open(friday + dt.timedelta(days=7), _at(28, 9)), "a holiday"
    assert not slot.is_open(friday, _at(20, 9)), "too far ahead"
    assert not slot.is_open(friday + dt.timedelta(days=1), _at(27, 9)), "another weekday"
    assert list(slot.open_days(_at(27, 9))) == [friday]
    assert list(slot.open_days(_at(27, 12))) == []
