"""Pure rules: allocation, delivery promise, shipping."""

import datetime as dt
import random
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.rules import Line, Plan, ShippingOffer, StockLevel, allocate, delivery_promise, shipping_offer

GROUP, MERCHANT, RED, BLUE = (uuid.UUID(int=number) for number in range(1, 5))


def shelf(warehouse: str, variant: uuid.UUID, available: int, priority: int = 10, merchant: uuid.UUID = MERCHANT) -> StockLevel:
    return StockLevel(uuid.uuid5(variant, warehouse), merchant, variant, warehouse, priority, available)


def want(variant: uuid.UUID, quantity: int, group: uuid.UUID = GROUP, merchant: uuid.UUID = MERCHANT) -> Line:
    return Line(group, merchant, variant, quantity)


def picked(plan: Plan) -> list[tuple[object, uuid.UUID, int]]:
    return [(pick.reasons["warehouse"], pick.variant_id, pick.quantity) for pick in plan.picks]


def test_one_parcel_from_afar_beats_two_from_nearby() -> None:
    stocks = [shelf("A", RED, 5, 1), shelf("B", BLUE, 5, 2), shelf("C", RED, 5, 9), shelf("C", BLUE, 5, 9)]

    plan = allocate([want(RED, 1), want(BLUE, 1)], stocks)

    assert picked(plan) == [("C", RED, 1), ("C", BLUE, 1)]
    assert plan.picks[0].reasons == {"warehouse": "C", "parcels": 1, "passed_over": {"A": "short", "B": "short"}}


def test_among_equals_the_lowest_priority_number_then_the_code_decides() -> None:
    by_priority = allocate([want(RED, 1)], [shelf("A", RED, 5, 2), shelf("B", RED, 5, 1)])
    by_code = allocate([want(RED, 1)], [shelf("B", RED, 5), shelf("A", RED, 5)])

    assert picked(by_priority) == [("B", RED, 1)]
    assert picked(by_code) == [("A", RED, 1)]


def test_a_line_is_split_only_when_no_warehouse_has_it_whole() -> None:
    plan = allocate([want(RED, 7)], [shelf("A", RED, 4, 1), shelf("B", RED, 1, 2), shelf("C", RED, 4, 3)])

    assert picked(plan) == [("A", RED, 4), ("C", RED, 3)]
    assert plan.picks[0].reasons["parcels"] == 2


def test_too_little_anywhere_says_what_there_is_and_picks_nothing() -> None:
    plan = allocate([want(RED, 7), want(BLUE, 1)], [shelf("A", RED, 4), shelf("B", RED, 2), shelf("A", BLUE, 9)])

    assert plan == Plan(short={RED: 6})


def test_two_orders_do_not_get_the_same_piece() -> None:
    other = uuid.UUID(int=99)

    plan = allocate([want(RED, 3), want(RED, 3, other)], [shelf("A", RED, 5)])

    assert plan == Plan(short={RED: 2})


def test_another_merchants_stock_is_not_used() -> None:
    assert allocate([want(RED, 1)], [shelf("A", RED, 5, merchant=BLUE)]) == Plan(short={RED: 0})


def test_very_many_small_warehouses_are_still_planned() -> None:
    stocks = [shelf(f"W{number:02}", RED, 1, number) for number in range(40)]

    plan = allocate([want(RED, 30)], stocks)

    assert sum(pick.quantity for pick in plan.picks) == 30
    assert plan.picks[0].reasons["parcels"] == 30


variants = [uuid.UUID(int=number) for number in range(10, 14)]
shelves = st.dictionaries(st.tuples(st.sampled_from("ABCDE"), st.sampled_from(variants)), st.integers(0, 5), max_size=20)
carts = st.dictionaries(st.sampled_from(variants), st.integers(1, 8), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(shelves, carts, st.randoms(use_true_random=False))
def test_a_plan_covers_every_line_exactly_never_more_than_is_there_and_never_depends_on_the_order(
    rows: dict[tuple[str, uuid.UUID], int], cart: dict[uuid.UUID, int], order: random.Random
) -> None:
    stocks = [shelf(code, variant, available, ord(code)) for (code, variant), available in rows.items()]
    lines = [want(variant, quantity) for variant, quantity in cart.items()]

    plan = allocate(lines, stocks)

    free = {stock.stock_id: stock.available for stock in stocks}
    total = {variant: sum(stock.available for stock in stocks if stock.variant_id == variant) for variant in cart}
    assert plan.short == {variant: total[variant] for variant in cart if total[variant] < cart[variant]}
    if not plan.short:
        assert {v: sum(pick.quantity for pick in plan.picks if pick.variant_id == v) for v in cart} == cart
        assert all(0 < pick.quantity <= free[pick.stock_id] for pick in plan.picks)
        assert len({pick.stock_id for pick in plan.picks}) == len(plan.picks)
    order.shuffle(stocks)
    order.shuffle(lines)
    assert allocate(lines, stocks) == plan


@pytest.mark.parametrize(
    ("handling", "ordered", "earliest", "latest"),
    [
        (1, "2026-11-16", "2026-11-19", "2026-11-21"),  # Monday: ready on Tuesday
        (0, "2026-11-20", "2026-11-23", "2026-11-25"),  # Friday: Sunday the 22nd does not count
        (1, "2026-11-21", "2026-11-25", "2026-11-27"),  # Saturday: ready on Monday
        (3, "2026-12-30", "2027-01-05", "2027-01-07"),
    ],
)
def test_the_promise_counts_working_days_and_skips_sundays(handling: int, ordered: str, earliest: str, latest: str) -> None:
    at = dt.datetime.fromisoformat(f"{ordered}T12:00:00+00:00")

    assert delivery_promise(handling, at) == (dt.date.fromisoformat(earliest), dt.date.fromisoformat(latest))


@pytest.mark.parametrize(
    ("goods", "flat", "free_over", "offer"),
    [
        (2_400, 500, 3_000, ShippingOffer(500, 3_000, 600)),
        (3_000, 500, 3_000, ShippingOffer(0, 3_000, None)),
        (2_400, 500, None, ShippingOffer(500, None, None)),
        (2_400, 0, 3_000, ShippingOffer(0, 3_000, None)),
    ],
)
def test_the_offer_says_what_is_missing_for_free_delivery(goods: int, flat: int, free_over: int | None, offer: ShippingOffer) -> None:
    assert shipping_offer(goods, flat, free_over) == offer
