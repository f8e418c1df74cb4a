"""A merchant puts a set together on the product's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import BundleItem, Product, Variant
from merchants.models import Membership
from tests.backoffice.market import Shop
from tests.factories.accounts import make_user
from tests.factories.bundles import make_bundle
from tests.factories.catalog import make_product, new_variant


@pytest.fixture
def member(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


def address(product: Product) -> str:
    return reverse("merchant:catalog_product_change", args=[product.pk])


def form_of(product: Product, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """What the page of a product sends, with these rows of sets."""
    variant = product.variants.get()
    data = {
        "title": product.title, "category": product.category_id, "condition": "new", "tax_class": "standard", "description": "",
        "title_zh": "", "description_zh": "", "address": product.slug,
        "variants-TOTAL_FORMS": 1, "variants-INITIAL_FORMS": 1, "variants-0-id": variant.pk, "variants-0-product": product.pk,
        "variants-0-sku": variant.sku, "variants-0-price_minor": f"{variant.price_minor / 100:.2f}",
        "variants-0-weight_g": variant.weight_g, "variants-0-is_active": "on", "variants-0-options": "",
        "prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0, "pictures-TOTAL_FORMS": 0, "pictures-INITIAL_FORMS": 0,
        "bundle_items-TOTAL_FORMS": len(rows), "bundle_items-INITIAL_FORMS": initial,
    }  # fmt: skip
    for number, row in enumerate(rows):
        data |= {f"bundle_items-{number}-{name}": value for name, value in {"product": product.pk, **row}.items()}
    return data


def parts_of(product: Product) -> list[tuple[str, int]]:
    return list(BundleItem.objects.filter(product=product).order_by("position").values_list("component__sku", "quantity"))


def test_a_set_is_composed_changed_and_taken_apart(member: Client, shop: Shop) -> None:
    pot = make_product(merchant=shop.merchant, variants=[new_variant(sku="POT", price_minor=3_000)]).variants.get()
    cup = make_product(merchant=shop.merchant, variants=[new_variant(sku="CUP", price_minor=500)]).variants.get()
    product = make_product(merchant=shop.merchant, price=4_000)
    own = product.variants.get().pk
    rows = [{"variant": own, "component": pot.pk, "quantity": 1}, {"variant": own, "component": cup.pk, "quantity": 4}]

    assert member.post(address(product), form_of(product, *rows)).status_code == 302
    assert parts_of(product) == [("POT", 1), ("CUP", 4)]
    assert Variant.objects.get(pk=own).is_bundle
    page = member.get(address(product)).content.decode()
    assert "CUP" in page

    items = list(BundleItem.objects.filter(product=product).order_by("position"))
    changed = [{"id": items[0].pk, "variant": own, "component": pot.pk, "quantity": 1}, {"id": items[1].pk, "quantity": 6}]
    assert member.post(address(product), form_of(product, *changed, initial=2)).status_code == 302
    assert parts_of(product) == [("POT", 1), ("CUP", 6)]

    items = list(BundleItem.objects.filter(product=product).order_by("position"))
    gone = [{"id": item.pk, "quantity": item.quantity, "DELETE": "on"} for item in items]
    assert member.post(address(product), form_of(product, *gone, initial=2)).status_code == 302
    assert parts_of(product) == []
    assert not Variant.objects.get(pk=own).is_bundle


def test_a_bad_set_is_refused_in_the_sellers_language_and_nothing_changes(member: Client, shop: Shop) -> None:
    cup = make_product(merchant=shop.merchant, variants=[new_variant(sku="CUP", price_minor=500)]).variants.get()
    product = make_product(merchant=shop.merchant, price=4_000)
    own = product.variants.get().pk
    before = product.version
    twice = {"variant": own, "component": cup.pk, "quantity": 1}
    inner = make_bundle({cup: 2}, price=900, title="Pair")
    refusals = [
        ([{**twice, "quantity": 2}], "套装的价格必须低于"),
        ([twice, twice], "套装"),
        ([twice, {**twice, "component": inner.pk}], "不能"),
        ([{**twice, "quantity": 0}], ""),
        ([{**twice, "quantity": "many"}], ""),
        ([{**twice, "component": "nonsense"}], ""),
        ([{**twice, "component": ""}], ""),
    ]

    for rows, said in refusals:
        answer = member.post(address(product), form_of(product, *rows), headers={"accept-language": "zh-hans"})
        assert answer.status_code == 200, rows
        assert said in answer.content.decode(), rows
    product.refresh_from_db()
    assert (parts_of(product), product.version) == ([], before)


def test_parts_are_searched_among_own_variants_only(member: Client, shop: Shop, stranger: Shop) -> None:
    query = {"app_label": "catalog", "model_name": "bundleitem", "field_name": "component"}

    answer = member.get(reverse("merchant:autocomplete"), {**query, "term": ""})
    found = answer.json()["results"]
    assert f"{shop.canary} lantern · {shop.canary}-1" in [row["text"] for row in found]
    assert stranger.canary.lower() not in answer.content.decode().lower()
    assert f"{shop.canary}-2" not in answer.content.decode()

    theirs = member.get(reverse("merchant:autocomplete"), {**query, "term": stranger.canary}).json()["results"]
    assert theirs == []


def test_a_strangers_variant_cannot_become_a_part(member: Client, shop: Shop, stranger: Shop) -> None:
    own = shop.product.variants.get().pk
    row = {"variant": own, "component": stranger.product.variants.get().pk, "quantity": 2}

    answer = member.post(address(shop.product), form_of(shop.product, row))

    assert answer.status_code == 200
    assert parts_of(shop.product) == []


def test_who_takes_a_part_off_sale_is_told_which_sets_that_stops(member: Client, shop: Shop) -> None:
    cup = make_product(merchant=shop.merchant, price=500).variants.get()
    make_bundle({cup: 2}, price=900, title="Pair of cups")

    name = reverse("merchant:catalog_product_hide", args=[cup.product_id])
    answer = member.post(name, {"_form_submitted": "1"}, follow=True)

    assert "Pair of cups" in answer.content.decode()


def test_the_operator_reads_what_is_in_a_set(shop: Shop, client: Client) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))

    answer = client.get(reverse("admin:catalog_product_change", args=[shop.draft.pk]))

    assert answer.status_code == 200
    assert f"{shop.canary} lantern · {shop.canary}-1" in answer.content.decode()


def test_people_who_may_only_look_see_the_parts(shop: Shop, client: Client) -> None:
    client.force_login(shop.member(Membership.Role.FULFILMENT))

    answer = client.get(address(shop.draft))

    assert answer.status_code == 200
    assert f"{shop.canary} lantern · {shop.canary}-1" in answer.content.decode()
