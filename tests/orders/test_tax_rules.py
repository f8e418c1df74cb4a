"""Tax that is included in prices, to the last minor unit."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import split
from orders.rules.commission import part_returned
from orders.rules.taxes import NO_TAX, SERVICE, SHIPPING, DatedRate, Rate, included_minor, rate_for, tax_shares, taxes_in

VAT13, VAT9, VAT19 = Rate("vat", 1_300), Rate("vat", 900), Rate("vat", 1_900)
TABLE = [
    DatedRate("CN", "standard", Rate("vat", 1_600), dt.date(2018, 5, 1)),
    DatedRate("CN", "standard", VAT13, dt.date(2019, 4, 1)),
    DatedRate("CN", "reduced", VAT9, dt.date(2019, 4, 1)),
    DatedRate("CN", "service", Rate("vat", 600), dt.date(2019, 4, 1)),
    DatedRate("DE", "standard", VAT19, dt.date(2021, 1, 1)),
]
AMOUNTS = st.lists(
    st.tuples(st.integers(0, 10**9), st.builds(Rate, st.sampled_from(["vat", "gst", ""]), st.integers(0, 10_000))), max_size=12
)


@pytest.mark.parametrize(
    ("gross", "bps", "tax"), [(11_300, 1_300, 1_300), (10_000, 1_300, 1_150), (1, 1_300, 0), (4, 1_300, 0), (5, 1_300, 1)]
)
def test_tax_is_taken_out_of_the_gross_amount_half_up(gross: int, bps: int, tax: int) -> None:
    assert included_minor(gross, bps) == tax


@pytest.mark.parametrize(
    ("country", "tax_class", "day", "rate"),
    [
        ("CN", "standard", dt.date(2019, 3, 31), Rate("vat", 1_600)),
        ("CN", "standard", dt.date(2019, 4, 1), VAT13),
        ("CN", "reduced", dt.date(2026, 1, 1), VAT9),
        ("CN", SHIPPING, dt.date(2026, 1, 1), VAT13),
        ("CN", SERVICE, dt.date(2026, 1, 1), Rate("vat", 600)),
        ("DE", SHIPPING, dt.date(2026, 1, 1), VAT19),
        ("DE", "reduced", dt.date(2026, 1, 1), NO_TAX),
        ("DE", "standard", dt.date(2020, 12, 31), NO_TAX),
        ("US", "standard", dt.date(2026, 1, 1), NO_TAX),
    ],
)
def test_the_rate_is_the_latest_that_has_begun_in_the_country_of_the_address(
    country: str, tax_class: str, day: dt.date, rate: Rate
) -> None:
    assert rate_for(TABLE, country, tax_class, day) == rate


@given(AMOUNTS)
def test_tax_of_lines_sums_to_the_tax_of_the_order_per_rate(amounts: list[tuple[int, Rate]]) -> None:
    """MON21."""
    taxes = taxes_in(amounts)

    assert taxes == taxes_in(amounts)
    assert all(0 <= tax <= gross for tax, (gross, _) in zip(taxes, amounts, strict=True))
    for rate in {rate for _, rate in amounts}:
        of_rate = [place for place, (_, other) in enumerate(amounts) if other == rate]
        assert sum(taxes[place] for place in of_rate) == included_minor(sum(amounts[place][0] for place in of_rate), rate.bps)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_a_split_sums_to_the_whole_and_is_never_more_than_one_unit_off(total: int, weights: list[int]) -> None:
    """MON21."""
    shares = split(total, weights)

    used = weights if sum(weights) else [1] * len(weights)
    assert sum(shares) == total
    assert shares == split(total, weights)
    assert all(abs(share * sum(used) - total * weight) < sum(used) for share, weight in zip(shares, used, strict=True))


def test_a_hundred_over_three_merchants_seven_tax_lines_and_three_coupons_adds_up_in_minor_units() -> None:
    """MON21."""
    merchants = split(10_000, [1, 1, 1])
    lines = [part for merchant, count in zip(merchants, (3, 2, 2), strict=True) for part in split(merchant, [1] * count)]
    coupons = [split(amount, lines) for amount in (1_000, 333, 7)]
    charged = [line - sum(coupon[place] for coupon in coupons) for place, line in enumerate(lines)]

    taxes = taxes_in([(amount, (VAT13, VAT9, VAT19)[place % 3]) for place, amount in enumerate(charged)])

    assert merchants == [3_334, 3_333, 3_333]
    assert (sum(lines), len(lines), sum(charged)) == (10_000, 7, 8_660)
    shares = tax_shares(((VAT13, VAT9, VAT19)[place % 3], amount, taxes[place]) for place, amount in enumerate(charged))
    assert sum(share.gross_minor for share in shares) == 8_660
    assert sum(share.tax_minor for share in shares) == sum(taxes)
    assert [share.rate for share in shares] == [VAT19, VAT13, VAT9]


def test_lines_without_tax_have_no_share() -> None:
    assert tax_shares([(NO_TAX, 100, 0), (VAT9, 109, 9)]) != []
    assert tax_shares([(NO_TAX, 100, 0)]) == []


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**6), min_size=1, max_size=8), st.integers(0, 10_000))
def test_part_refunds_give_back_what_one_refund_of_their_sum_would(share: int, parts: list[int], spare: int) -> None:
    """MON21."""
    whole = sum(parts) + spare
    share = min(share, whole)

    before, returned = 0, []
    for part in parts:
        returned.append(part_returned(share, whole, before, part))
        before += part

    assert sum(returned) == part_returned(share, whole, 0, sum(parts))
    assert all(0 <= back <= part + 1 for back, part in zip(returned, parts, strict=True))
    assert sum(returned) + part_returned(share, whole, before, spare) == (share if whole else 0)


@pytest.mark.parametrize(("before", "amount"), [(0, 101), (60, 41), (-1, 5), (5, -1)])
def test_more_than_the_whole_is_never_returned(before: int, amount: int) -> None:
    with pytest.raises(ValueError, match="not within"):
        part_returned(10, 100, before, amount)
