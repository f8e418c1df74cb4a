"""Sets of goods, for tests."""

from __future__ import annotations

from typing import Any

from catalog.models import Variant
from catalog.services.bundles import Part, compose_bundle
from tests.factories.catalog import make_product


def make_bundle(parts: dict[Variant, int], *, price: int, **overrides: Any) -> Variant:
    """A set on sale of so many pieces of each variant, at `price` minor units."""
    merchant = next(iter(parts)).merchant
    bundle = make_product(merchant=merchant, price=price, **{"title": "Tea set", **overrides}).variants.get()
    compose_bundle(variant_id=bundle.pk, parts=[Part(variant.pk, quantity) for variant, quantity in parts.items()])
    bundle.refresh_from_db()
    return bundle
