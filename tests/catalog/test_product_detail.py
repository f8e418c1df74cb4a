import datetime as dt
import json
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.errors import ProductNotFound
from catalog.models import Category, Product
from catalog.selectors import breadcrumb, category_tree, product_detail, sellable_variants
from catalog.services import hide_product
from catalog.services.reviews import add_review
from catalog.services.variants import update_variant
from core.ids import uuid7
from core.outbox import relay
from merchants.services import suspend_merchant
from tests.factories.catalog import NOW, make_brand, make_category, make_product, new_variant

pytestmark = pytest.mark.django_db
COLOURS = [
    {
        "name": "Colour",
        "i18n": {"zh-hans": {"name": "颜色"}},
        "values": [{"value": "Red", "i18n": {"zh-hans": {"value": "红色"}}, "swatch": "#c8321f"}, "Blue"],
    }
]


def make_scarf(**overrides: Any) -> Product:
    variants = [new_variant(sku="S-R", options={"Colour": "Red"}), new_variant(sku="S-B", options={"Colour": "Blue"}, price_minor=2_500)]
    return make_product(title="Scarf", options=COLOURS, variants=variants, **overrides)


def test_a_product_takes_two_statements_beside_the_tree(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    category = make_category("Scarves", parent=make_category("Clothes"))
    product = make_scarf(brand=make_brand(), category=category)
    for _ in range(10):
        add_review(product_id=product.pk, user_id=None, author="Wang", order_line=uuid7(), stars=4, text="Soft.", language="en", at=NOW)

    category_tree("en")
    with django_assert_max_num_queries(2):
        detail = product_detail(product.slug, "en")

    assert [crumb.name for crumb in detail.breadcrumb] == ["Clothes", "Scarves"]
    assert (detail.rating.count, detail.rating.histogram[4]) == (10, 10)
    assert detail.rating.histogram == {5: 0, 4: 10, 3: 0, 2: 0, 1: 0}


def test_options_and_variants_are_told_in_the_language_asked_for() -> None:
    product = make_scarf(i18n={"zh-hans": {"title": "围巾"}}, attributes=[{"name": "Care", "value": "Cold wash"}])

    detail = product_detail(product.slug, "zh-hans")

    assert detail.title == "围巾"
    assert detail.variants[0].labels == {"颜色": "红色"}
    assert detail.variants[1].labels == {"颜色": "Blue"}
    assert detail.attributes == [("Care", "Cold wash")]
    matrix = json.loads(json.dumps(detail.matrix()))
    assert matrix["options"][0]["values"][0] == {"value": "Red", "label": "红色", "swatch": "#c8321f"}
    assert [variant["price_minor"] for variant in matrix["variants"]] == [1_999, 2_500]


def test_a_variant_off_sale_is_not_offered() -> None:
    product = make_scarf()
    update_variant(variant_id=product.variants.get(sku="S-B").pk, is_active=False)

    detail = product_detail(product.slug, "en")

    assert [variant.sku for variant in detail.variants] == ["S-R"]
    assert [value.value for value in detail.options[0].values] == ["Red"]
    assert detail.variant(str(detail.variants[0].id)) is detail.variants[0]
    assert detail.variant("nonsense") is None


@pytest.mark.parametrize("slug", ["nothing-here", "", "\0", "猫", "a" * 10_000, "../../etc"])
def test_an_unknown_slug_is_not_found(slug: str) -> None:
    with pytest.raises(ProductNotFound):
        product_detail(slug, "en")


def test_hidden_and_suspended_products_are_not_found() -> None:
    hidden, suspended = make_product(), make_product()
    hide_product(product_id=hidden.pk, actor="merchant:1", at=NOW)
    suspend_merchant(merchant_id=suspended.merchant_id, actor="operator:1", reason="", at=NOW)
    relay(now=dt.datetime.now(dt.UTC))

    for product in (hidden, suspended):
        with pytest.raises(ProductNotFound):
            product_detail(product.slug, "en")


def test_sellable_variants_takes_one_statement_and_says_what_may_be_sold(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    scarf = make_scarf(i18n={"zh-hans": {"title": "围巾", "description": "软"}})
    draft = make_product(published=False)
    stopped = make_product()
    suspend_merchant(merchant_id=stopped.merchant_id, actor="operator:1", reason="", at=NOW)
    red = scarf.variants.get(sku="S-R").pk
    ids = [red, draft.variants.get().pk, stopped.variants.get().pk, uuid7()]

    with django_assert_num_queries(1):
        found = sellable_variants(ids)

    assert [found[key].is_sellable for key in ids[:3]] == [True, False, False]
    assert ids[3] not in found
    assert found[red].title_in("zh-hans") == "围巾"
    assert found[red].i18n == {"zh-hans": {"title": "围巾"}}
    assert found[red].options_in("zh-hans") == {"颜色": "红色"}
    assert found[red].options_in("en") == {"Colour": "Red"}


def test_what_was_chosen_is_told_in_the_order_of_the_products_options(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    storage = {"name": "Storage", "i18n": {"zh-hans": {"name": "容量"}}, "values": ["1 TB"]}
    product = make_product(options=[storage, *COLOURS], variants=[new_variant(options={"Colour": "Red", "Storage": "1 TB"})])
    variant = product.variants.get()

    with django_assert_num_queries(1):
        sellable = sellable_variants([variant.pk])[variant.pk]

    assert list(sellable.options.items()) == [("Storage", "1 TB"), ("Colour", "Red")]
    assert list(sellable.options_in("en")) == ["Storage", "Colour"]
    assert list(sellable.options_in("zh-hans").items()) == [("容量", "1 TB"), ("颜色", "红色")]
    assert list(product_detail(product.slug, "zh-hans").variants[0].labels) == ["容量", "颜色"]


def test_the_tree_is_translated_counts_what_is_visible_and_costs_nothing_twice(
    django_assert_num_queries: DjangoAssertNumQueries, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        home = make_category("Home", i18n={"zh-hans": {"name": "家居"}})
        kitchen = make_category("Kitchen", parent=home)
        make_product(category=home)
        make_product(category=kitchen)
        make_product(category=kitchen, published=False)

    with django_assert_num_queries(2):
        tree = category_tree("zh-hans")
    with django_assert_num_queries(0):
        category_tree("zh-hans")

    assert [(node.name, node.count, node.depth) for node in tree] == [("家居", 2, 1)]
    assert [(node.name, node.count, node.depth) for node in tree[0].children] == [("Kitchen", 1, 2)]
    with django_capture_on_commit_callbacks(execute=True):
        make_product(category=kitchen)
    assert category_tree("zh-hans")[0].count == 3
    assert [crumb.name for crumb in breadcrumb(Category.objects.get(pk=kitchen.pk), "zh-hans")] == ["家居", "Kitchen"]
