"""A merchant puts a product's pictures in order and takes some off."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from catalog.models import Picture, Product
from tests.backoffice.market import Shop
from tests.backoffice.test_work import _product_form
from tests.factories.catalog import make_product


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Any, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


def rows_below(product: Product) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The variants of a product, and its pictures in their order, as its form posts them unchanged."""
    pictures = list(product.pictures.order_by("position"))
    below: dict[str, Any] = {"pictures-TOTAL_FORMS": len(pictures), "pictures-INITIAL_FORMS": len(pictures)}
    for index, row in enumerate(pictures):
        below |= {f"pictures-{index}-id": row.pk, f"pictures-{index}-product": product.pk, f"pictures-{index}-place": index + 1}
    return [{"id": row.pk, "sku": row.sku, "price_minor": "20.00"} for row in product.variants.order_by("position")], below


def shown(product: Product) -> list[str]:
    return list(Picture.objects.filter(product=product).order_by("position", "created_at").values_list("alt", flat=True))


@pytest.fixture
def pictured(shop: Shop) -> Product:
    """A product on sale with the pictures A, B, C."""
    product = make_product(merchant=shop.merchant)
    for position, name in enumerate("ABC"):
        Picture.objects.create(product=product, original=f"products/{name}/original.webp", width=9, height=9, position=position, alt=name)
    return product


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        ({"pictures-2-place": "1"}, ["C", "A", "B"]),
        ({"pictures-0-place": "3"}, ["B", "C", "A"]),
        ({"pictures-0-place": "2"}, ["B", "A", "C"]),
        ({"pictures-0-place": ""}, ["A", "B", "C"]),
        ({"pictures-0-DELETE": "on"}, ["B", "C"]),
        ({"pictures-1-DELETE": "on", "pictures-2-place": "1"}, ["C", "A"]),
    ],
)
def test_pictures_are_put_in_order_and_taken_off(owner: Client, pictured: Product, changes: dict[str, str], order: list[str]) -> None:
    rows, below = rows_below(pictured)

    owner.post(
        reverse("merchant:catalog_product_change", args=[pictured.pk]),
        _product_form(pictured, rows, category=pictured.category_id, **below | changes),
    )

    assert shown(pictured) == order


def test_goods_on_sale_do_not_lose_their_last_picture_without_another(owner: Client, pictured: Product) -> None:
    rows, below = rows_below(pictured)
    url = reverse("merchant:catalog_product_change", args=[pictured.pk])
    all_off = {f"pictures-{index}-DELETE": "on" for index in range(3)}

    refused = owner.post(url, _product_form(pictured, rows, category=pictured.category_id, **below | all_off))

    assert "Goods on sale need a picture." in refused.content.decode()
    assert shown(pictured) == ["A", "B", "C"]

    image = io.BytesIO()
    Image.new("RGB", (200, 200), "red").save(image, "PNG")
    fresh = {"new_pictures": SimpleUploadedFile("new.png", image.getvalue(), "image/png")}
    owner.post(url, _product_form(pictured, rows, category=pictured.category_id, **below | all_off | fresh))

    assert Picture.objects.get(product=pictured).original != "products/A/original.webp"
    assert len(shown(pictured)) == 1


def test_a_picture_that_does_not_fit_is_said_in_the_form(owner: Client, pictured: Product) -> None:
    rows, below = rows_below(pictured)

    refused = owner.post(
        reverse("merchant:catalog_product_change", args=[pictured.pk]),
        _product_form(pictured, rows, category=pictured.category_id, **below | {"pictures-0-place": "0", "pictures-1-place": "x"}),
    )

    assert refused.status_code == 200
    assert shown(pictured) == ["A", "B", "C"]
