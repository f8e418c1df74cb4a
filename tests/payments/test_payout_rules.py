import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from payments import payout_rules as rules

UTC = dt.UTC
SUNDAY = dt.datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("daily", dt.datetime(2026, 11, 23, 2, tzinfo=UTC)),
        ("weekly", dt.datetime(2026, 11, 25, 2, tzinfo=UTC)),
        ("monthly", dt.datetime(2026, 12, 15, 2, tzinfo=UTC)),
    ],
)
def test_the_next_payout_is_the_first_chosen_day_after_now(frequency: str, expected: dt.datetime) -> None:
    assert rules.next_payout(frequency=frequency, weekday=2, day=15, after=SUNDAY, zone=UTC) == expected


def test_the_moment_itself_is_not_after_itself() -> None:
    first = rules.next_payout(frequency="weekly", weekday=0, day=1, after=SUNDAY, zone=UTC)

    assert rules.next_payout(frequency="weekly", weekday=0, day=1, after=first, zone=UTC) == first + dt.timedelta(days=7)


def test_days_are_those_of_the_installations_zone() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    late = dt.datetime(2026, 11, 22, 19, tzinfo=UTC)  # three in the morning of Monday in Shanghai

    assert rules.next_payout(frequency="daily", weekday=0, day=1, after=late, zone=shanghai) == dt.datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.mark.parametrize(("currency", "minimum"), [("USD", 1_050), ("JPY", 11), ("KWD", 10_500)])
def test_a_minimum_is_as_many_whole_units_of_another_currency(currency: str, minimum: int) -> None:
    assert rules.minimum_in(currency, minimum_minor=1_050, settled_in="USD") == minimum


@pytest.mark.parametrize(
    ("balance", "paused", "account", "reason"),
    [
        (-1, False, True, "nothing"),
        (0, True, False, "nothing"),
        (999, False, True, "below_minimum"),
        (1_000, False, True, ""),
        (1_000, True, True, "paused"),
        (1_000, False, False, "no_account"),
    ],
)
def test_a_balance_is_carried_for_one_reason(balance: int, paused: bool, account: bool, reason: str) -> None:
    found = rules.reason_to_carry(balance_minor=balance, minimum_minor=1_000, has_account=account, is_paused=paused)

    assert found == reason


@pytest.mark.parametrize(
    ("number", "is_one"),
    [
        ("GB29NWBK60161331926819", True),
        ("GB29NWBK60161331926818", False),
        ("6222020200112233445", True),
        ("123", False),
        ("A" * 35, False),
        ("12_4", False),
    ],
)
def test_account_numbers_are_checked_as_far_as_they_can_be(number: str, is_one: bool) -> None:
    assert rules.is_account_number(number) is is_one
