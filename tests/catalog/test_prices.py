"""Prices in currencies other than the merchant's: set by hand, else converted; the database and the pages agree to the unit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.errors import CurrencyNotSold, PriceInvalid, PriceNotChargeable, ProductNotFound
from catalog.models import Product, ProductCard, Variant, VariantPrice
from catalog.rules.prices import Price, price_in
from catalog.selectors import CardQuery, cards_by_ids, find_cards, offer_of, product_detail, sellable_variants
from catalog.selectors.prices import minor_price
from catalog.services.prices import set_price
from catalog.services.variants import update_variant
from core.exchange.rules import Conversion, own
from core.ids import uuid7
from core.remembered import forget
from tests.factories.catalog import make_product, new_variant
from tests.factories.exchange import into, make_rates

pytestmark = pytest.mark.django_db


def euro_cup(**overrides: Any) -> Variant:
    return make_product(variants=[new_variant(**{"price_minor": 2_000, "compare_at_minor": 2_500, **overrides})]).variants.get()


def reduced_cup() -> Variant:
    """One that cost 25.00 and now costs 20.00."""
    cup = euro_cup(price_minor=2_500, compare_at_minor=None)
    return update_variant(variant_id=cup.pk, price_minor=2_000, compare_at_minor=2_500)


def card_in(product_id: Any, conversion: Conversion) -> Any:
    return cards_by_ids([product_id], "en")[0].priced(conversion)


def test_a_price_is_converted_by_the_days_rate() -> None:
    make_rates(JPY="155.23")
    cup = reduced_cup()

    card = card_in(cup.product_id, into("JPY"))
    sellable = sellable_variants([cup.pk], into("JPY"))[cup.pk]
    offer = offer_of(cup.pk, into("JPY"))
    (shown,) = product_detail(cup.product.slug, "en", into("JPY")).variants

    assert (card.price_minor, card.reference_minor, card.currency, card.discount_percent) == (3_105, 3_881, "JPY", 19)
    assert (sellable.price_minor, sellable.compare_at_minor, sellable.currency, sellable.base_currency) == (3_105, 3_881, "JPY", "USD")
    assert offer is not None
    assert (offer.price_minor, offer.currency) == (3_105, "JPY")
    assert (shown.price_minor, shown.compare_at_minor, shown.currency) == (3_105, 3_881, "JPY")


def test_a_price_set_by_hand_goes_before_the_converted_one() -> None:
    make_rates()
    cup = reduced_cup()

    set_price(variant_id=cup.pk, currency="JPY", price_minor=3_300)
    set_price(variant_id=cup.pk, currency="JPY", price_minor=2_980, compare_at_minor=3_500)

    card = card_in(cup.product_id, into("JPY"))
    (shown,) = product_detail(cup.product.slug, "en", into("JPY")).variants
    assert (card.price_minor, card.reference_minor, card.currency) == (2_980, into("JPY").price(2_000, "USD"), "JPY")
    assert (shown.price_minor, shown.compare_at_minor) == (2_980, 3_500)
    assert sellable_variants([cup.pk], into("JPY"))[cup.pk].price_minor == 2_980
    assert card_in(cup.product_id, into("EUR")).price_minor == 1_731


def test_taking_a_price_back_converts_again() -> None:
    make_rates()
    cup = euro_cup()
    set_price(variant_id=cup.pk, currency="JPY", price_minor=2_980)
    version = ProductCard.objects.get(pk=cup.product_id).version

    set_price(variant_id=cup.pk, currency="JPY", price_minor=None)

    assert card_in(cup.product_id, into("JPY")).price_minor == 3_105
    assert ProductCard.objects.get(pk=cup.product_id).version == version + 1


def test_a_card_shows_the_cheapest_of_set_and_converted_prices() -> None:
    make_rates(JPY="150")
    product = make_product(
        variants=[new_variant(price_minor=1_000, options={"Size": "S"}), new_variant(price_minor=1_100, options={"Size": "M"})]
    )
    small, medium = product.variants.order_by("price_minor")

    set_price(variant_id=small.pk, currency="JPY", price_minor=1_700)
    assert card_in(product.pk, into("JPY")).price_minor == 1_650  # medium, converted
    set_price(variant_id=medium.pk, currency="JPY", price_minor=1_800)
    assert card_in(product.pk, into("JPY")).price_minor == 1_700
    update_variant(variant_id=small.pk, is_active=False)
    assert card_in(product.pk, into("JPY")).price_minor == 1_800


def test_without_a_rate_goods_keep_their_own_currency_unless_a_price_was_set() -> None:
    make_rates(EUR="0.8")
    there, here = euro_cup(currency="CNY"), euro_cup(currency="CNY")
    set_price(variant_id=here.pk, currency="EUR", price_minor=300)

    assert card_in(there.product_id, into("EUR")).currency == "CNY"
    assert sellable_variants([there.pk], into("EUR"))[there.pk].currency == "CNY"
    assert card_in(here.product_id, into("EUR")).price_minor == 300


@pytest.mark.parametrize(
    ("currency", "price", "before", "error"),
    [
        ("USD", 100, None, CurrencyNotSold),
        ("GBP", 100, None, CurrencyNotSold),
        ("EUR", 0, None, PriceInvalid),
        ("EUR", -1, None, PriceInvalid),
        ("EUR", 100, 100, PriceInvalid),
        ("EUR", 10**12 + 1, None, PriceInvalid),
        ("KWD", 1_005, None, PriceNotChargeable),
    ],
)
def test_a_price_that_makes_no_sense_is_refused(currency: str, price: int, before: int | None, error: type[Exception]) -> None:
    cup = euro_cup()

    with pytest.raises(error):
        set_price(variant_id=cup.pk, currency=currency, price_minor=price, compare_at_minor=before)

    assert not VariantPrice.objects.exists()


def test_nobody_prices_what_does_not_exist() -> None:
    with pytest.raises(ProductNotFound):
        set_price(variant_id=uuid7(), currency="EUR", price_minor=100)


def test_lists_are_narrowed_and_sorted_in_the_chosen_currency() -> None:
    make_rates(EUR="0.8", JPY="150")
    cheap, dear = euro_cup(price_minor=1_000), euro_cup(price_minor=2_000)
    set_price(variant_id=dear.pk, currency="EUR", price_minor=700)
    foreign = make_product(variants=[new_variant(price_minor=1_300, currency="JPY")]).variants.get()
    unpriced = make_product(variants=[new_variant(price_minor=100, currency="KRW")]).variants.get()
    forget()

    def found(**query: Any) -> list[Any]:
        return [card.product_id for card in find_cards(CardQuery(conversion=into("EUR"), **query), "en").cards]

    assert found(sort="price") == [foreign.product_id, dear.product_id, cheap.product_id, unpriced.product_id]
    assert found(sort="-price") == [cheap.product_id, dear.product_id, foreign.product_id, unpriced.product_id]
    assert found(min_minor=700, max_minor=700) == [dear.product_id]
    assert found(max_minor=693) == [foreign.product_id]
    assert found(min_minor=0, sort="price") == [foreign.product_id, dear.product_id, cheap.product_id]


def test_where_all_goods_are_in_the_asked_currency_an_index_is_enough() -> None:
    euro_cup()

    assert minor_price(own("USD")) == F("price_minor")
    assert minor_price(None) == F("price_minor")


class TestDatabaseAgreesWithPages(TestCase):
    """The same rounding in SQL and in Python, whatever the amounts and rates."""

    cup: Product

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cup = euro_cup().product

    @settings(max_examples=40, deadline=None)
    @given(
        minor=st.integers(1, 10**9),
        rate=st.decimals("0.0001", "20000", places=9),
        currency=st.sampled_from(["JPY", "KWD", "EUR"]),
        is_charming=st.booleans(),
    )
    def test_the_sorted_price_is_the_printed_one(self, minor: int, rate: Any, currency: str, is_charming: bool) -> None:
        known = own("USD").quotes["USD"]
        conversion = Conversion(currency, {"USD": type(known)(rate, known.on)}, is_charming)
        ProductCard.objects.filter(pk=self.cup.pk).update(price_minor=minor, compare_at_minor=None)
        forget()

        sorted_by = ProductCard.objects.annotate(asked=minor_price(conversion)).values_list("asked", flat=True).get()

        assert sorted_by == price_in(Price(minor, None, "USD"), None, conversion).minor
