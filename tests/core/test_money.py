import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, basis_points, charge_step, in_steps, parse_minor, split


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Money(100, "USD") + Money(100, "CNY")


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_shares_sum_to_the_whole_and_differ_from_the_exact_share_by_less_than_one(total: int, weights: list[int]) -> None:
    shares = split(total, weights)

    assert sum(shares) == total
    whole = sum(weights)
    if whole:
        assert all(abs(share * whole - total * weight) < whole for share, weight in zip(shares, weights, strict=True))


def test_a_hundred_over_three_merchants_gives_the_odd_cent_to_the_first() -> None:
    assert split(10_000, [1, 1, 1]) == [3334, 3333, 3333]


def test_nothing_to_share_between_nobody() -> None:
    assert split(0, []) == []


@pytest.mark.parametrize(("minor", "rate", "share"), [(999, 250, 25), (100, 250, 3), (99, 50, 0), (0, 500, 0)])
def test_basis_points_round_half_up(minor: int, rate: int, share: int) -> None:
    assert basis_points(minor, rate) == share


@pytest.mark.parametrize(("text", "currency", "minor"), [("19.99", "USD", 1999), ("500", "JPY", 500), ("1.234", "KWD", 1234)])
def test_minor_units_follow_the_currency(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


def test_a_tenth_of_a_cent_is_refused() -> None:
    with pytest.raises(ValueError, match="decimal places"):
        parse_minor("0.001", "USD")


@pytest.mark.parametrize(
    ("money", "language", "text"),
    [
        (Money(1999, "USD"), "en", "$19.99"),
        (Money(1999, "USD"), "zh-hans", "US$19.99"),
        (Money(500, "JPY"), "en", "¥500"),
        (Money(-250, "USD"), "en", "−$2.50"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(money: Money, language: str, text: str) -> None:
    assert money.format(language) == text


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20), st.sampled_from([1, 10, 100]))
def test_shares_in_steps_are_multiples_that_add_up_and_never_exceed_weights_they_fit_in(total: int, weights: list[int], step: int) -> None:
    in_step = [weight * step for weight in weights]
    part = min(total, sum(weights)) * step

    shares = split(part, in_step, step)

    assert sum(shares) == part
    assert all(share % step == 0 for share in shares)
    assert not sum(weights) or all(share <= weight for share, weight in zip(shares, in_step, strict=True))


def test_what_is_not_in_steps_is_split_to_the_unit() -> None:
    assert split(305, [100, 205], 10) == [100, 205]
    assert in_steps(1_009, 10) == 1_000


@pytest.mark.parametrize(("currency", "step"), [("USD", 1), ("JPY", 1), ("KWD", 10), ("ISK", 100), ("UGX", 100), ("XOF", 100)])
def test_what_cards_can_be_charged_comes_in_steps(currency: str, step: int) -> None:
    assert charge_step(currency) == step
