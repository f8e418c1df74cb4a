"""The demo data is complete, bilingual and consistent; no database is needed."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shop.demo.gallery import snapshots
from shop.demo.pictures import (
    LAYOUTS,
    compose_banner,
    compose_category_tile,
    compose_logo,
    compose_product_picture,
    names_of,
)
from shop.demo.studio import PALETTES

DEMO = Path(__file__).resolve().parents[2] / "demo"
PICTURES = DEMO / "pictures"
HAN = re.compile(r"[\u4e00-\u9fff]")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def load(name: str) -> list[dict[str, Any]]:
    """One of the three lists."""
    rows: list[dict[str, Any]] = json.loads((DEMO / name).read_text(encoding="utf-8"))
    return rows


PRODUCTS = load("products.json")
CATEGORIES = load("categories.json")
MERCHANTS = load("merchants.json")
VARIANTS = [variant for product in PRODUCTS for variant in product["variants"]]


@cache
def packshots() -> tuple[Image.Image, ...]:
    """Every product's main picture, small."""
    return tuple(compose_product_picture(product["picture"], PICTURES, size=96) for product in PRODUCTS)


def test_every_product_is_there() -> None:
    assert [product["id"] for product in PRODUCTS] == list(range(1, 195))


@pytest.mark.parametrize("field", ["title", "description"])
def test_products_speak_both_languages(field: str) -> None:
    for product in PRODUCTS:
        assert product[field].strip()
        assert HAN.search(product[f"{field}_zh"]), product["title"]


def test_chinese_titles_are_unique() -> None:
    titles = Counter(product["title_zh"] for product in PRODUCTS)
    assert max(titles.values()) == 1


def test_reviews_speak_both_languages_and_name_no_address() -> None:
    for review in (review for product in PRODUCTS for review in product["reviews"]):
        assert HAN.search(review["comment_zh"])
        assert 1 <= review["rating"] <= 5
        assert SLUG.fullmatch(review["reviewer"])
        assert "@" not in json.dumps(review)


def test_attributes_and_options_speak_both_languages() -> None:
    for product in PRODUCTS:
        assert 2 <= len(product["attributes"]) <= 6
        for row in (*product["attributes"], *product["options"]):
            assert row["name"] and HAN.search(row["name_zh"])
        for option in product["options"]:
            assert all(choice["value"] and choice["value_zh"] for choice in option["values"])


def test_slugs_and_skus_are_unique() -> None:
    for rows in (PRODUCTS, CATEGORIES, MERCHANTS):
        slugs = [row["slug"] for row in rows]
        assert len(slugs) == len(set(slugs))
        assert all(SLUG.fullmatch(slug) for slug in slugs)
    skus = [variant["sku"] for variant in VARIANTS]
    assert len(skus) == len(set(skus))


def test_references_exist() -> None:
    slugs = {category["slug"] for category in CATEGORIES}
    parents = {category["parent"] for category in CATEGORIES} - {None}
    assert parents <= slugs
    assert {product["category"] for product in PRODUCTS} == slugs - parents
    assert {product["merchant"] for product in PRODUCTS} == {merchant["slug"] for merchant in MERCHANTS}


def test_money_stock_and_weight_are_whole_numbers() -> None:
    for variant in VARIANTS:
        assert type(variant["price_minor"]) is int and variant["price_minor"] > 0
        assert variant["compare_at_minor"] is None or variant["compare_at_minor"] > variant["price_minor"]
        assert type(variant["stock"]) is int and variant["stock"] >= 0
        assert type(variant["weight_g"]) is int and variant["weight_g"] > 0


def test_variants_add_up() -> None:
    for product in PRODUCTS:
        variants = product["variants"]
        assert variants[0]["price_minor"] == round(product["price"] * 100)
        assert sum(variant["stock"] for variant in variants) == product["stock"]
        choices = {option["name"]: {v["value"] for v in option["values"]} for option in product["options"]}
        for variant in variants:
            assert variant["options"].keys() == choices.keys()
            assert all(value in choices[name] for name, value in variant["options"].items())
        combinations = {tuple(sorted(variant["options"].items())) for variant in variants}
        assert len(combinations) == len(variants)


def test_some_goods_are_sold_out() -> None:
    assert any(product["stock"] == 0 for product in PRODUCTS)
    assert any(product["stock"] and any(v["stock"] == 0 for v in product["variants"]) for product in PRODUCTS)


