"""What a piece costs when many are bought, how many may be bought, and what merchants may say of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from catalog.admin.tiers import TiersField
from catalog.errors import QuantitiesInvalid, TiersInvalid
from catalog.models import Variant
from catalog.rules.prices import Price
from catalog.rules.quantities import Tier, quantity_fits, tiers_fit, tiers_in, unit_price
from catalog.selectors import sellable_variants
from catalog.services.prices import set_price
from catalog.services.variants import update_variant
from core.exchange.rules import Conversion, Quote
from tests.factories.catalog import make_product, new_variant
from tests.factories.exchange import into, make_rates

TIERS = (Tier(10, 900), Tier(100, 800))


def cup(**overrides: Any) -> Variant:
    return make_product(variants=[new_variant(**{"price_minor": 1_000, "tiers": TIERS, **overrides})]).variants.get()


@pytest.mark.parametrize(("quantity", "minor"), [(1, 1_000), (9, 1_000), (10, 900), (99, 900), (100, 800), (5_000, 800)])
def test_the_last_tier_that_is_reached_decides(quantity: int, minor: int) -> None:
    assert unit_price(1_000, TIERS, quantity) == minor


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_more_pieces_never_cost_more_apiece(one: int, other: int) -> None:
    fewer, more = sorted((one, other))

    assert unit_price(1_000, TIERS, more) <= unit_price(1_000, TIERS, fewer)


@pytest.mark.parametrize(
    "tiers",
    [
        [Tier(1, 900)], [Tier(10, 1_000)], [Tier(10, 900), Tier(10, 800)], [Tier(10, 900), Tier(20, 900)], [Tier(10, 0)],
        [Tier(200_000, 900)], [Tier(10 + n, 900 - n) for n in range(11)],
    ],
)  # fmt: skip
def test_tiers_that_make_no_sense_do_not_fit(tiers: list[Tier]) -> None:
    assert not tiers_fit(1_000, tiers)


@pytest.mark.parametrize(("quantity", "fits"), [(5, False), (10, True), (12, False), (15, True), (0, False)])
def test_so_many_may_be_bought_as_the_least_and_the_step_say(quantity: int, fits: bool) -> None:
    assert quantity_fits(quantity, 10, 5) is fits


def test_a_tier_that_rounding_makes_no_cheaper_is_left_out() -> None:
    coarse = Conversion("JPY", {"USD": Quote(Decimal(1), dt.date.max)})

    found = tiers_in(Price(10, None, "JPY"), Price(1_000, None, "USD"), [Tier(5, 996), Tier(10, 900)], None, coarse)

    assert found == (Tier(10, 9),)


@pytest.mark.django_db
class TestStored:
    def test_tiers_are_converted_like_the_price(self) -> None:
        make_rates(JPY="150")

        found = sellable_variants([cup().pk], into("JPY"))

        (variant,) = found.values()
        assert (variant.price_minor, variant.tiers) == (1_500, (Tier(10, 1_350), Tier(100, 1_200)))
        assert variant.unit_minor(10) == 1_350

    def test_a_price_set_by_hand_comes_with_its_own_tiers_or_none(self) -> None:
        make_rates(JPY="150")
        plain, tiered = cup(), cup()

        set_price(variant_id=plain.pk, currency="JPY", price_minor=1_400)
        set_price(variant_id=tiered.pk, currency="JPY", price_minor=1_400, tiers=[Tier(50, 1_300)])

        found = sellable_variants([plain.pk, tiered.pk], into("JPY"))
        assert found[plain.pk].tiers == ()
        assert found[tiered.pk].tiers == (Tier(50, 1_300),)

    def test_nonsense_is_refused(self) -> None:
        variant = cup()

        with pytest.raises(TiersInvalid):
            update_variant(variant_id=variant.pk, tiers=[Tier(10, 1_000)])
        with pytest.raises(TiersInvalid):
            update_variant(variant_id=variant.pk, price_minor=850)
        with pytest.raises(QuantitiesInvalid):
            update_variant(variant_id=variant.pk, min_quantity=10, quantity_step=4)

        variant.refresh_from_db()
        assert (variant.price_minor, variant.tiers, variant.min_quantity) == (1_000, [[10, 900], [100, 800]], 1)

    def test_the_page_shows_a_table_and_the_least_quantity(self, client: Client) -> None:
        variant = cup(min_quantity=5, quantity_step=5)

        page = client.get(f"/p/{variant.product.slug}/").text

        for text in ("5+ pieces", "10+ pieces", "100+ pieces", "$8.00", "Sold from 5 pieces on, in multiples of 5", 'value="5"'):
            assert text in page


@pytest.mark.parametrize("text", ["10: 9.00; 100: 8.00", "10：9；100：8.00；", " 10 : 9.0 ;100:8 "])
def test_tiers_are_typed_as_people_type(text: str) -> None:
    assert TiersField(required=False).clean(text) == list(TIERS)


@pytest.mark.parametrize("text", ["10", "ten: 9", "10: nine", "10: 9.001", "-1: 5", "9999999: 1", "10: NaN", "1" * 5_000 + ": 1"])
def test_what_cannot_be_read_is_said(text: str) -> None:
    with pytest.raises(ValidationError):
        TiersField(required=False).clean(text)
