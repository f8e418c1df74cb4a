from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import count
from typing import Any

from catalog.models import Brand, Category, Product, Variant
from catalog.services import NewVariant, create_product, publish_product
from catalog.services.categories import create_category
from catalog.services.variants import add_variant
from core.ids import uuid7
from merchants.models import Merchant
from tests.factories.merchants import make_merchant

_number = count(1)
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def make_category(name: str = "", parent: Category | None = None, **overrides: Any) -> Category:
    return create_category(name=name or f"Category {next(_number)}", parent=parent, **overrides)


def make_brand(name: str = "") -> Brand:
    number = next(_number)
    return Brand.objects.create(name=name or f"Brand {number}", slug=f"brand-{number}")


def new_variant(**overrides: Any) -> NewVariant:
    """A variant for make_product(variants=[...])."""
    return NewVariant(**{"sku": f"SKU-{next(_number)}", "price_minor": 1_999, "weight_g": 300, **overrides})


def make_product(
    *,
    merchant: Merchant | None = None,
    category: Category | None = None,
    title: str = "",
    price: int = 1_999,
    variants: Sequence[NewVariant] = (),
    published: bool = True,
    at: dt.datetime = NOW,
    **overrides: Any,
) -> Product:
    """A product with one variant at `price` minor units unless `variants` are given; published through the real services."""
    product = create_product(
        merchant=merchant or make_merchant(),
        category=category or make_category(),
        title=title or f"Paper lantern {next(_number)}",
        variants=variants or [new_variant(price_minor=price)],
        **overrides,
    )
    return publish_product(product_id=product.pk, actor="system:test", at=at) if published else product


def make_variant(product: Product | None = None, **overrides: Any) -> Variant:
    """The variant of a new published product, or one more of the product given.

    One more needs options: `make_variant(product, options={"Colour": "Blue"})`.
    """
    fields = {"sku": f"SKU-{uuid7().hex[-12:]}", "price_minor": 1_999, "weight_g": 300, **overrides}
    if product is not None:
        return add_variant(product_id=product.pk, variant=NewVariant(**fields))
    return make_product(variants=[NewVariant(**fields)]).variants.get()
