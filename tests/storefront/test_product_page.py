"""What a product's page says and lets choose, before any script runs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from catalog.models import Picture, Product
from catalog.services.pictures import tie_picture
from tests.factories.catalog import make_product, new_variant
from tests.factories.logistics import make_stock
from tests.factories.orders import make_seller


@pytest.fixture
def shirt(db: None) -> Product:
    """Two colours with a picture each, and one picture of both; the blue one is dearer, sent for free, and sold out."""
    seller = make_seller(shipping=500, free_over=3_000)
    variants = [new_variant(options={"Colour": "Red"}, price_minor=2_000), new_variant(options={"Colour": "Blue"}, price_minor=4_000)]
    product = make_product(merchant=seller, variants=variants)
    for place, name in enumerate(("both", "red", "blue")):
        fields = {"original": f"products/{name}/original.webp", "width": 800, "height": 800, "position": place}
        Picture.objects.create(product=product, widths=[160, 640], formats=["webp"], **fields)
    for name in ("Red", "Blue"):
        picture = Picture.objects.get(original__contains=name.lower())
        tie_picture(product_id=product.pk, picture_id=picture.pk, option_name="Colour", option_value=name)
    make_stock(5, variant=product.variants.get(options={"Colour": "Red"}), warehouse=seller.warehouses.get())
    return product


def first_picture(text: str) -> str:
    found = re.search(r'id="picture-1".*?src="/media/products/(\w+)/', text, re.DOTALL)
    assert found is not None
    return found[1]


def told(text: str) -> dict[str, Any]:
    found = re.search(r'<script id="variants" type="application/json">(.*?)</script>', text)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_a_variants_link_changes_picture_price_delivery_and_stock(client: Client, shirt: Product) -> None:
    red, blue = (shirt.variants.get(options={"Colour": name}) for name in ("Red", "Blue"))

    pages = [client.get(f"/p/{shirt.slug}/", {"v": variant.pk}).text for variant in (red, blue)]

    assert [first_picture(text) for text in pages] == ["red", "blue"]
    assert [re.findall(r'data-testid="delivery">([^<]*)<', text) for text in pages] == [["delivery $5.00"], ["free delivery"]]
    assert f'action="/alerts/{blue.pk}/"' in pages[1]
    assert re.search(r'<div id="alert" hidden', pages[0])
    assert not re.search(r'<div id="alert" hidden', pages[1])


def test_the_picker_knows_the_same_of_every_variant(client: Client, shirt: Product) -> None:
    variants = told(client.get(f"/p/{shirt.slug}/").text)["variants"]

    assert [(row["picture"], row["left"], row["delivery"]) for row in variants] == [(0, 5, "delivery $5.00"), (2, 0, "free delivery")]


def test_a_sold_out_choice_stays_to_be_seen_and_is_marked(client: Client, shirt: Product) -> None:
    text = client.get(f"/p/{shirt.slug}/").text

    assert re.search(r'class="option is-out"[^>]*data-value="Blue"', text)


def test_the_page_says_until_when_its_promise_holds_and_how_long_goods_can_go_back(client: Client, shirt: Product) -> None:
    text = client.get(f"/p/{shirt.slug}/").text

    assert re.search(r"if ordered within \d+ h \d+ min", text)
    assert "within 14 days, no reason needed" in text
    assert "Held in escrow" in text


def test_without_a_script_every_picture_can_be_opened_and_the_address_shared(client: Client, shirt: Product) -> None:
    text = client.get(f"/p/{shirt.slug}/").text

    assert 'href="/media/products/both/640.webp"' in text
    assert "mailto:?subject=" in text
    assert "http" not in "".join(re.findall(r'<(?:img|script)[^>]*src="([^"]*)"', text))