def test_merchants_of_four_kinds_have_an_assortment() -> None:
    kinds = Counter(merchant["kind"] for merchant in MERCHANTS)
    assert kinds == {"self_operated": 1, "company": 4, "individual": 1, "local_store": 2}
    sold = Counter(product["merchant"] for product in PRODUCTS)
    assert min(sold.values()) >= 8
    assert sum(len(merchant["warehouses"]) >= 2 for merchant in MERCHANTS) >= 2
    for merchant in MERCHANTS:
        assert HAN.search(merchant["name_zh"]) and HAN.search(merchant["description_zh"])
        if merchant["kind"] == "local_store":
            assert merchant["address"] and HAN.search(merchant["address_zh"]) and merchant["opening_hours"]


@pytest.mark.parametrize("email", ["merchant@demo.jishi", "secondmerchant@demo.jishi"])
def test_demo_owners_have_enough_to_sell(email: str) -> None:
    owned = [
        merchant["slug"]
        for merchant in MERCHANTS
        if any(member["email"] == email and member["role"] == "owner" for member in merchant["members"])
    ]
    assert len(owned) == 1
    assert sum(product["merchant"] == owned[0] and product["stock"] > 0 for product in PRODUCTS) >= 15


def test_second_hand_goods_have_a_grade() -> None:
    kinds = {merchant["slug"]: merchant["kind"] for merchant in MERCHANTS}
    for product in PRODUCTS:
        used = kinds[product["merchant"]] == "individual"
        assert product["condition"] in ({"like_new", "good", "fair"} if used else {"new"})


def test_picture_files_exist_and_are_used() -> None:
    recipes = [product["picture"] for product in PRODUCTS] + [merchant["logo"] for merchant in MERCHANTS] + CATEGORIES
    named = {name for recipe in recipes for name in names_of(recipe)}
    assert named == {path.stem for path in PICTURES.glob("*.webp")}
    assert all(0 <= recipe["palette"] < len(PALETTES) for recipe in recipes)
    assert all(product["picture"]["layout"] in LAYOUTS for product in PRODUCTS)


def test_drawings_have_their_sources() -> None:
    drawn = {path.stem for path in PICTURES.glob("own-*.webp")}
    assert drawn == {path.stem for path in (DEMO / "drawings").glob("*.svg")}


def test_main_pictures_all_differ() -> None:
    hashes = {hashlib.sha256(picture.tobytes()).digest() for picture in packshots()}
    assert len(hashes) == len(PRODUCTS)


def test_main_pictures_differ_to_the_eye() -> None:
    """Mean distance of 16 x 16 thumbnails, in grey levels of each channel."""
    small = [picture.resize((16, 16), Image.Resampling.BOX).tobytes() for picture in packshots()]
    for index, first in enumerate(small):
        for other in range(index + 1, len(small)):
            distance = sum(abs(a - b) for a, b in zip(first, small[other], strict=True)) / len(first)
            assert distance > 3, (PRODUCTS[index]["slug"], PRODUCTS[other]["slug"], distance)


def test_the_three_views_differ_and_repeat_exactly() -> None:
    for product in PRODUCTS[::12]:
        views = [compose_product_picture(product["picture"], PICTURES, 64, variant) for variant in range(3)]
        assert len({view.tobytes() for view in views}) == 3
        again = compose_product_picture(product["picture"], PICTURES, 64, 1)
        assert again.tobytes() == views[1].tobytes()
        assert all(view.mode == "RGB" and view.size == (64, 64) for view in views)


def test_what_is_photographed_for_a_case_is_its_product() -> None:
    first, second = PRODUCTS[0]["slug"], PRODUCTS[12]["slug"]

    photos = [snapshots(slug) for slug in (first, second, first)]

    assert photos[0] == photos[2] != photos[1]
    assert all(Image.open(BytesIO(photo)).format == "JPEG" for taken in photos for photo in taken)
    assert snapshots("of-another-shop") == []


def test_other_formats_have_the_asked_size() -> None:
    banner = compose_banner({"emoji": ["own-frock-blue", "own-wok"], "palette": 9}, PICTURES, 320, 128)
    assert banner.size == (320, 128)
    assert compose_logo(MERCHANTS[0]["logo"], PICTURES, 64).size == (64, 64)
    assert compose_category_tile(CATEGORIES[0], PICTURES, 80).size == (80, 80)
