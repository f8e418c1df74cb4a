from collections.abc import Callable
from typing import Any

import pytest

from catalog.errors import CurrenciesMixed, PriceInvalid, ProductNotFound, SkuTaken, TitleMissing, VariantsMissing, VariantsUnclear
from catalog.models import Product, ProductCard, Variant
from catalog.services import archive_product, hide_product, publish_product, update_product
from catalog.services.variants import add_variant, update_variant
from core.ids import uuid7
from core.models import StateChange
from core.states import IllegalTransition, StaleState
from tests.factories.catalog import NOW, make_category, make_product, make_variant, new_variant
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
RED, BLUE = {"Colour": "Red"}, {"Colour": "Blue"}


def card_of(product: Product) -> ProductCard:
    return ProductCard.objects.get(pk=product.pk)


def test_a_new_product_is_a_draft_nobody_sees() -> None:
    product = make_product(published=False)

    assert product.status == "draft"
    assert not card_of(product).is_visible


def test_slugs_are_made_from_titles_and_never_meet() -> None:
    first, second, chinese = (make_product(title=title) for title in ("Café Crème", "Cafe creme", "丝绸围巾"))

    assert first.slug == "cafe-creme"
    assert second.slug == f"cafe-creme-{second.pk.hex[-10:]}"
    assert chinese.slug == f"item-{chinese.pk.hex[-10:]}"


def test_publishing_shows_the_product_and_is_remembered() -> None:
    product = make_product(published=False)

    publish_product(product_id=product.pk, actor="merchant:7", at=NOW)

    card = card_of(product)
    assert (card.is_visible, card.published_at) == (True, NOW)
    assert StateChange.objects.get(entity_id=product.pk).actor == "merchant:7"


def test_a_hidden_product_can_return_and_an_archived_one_cannot() -> None:
    product = make_product()

    hide_product(product_id=product.pk, actor="merchant:7", at=NOW)
    assert not card_of(product).is_visible
    publish_product(product_id=product.pk, actor="merchant:7", at=NOW)
    archive_product(product_id=product.pk, actor="merchant:7", at=NOW)
    with pytest.raises(IllegalTransition):
        publish_product(product_id=product.pk, actor="merchant:7", at=NOW)

    assert not card_of(product).is_visible


def test_what_people_write_is_cleaned() -> None:
    product = make_product(
        title=" A\0 lantern ",
        description='<p onclick="x()">Hi</p><script>alert(1)</script>',
        i18n={"zh-hans": {"title": "灯笼", "description": "<img src=x onerror=y>好"}},
    )

    assert product.title == "A lantern"
    assert product.description == "<p>Hi</p>"
    assert product.i18n["zh-hans"]["description"] == "好"


def test_nul_bytes_never_reach_the_database() -> None:
    product = make_product(i18n={"zh-hans": {"title": "灯\0笼\ud800"}}, attributes=[{"name": "A\0", "value": "b\0"}])

    assert product.i18n == {"zh-hans": {"title": "灯笼"}}
    assert product.attributes == [{"name": "A", "value": "b"}]


@pytest.mark.parametrize(
    ("refused", "fields"),
    [
        (TitleMissing, {"title": " "}),
        (TitleMissing, {"title": "x" * 201}),
        (PriceInvalid, {"variants": [new_variant(price_minor=0)]}),
        (PriceInvalid, {"variants": [new_variant(price_minor=-1)]}),
        (PriceInvalid, {"variants": [new_variant(price_minor=10**13)]}),
        (PriceInvalid, {"variants": [new_variant(price_minor=100, compare_at_minor=100)]}),
        (CurrenciesMixed, {"variants": [new_variant(options=RED), new_variant(options=BLUE, currency="EUR")]}),
        (VariantsUnclear, {"variants": [new_variant(options=RED), new_variant(options=RED)]}),
        (VariantsUnclear, {"variants": [new_variant(), new_variant()]}),
        (VariantsUnclear, {"variants": [new_variant(options=RED), new_variant(options={"Size": "M"})]}),
        (VariantsUnclear, {"variants": [new_variant(options=RED)], "options": [{"name": "Colour", "values": ["Blue"]}]}),
        (SkuTaken, {"variants": [new_variant(sku="A", options=RED), new_variant(sku="A", options=BLUE)]}),
    ],
)
def test_a_product_that_makes_no_sense_is_refused(refused: type[Exception], fields: dict[str, Any]) -> None:
    with pytest.raises(refused) as told:
        make_product(**fields)

    assert str(told.value)
    assert not Product.objects.exists()
    assert not Variant.objects.exists()


