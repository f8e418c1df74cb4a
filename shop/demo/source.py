"""The demo's files, read into the shapes the services take."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from shop.environment import BASE_DIR

if TYPE_CHECKING:
    from catalog.services.variants import NewVariant

FOLDER = BASE_DIR / "demo"
PICTURES = FOLDER / "pictures"
CHINESE = "zh-hans"
SMALL_PER_CATEGORY = 2
# Subheadings of the Harmonized System that such goods usually have.
HS_CODES = {
    "smartphones": "851713", "laptops": "847130", "tablets": "847130", "mobile-accessories": "851762", "mens-watches": "910211",
    "womens-watches": "910211", "beauty": "330499", "skin-care": "330499", "fragrances": "330300", "furniture": "940360",
    "home-decoration": "830629", "mens-shirts": "620520", "tops": "610910", "womens-dresses": "620442", "mens-shoes": "640399",
    "womens-shoes": "640399", "womens-bags": "420221", "womens-jewellery": "711719", "sunglasses": "900410",
    "sports-accessories": "950699", "kitchen-accessories": "732393",
}  # fmt: skip


@cache
def rows(name: str) -> list[dict[str, Any]]:
    """The rows of demo/<name>.json."""
    loaded: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def products(*, small: bool) -> list[dict[str, Any]]:
    """All products, or the first few of each category."""
    taken: dict[str, int] = {}
    chosen = []
    for row in rows("products"):
        taken[row["category"]] = taken.get(row["category"], 0) + 1
        if not small or taken[row["category"]] <= SMALL_PER_CATEGORY:
            chosen.append(row)
    return chosen


def chinese(row: dict[str, Any], *fields: str) -> dict[str, dict[str, str]]:
    """The `i18n` value of a row for the fields that have a Chinese text."""
    texts = {field: row[f"{field}_zh"] for field in fields if row.get(f"{field}_zh")}
    return {CHINESE: texts} if texts else {}


def product_fields(row: dict[str, Any]) -> dict[str, Any]:
    """What catalog's create_product takes besides merchant, category, brand and variants."""
    return {
        "title": row["title"],
        "slug": row["slug"],
        "description": f"<p>{row['description']}</p>",
        "i18n": {CHINESE: {"title": row["title_zh"], "description": f"<p>{row['description_zh']}</p>"}},
        "condition": row["condition"],
        "tax_class": "reduced" if row["category"] == "groceries" else "standard",
        "options": [_option(option) for option in row["options"]],
        "attributes": [{**_named(attribute), **_valued(attribute)} for attribute in (*row["attributes"], *_policies(row))],
    }


def _option(option: dict[str, Any]) -> dict[str, Any]:
    values = [{"value": value["value"], "i18n": {CHINESE: {"value": value["value_zh"]}}} for value in option["values"]]
    return {"name": option["name"], "i18n": {CHINESE: {"name": option["name_zh"]}}, "values": values}


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {"name": row["name"], "i18n": {CHINESE: {"name": row["name_zh"], "value": row["value_zh"]}}}


def _valued(row: dict[str, Any]) -> dict[str, Any]:
    return {"value": row["value"]}


def _policies(row: dict[str, Any]) -> list[dict[str, str]]:
    """What the source says about returns. How fast a merchant ships is the merchant's word, not the product's, so that is left out."""
    if not row.get("returnPolicy"):
        return []
    return [{"name": "Returns", "name_zh": "退换货", "value": row["returnPolicy"], "value_zh": row["returnPolicy_zh"]}]


def _packed(row: dict[str, Any]) -> dict[str, Any]:
    """The size that the source names, in millimetres, and under which customs number such goods go; groceries are too mixed for one."""
    sizes = row.get("dimensions") or {}
    sides = [round(sizes.get(side, 0) * 10) or None for side in ("depth", "width", "height")]
    code = HS_CODES.get(row["category"], "")
    return {**dict(zip(("length_mm", "width_mm", "height_mm"), sides, strict=True)), "hs_code": code, "origin": "CN" if code else ""}


def variants(row: dict[str, Any]) -> "list[NewVariant]":
    from catalog.services.variants import NewVariant  # noqa: PLC0415  the picture processes import this file before Django is set up

    return [
        NewVariant(
            sku=variant["sku"],
            price_minor=variant["price_minor"],
            options=variant["options"],
            compare_at_minor=variant["compare_at_minor"],
            weight_g=variant["weight_g"],
            **_packed(row),
        )
        for variant in row["variants"]
    ]
