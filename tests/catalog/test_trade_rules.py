"""The lowest of everybody's price, everybody's tiers and a company's lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.rules.quantities import Tier, unit_price
from catalog.rules.trade import Listed, least_of, steps_fit, terms, winner
from core.ids import uuid7

TIERS = (Tier(10, 900), Tier(100, 700))


def listed(*steps: tuple[int, int], least: int = 0) -> Listed:
    return Listed(uuid7(), uuid7(), 1, least, tuple(Tier(*step) for step in steps))


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [(1, 950), (9, 950), (10, 900), (49, 900), (50, 600), (100, 600), (1_000, 600)],
)
def test_the_lowest_that_applies_to_so_many_wins(quantity: int, expected: int) -> None:
    row = listed((1, 950), (50, 600))

    assert winner(1_000, TIERS, [row], quantity) == (expected, None if expected == 900 else row)


def test_a_list_that_is_dearer_changes_nothing() -> None:
    assert winner(1_000, TIERS, [listed((1, 1_500))], 5) == (1_000, None)
    assert winner(1_000, (), [listed((1, 1_000))], 5) == (1_000, None)


def test_a_row_counts_from_its_own_least_quantity_on() -> None:
    row, other = listed((1, 500), least=20), listed((1, 800))

    assert winner(1_000, (), [row, other], 19) == (800, other)
    assert winner(1_000, (), [row, other], 20) == (500, row)
    assert least_of(3, [row, other]) == 3
    assert least_of(3, [row]) == 20
    assert least_of(3, []) == 3


def test_shown_steps_are_what_is_paid() -> None:
    shown = terms(1_000, TIERS, 1, [listed((1, 950), (50, 600)), listed((20, 800), least=25)])

    assert shown == (950, (Tier(10, 900), Tier(25, 800), Tier(50, 600)), 1)


@pytest.mark.parametrize(
    ("steps", "fits"),
    [
        ([(1, 500)], True),
        ([(20, 500)], True),
        ([(1, 500), (10, 400)], True),
        ([], False),
        ([(0, 500)], False),
        ([(1, 0)], False),
        ([(1, 500), (1, 400)], False),
        ([(1, 500), (10, 500)], False),
        ([(1, 500), (100_001, 400)], False),
        ([(number, 500 - number) for number in range(1, 12)], False),
    ],
)
def test_steps_begin_later_and_get_cheaper(steps: list[tuple[int, int]], fits: bool) -> None:
    assert steps_fit([Tier(*step) for step in steps]) is fits


def _steps(pairs: list[tuple[int, int]]) -> tuple[Tier, ...]:
    return tuple(Tier(*pair) for pair in sorted(dict(pairs).items()))


PAIRS = st.lists(st.tuples(st.integers(2, 60), st.integers(1, 2_000)), max_size=4).map(_steps)
ROWS = st.lists(st.builds(lambda steps, least: Listed(uuid7(), uuid7(), 1, least, steps), PAIRS, st.integers(0, 30)), max_size=3)


@given(price=st.integers(1, 2_000), tiers=PAIRS, rows=ROWS, least=st.integers(1, 12), more=st.integers(0, 80))
def test_what_is_shown_is_what_the_rule_asks_and_never_more_than_everybody_pays(
    price: int, tiers: tuple[Tier, ...], rows: list[Listed], least: int, more: int
) -> None:
    shown = terms(price, tiers, least, rows)
    quantity = shown.least + more

    paid = unit_price(shown.price_minor, shown.tiers, quantity)

    best = min(winner(price, tiers, rows, smaller)[0] for smaller in range(shown.least, quantity + 1))
    assert paid == best
    assert paid <= unit_price(price, tiers, quantity)