def test_a_product_without_variants_cannot_be_made_or_published() -> None:
    from catalog.services import create_product

    with pytest.raises(VariantsMissing):
        create_product(merchant=make_merchant(), category=make_category(), title="Lantern", variants=[])

    assert not Product.objects.exists()


def test_the_same_sku_may_be_used_by_two_merchants() -> None:
    make_product(variants=[new_variant(sku="A")])
    make_product(variants=[new_variant(sku="A")])

    assert Variant.objects.filter(sku="A").count() == 2


def test_an_edit_reaches_the_card_and_a_stale_one_is_refused() -> None:
    product = make_product(title="Old")
    seen = product.version

    update_product(product_id=product.pk, expected_version=seen, title="New", category=make_category())
    with pytest.raises(StaleState):
        update_product(product_id=product.pk, expected_version=seen, title="Lost")

    product.refresh_from_db()
    assert (product.title, card_of(product).title) == ("New", "New")
    with pytest.raises(ProductNotFound):
        update_product(product_id=uuid7(), title="x")


def test_the_card_shows_the_lowest_price_on_sale() -> None:
    product = make_product(
        variants=[
            new_variant(sku="R", options=RED, price_minor=950),
            new_variant(sku="B", options=BLUE, price_minor=500),
        ]
    )
    assert (card_of(product).price_minor, card_of(product).has_options, card_of(product).variant_id) == (500, True, None)

    update_variant(variant_id=product.variants.get(sku="B").pk, is_active=False)
    update_variant(variant_id=product.variants.get(sku="R").pk, price_minor=900, compare_at_minor=1_000)

    card = card_of(product)
    assert (card.price_minor, card.compare_at_minor, card.reference_minor, card.discount_bps) == (900, 1_000, 950, 526)
    assert (card.has_options, card.variant_id) == (False, product.variants.get(sku="R").pk)


def test_variants_can_be_added_and_changed_but_not_into_nonsense() -> None:
    product = make_product(variants=[new_variant(sku="R", options=RED), new_variant(sku="B", options=BLUE)])
    red = product.variants.get(sku="R")

    attempts: list[tuple[type[Exception], Callable[[], object]]] = [
        (VariantsUnclear, lambda: add_variant(product_id=product.pk, variant=new_variant(options=RED))),
        (VariantsUnclear, lambda: add_variant(product_id=product.pk, variant=new_variant(options={"Colour": "Green"}))),
        (SkuTaken, lambda: update_variant(variant_id=red.pk, sku="B")),
        (PriceInvalid, lambda: update_variant(variant_id=red.pk, price_minor=0)),
        (ProductNotFound, lambda: update_variant(variant_id=uuid7(), price_minor=1)),
        (ProductNotFound, lambda: add_variant(product_id=uuid7(), variant=new_variant())),
    ]
    for refused, attempt in attempts:
        with pytest.raises(refused):
            attempt()

    assert product.variants.count() == 2
    update_variant(variant_id=red.pk, is_active=False)
    make_variant(product, options=RED)
    with pytest.raises(VariantsUnclear):
        update_variant(variant_id=red.pk, is_active=True)


def test_a_product_on_sale_keeps_a_variant_on_sale() -> None:
    variant = make_variant()

    with pytest.raises(VariantsMissing):
        update_variant(variant_id=variant.pk, is_active=False)

    variant.refresh_from_db()
    assert variant.is_active
