"""What amounts become in other currencies."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exchange.rules import Conversion, Quote, Rates, charmed, conversion_of, converted, converted_back, factor, own
from core.money import charge_step, exponent

DAY = dt.date(2026, 11, 20)
currencies = st.sampled_from(["USD", "EUR", "CNY", "JPY", "KRW", "KWD", "TND"])
amounts = st.integers(0, 10**12)
rates = st.decimals("0.000001", "100000", places=9)


def table(**usd: str) -> Rates:
    return Rates({("USD", quote): Quote(Decimal(rate), DAY) for quote, rate in usd.items()}, "USD")


@pytest.mark.parametrize(
    ("minor", "rate", "base", "currency", "expected"),
    [
        (1_999, "155.23", "USD", "JPY", 3_103),  # 3103.0477
        (100, "155.5", "USD", "JPY", 156),  # half up
        (1, "0.4", "USD", "EUR", 0),
        (1, "0.5", "USD", "EUR", 1),
        (1_999, "0.30712", "USD", "KWD", 6_140),  # 6.1393288 KWD, in steps of 0.010
        (3_103, "0.00644205", "JPY", "USD", 1_999),
        (6_140, "3.2560", "KWD", "USD", 1_999),
        (-50, "1.5", "USD", "JPY", -1),  # away from zero below it
    ],
)
def test_an_amount_is_rounded_half_up_at_the_last_place_that_can_be_charged(
    minor: int, rate: str, base: str, currency: str, expected: int
) -> None:
    """MON22."""
    assert converted(minor, Decimal(rate), base, currency) == expected


@given(amounts, rates, currencies, currencies)
def test_conversion_is_never_further_off_than_half_a_step(minor: int, rate: Decimal, base: str, currency: str) -> None:
    """MON22."""
    exact = Decimal(minor) * factor(rate, base, currency)

    made = converted(minor, rate, base, currency)

    assert abs(made - exact) * 2 <= charge_step(currency)
    assert made % charge_step(currency) == 0


@given(amounts, amounts, rates, currencies, currencies)
def test_conversion_never_turns_the_order_of_two_prices_round(a: int, b: int, rate: Decimal, base: str, currency: str) -> None:
    low, high = sorted((a, b))

    assert converted(low, rate, base, currency) <= converted(high, rate, base, currency)


@given(st.integers(0, 10**9), rates, currencies, currencies)
def test_there_and_back_is_within_one_unit_of_the_coarser_currency(minor: int, rate: Decimal, base: str, currency: str) -> None:
    there = converted(minor, rate, base, currency)

    back = converted_back(there, rate, base, currency)

    assert abs(back - minor) <= Decimal(charge_step(currency)) / 2 / factor(rate, base, currency) + 1


@given(st.integers(1, 10**9), currencies)
def test_a_charm_price_is_the_next_one_up(minor: int, currency: str) -> None:
    unit = 10 ** (exponent(currency) or 2)

    charming = charmed(minor, currency)

    assert minor <= charming < minor + unit
    assert (charming + unit // 100) % unit == 0


def test_a_rate_is_taken_as_entered_else_turned_round_else_through_the_shops_currency() -> None:
    rates = table(JPY="155.23", EUR="0.8654")

    assert rates.between("USD", "JPY") == Quote(Decimal("155.23"), DAY)
    assert rates.between("JPY", "USD") == Quote(Decimal("0.006442053727"), DAY)
    assert rates.between("EUR", "JPY") == Quote(Decimal("179.373700023111"), DAY)
    assert rates.between("EUR", "KWD") is None


def test_a_rate_made_of_two_is_as_old_as_the_older() -> None:
    rates = Rates({("USD", "EUR"): Quote(Decimal("0.9"), DAY), ("USD", "JPY"): Quote(Decimal(150), DAY - dt.timedelta(days=5))}, "USD")

    crossed = rates.between("EUR", "JPY")

    assert crossed is not None
    assert crossed.on == DAY - dt.timedelta(days=5)


def test_what_is_too_old_converts_nothing() -> None:
    fresh = conversion_of(table(JPY="155.23"), "JPY", ["USD"], DAY)
    stale = conversion_of(table(JPY="155.23"), "JPY", ["USD"], DAY + dt.timedelta(days=1))

    assert fresh.price(1_999, "USD") == 3_103
    assert stale.price(1_999, "USD") is None
    assert stale.price(1_999, "JPY") == 1_999


def test_a_price_is_never_nothing_and_charming_only_where_wanted() -> None:
    quotes = {"USD": Quote(Decimal("0.001"), DAY), "EUR": Quote(Decimal("155.23"), DAY)}

    assert Conversion("JPY", quotes).price(1, "USD") == 1
    assert Conversion("KWD", quotes).price(1, "USD") == 10
    assert Conversion("JPY", quotes, is_charming=True).price(1_999, "EUR") == 3_199
    assert own("JPY").price(1, "USD") is None
