import datetime as dt

import pytest

from orders import rules
from orders.errors import InvalidQuantity

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(("given", "expected"), [(1, 1), (999, 999), ("7", 7), (" 12 ", 12)])
def test_a_whole_number_in_range_is_a_quantity(given: object, expected: int) -> None:
    assert rules.quantity_of(given, 999) == expected


def test_a_quantity_beyond_the_limit_says_the_limit() -> None:
    with pytest.raises(InvalidQuantity) as refused:
        rules.quantity_of("1000", 999)

    assert "999" in str(refused.value)


@pytest.mark.parametrize(
    ("days", "due"),
    [(0, MONDAY), (1, MONDAY + dt.timedelta(days=1)), (5, MONDAY + dt.timedelta(days=5)), (6, MONDAY + dt.timedelta(days=7))],
)
def test_handling_days_do_not_count_sundays(days: int, due: dt.datetime) -> None:
    assert rules.ship_by(MONDAY, days) == due
