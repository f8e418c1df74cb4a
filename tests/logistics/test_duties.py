"""The arithmetic of import charges."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logistics.rules.duties import (
    CIF,
    GOODS,
    NO_CODE,
    NO_EXCHANGE,
    NO_RATE,
    NO_RULES,
    Declared,
    Dutiable,
    DutyRow,
    Regime,
    Tariff,
    crossing,
    estimate,
    row_for,
    shipping_share,
)

DAY = dt.date(2026, 6, 1)
REGIME = Regime("DE", CIF, "EUR", "vat", dt.date(2020, 1, 1))
SHIRTS = DutyRow("6109", 1_200, 1_900, 0, 910, dt.date(2020, 1, 1))


def tariff(*rows: DutyRow, base: str = CIF, limits: tuple[int, int, int | None] | None = (0, 0, None)) -> Tariff:
    return Tariff(dataclasses.replace(REGIME, base=base), rows or (SHIRTS,), limits)


def test_duty_is_on_goods_and_shipping_and_the_tax_on_that_and_the_duty() -> None:
    found = estimate([Dutiable("a", "61091000", 10_000)], tariff(), DAY, shipping_minor=1_000)

    # 110.00 × 12 % = 13.20; (110.00 + 13.20) × 19 % = 23.408
    assert (found.duty_minor, found.tax_minor, found.tax_kind) == (1_320, 2_341, "vat")
    assert found.version.startswith("DE 2020-01-01 ")


def test_where_duty_is_on_the_goods_alone_shipping_does_not_count() -> None:
    found = estimate([Dutiable("a", "61091000", 10_000)], tariff(base=GOODS), DAY, shipping_minor=1_000, insurance_minor=50)

    assert (found.duty_minor, found.tax_minor) == (1_200, 2_128)


def test_the_longest_prefix_wins_and_a_rate_that_is_over_or_has_not_begun_does_not_count() -> None:
    all_others = DutyRow("", 500, 1_900, 0, 0, dt.date(2020, 1, 1))
    closer = DutyRow("610910", 800, 1_900, 0, 0, dt.date(2020, 1, 1))
    over = dataclasses.replace(closer, prefix="61091000", until=dt.date(2026, 5, 31))
    coming = dataclasses.replace(closer, prefix="6109100", valid_from=dt.date(2026, 6, 2))
    rows = [all_others, SHIRTS, closer, over, coming]

    assert row_for(rows, "61091000", DAY) == closer
    assert row_for(rows, "61091000", dt.date(2026, 5, 31)) == over
    assert row_for(rows, "61099090", DAY) == SHIRTS
    assert row_for(rows, "85171300", DAY) == all_others


@pytest.mark.parametrize(
    ("code", "sheet", "why"),
    [
        ("", tariff(), NO_CODE),
        ("85171300", tariff(), NO_RATE),
        ("61091000", tariff(limits=None), NO_EXCHANGE),
        ("61091000", Tariff(), NO_RULES),
    ],
)
def test_what_cannot_be_estimated_is_unknown_and_not_zero(code: str, sheet: Tariff, why: str) -> None:
    goods = [Dutiable("a", "61091000", 5_000), Dutiable("b", code, 5_000)]

    found = estimate(goods, sheet, DAY)

    assert (found.is_known, found.missing, found.duty_minor, found.tax_minor) == (False, why, None, None)


def test_up_to_the_threshold_nothing_is_charged_and_above_it_on_everything() -> None:
    limits = (15_000, 2_200, None)

    small = estimate([Dutiable("a", "61091000", 2_200)], tariff(limits=limits), DAY)
    middle = estimate([Dutiable("a", "61091000", 15_000)], tariff(limits=limits), DAY)
    large = estimate([Dutiable("a", "61091000", 15_001)], tariff(limits=limits), DAY)

    assert (small.duty_minor, small.tax_minor) == (0, 0)
    assert (middle.duty_minor, middle.tax_minor) == (0, 2_850)
    assert (large.duty_minor, large.tax_minor) == (1_800, 3_192)


def test_goods_out_of_bond_pay_the_bonded_rates_whatever_is_free_and_not_more_than_the_limit_may_be_bought() -> None:
    limits = (50_000, 50_000, 20_000)

    within = estimate([Dutiable("a", "61091000", 20_000, is_bonded=True)], tariff(limits=limits), DAY)
    above = estimate([Dutiable("a", "61091000", 20_001, is_bonded=True)], tariff(limits=limits), DAY)

    assert (within.duty_minor, within.tax_minor, within.bonded_most_minor) == (0, 1_820, None)
    assert above.bonded_most_minor == 20_000


def test_the_value_of_pieces_from_two_places_is_shared_by_pieces_without_losing_a_cent() -> None:
    declared = {"a": Declared("61091000", 3, 1_000), "b": Declared("", 1, 50)}

    goods = crossing(declared, [("a", 1, True), ("a", 2, False), ("x", 9, False)])

    assert [(row.key, row.is_bonded, row.value_minor) for row in goods] == [("a", False, 666), ("a", True, 334)]
    assert shipping_share(500, 1_000, 1_050) == 476
    assert shipping_share(500, 0, 0) == 0


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**10), st.integers(0, 10**8), st.integers(0, 100_000), st.integers(0, 10_000), st.integers(0, 10**9))
def test_dearer_goods_or_shipping_never_cost_less_to_import(value: int, shipping: int, duty: int, tax: int, more: int) -> None:
    sheet = tariff(DutyRow("6109", duty, tax, 0, 0, dt.date(2020, 1, 1)), limits=(10_000, 5_000, None))

    def charges(goods_minor: int, shipping_minor: int) -> int:
        found = estimate([Dutiable("a", "61091000", goods_minor)], sheet, DAY, shipping_minor=shipping_minor)
        assert found.duty_minor is not None and found.tax_minor is not None
        return found.duty_minor + found.tax_minor

    assert 0 <= charges(value, shipping) <= charges(value + more, shipping)
    assert charges(value, shipping) <= charges(value, shipping + more)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.integers(0, 10**7))
def test_lines_add_up_to_the_estimate_and_their_bases_to_goods_and_shipping(values: list[int], shipping: int) -> None:
    goods = [Dutiable(str(place), "61091000", value) for place, value in enumerate(values)]

    found = estimate(goods, tariff(), DAY, shipping_minor=shipping)

    assert found.duty_minor == sum(line.duty_minor for line in found.lines)
    assert found.tax_minor == sum(line.tax_minor for line in found.lines)
    assert sum(line.base_minor for line in found.lines) == sum(values) + (shipping if sum(values) else 0)
