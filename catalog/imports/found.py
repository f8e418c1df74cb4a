"""What a batch of rows is compared with: the products, variants and stock that are there, in a fixed number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from catalog.imports.categories import Index, index
from catalog.imports.rows import Goods
from catalog.imports.stock import Level, keeper
from catalog.models import Product, Variant

Key = tuple[uuid.UUID, str]


@dataclass(slots=True)
class Found:
    """Rows by what a file calls them: variants by merchant and SKU, products by merchant and key."""

    categories: Index
    aliases: Mapping[str, str]
    # What a new product is where no row says so.
    defaults: Mapping[str, str] = field(default_factory=dict)
    variants: dict[Key, Variant] = field(default_factory=dict)
    products: dict[uuid.UUID, Product] = field(default_factory=dict)
    by_handle: dict[Key, Product] = field(default_factory=dict)
    siblings: dict[uuid.UUID, list[Variant]] = field(default_factory=dict)
    levels: Mapping[uuid.UUID, Level] = field(default_factory=dict)
    places: set[uuid.UUID] = field(default_factory=set)


def found_for(rows: Sequence[Goods], aliases: Mapping[str, str], defaults: Mapping[str, str], *, lock: bool) -> Found:
    """As many statements for a thousand rows as for one. With `lock`, products and stock stay as they are until the transaction ends.

    Products are locked before stock, as everywhere, and each kind in the order of its keys.
    """
    found = Found(index(), aliases, defaults)
    merchants = {row.merchant.pk for row in rows}
    skus = {row.values["sku"] for row in rows if "sku" in row.values}
    handles = {row.values["handle"] for row in rows if "handle" in row.values}
    named = Variant.objects.filter(merchant_id__in=merchants, sku__in=skus).values_list("product_id", flat=True)
    _find_products(found, merchants, handles, set(named), lock=lock)
    for variant in Variant.objects.filter(product_id__in=found.products).order_by("position", "created_at", "pk"):
        found.siblings.setdefault(variant.product_id, []).append(variant)
        found.variants[variant.merchant_id, variant.sku] = variant
    counted = [found.variants.get((row.merchant.pk, row.values.get("sku", ""))) for row in rows if "stock" in row.values]
    if counted:
        found.places = keeper().places(merchants)
        found.levels = keeper().levels({variant.pk for variant in counted if variant}, lock=lock)
    return found


def _find_products(
    found: Found, merchants: Collection[uuid.UUID], handles: Collection[str], ids: Collection[uuid.UUID], *, lock: bool
) -> None:
    wanted = Q(pk__in=ids)
    if handles:
        wanted |= Q(merchant_id__in=merchants, handle__in=handles) | Q(merchant_id__in=merchants, slug__in=handles)
    elif not ids:
        return
    products = Product.objects.filter(wanted).order_by("pk")
    if lock:
        products = products.select_for_update(no_key=True)
    for product in products.prefetch_related("brand", "category"):
        found.products[product.pk] = product
        found.by_handle.setdefault((product.merchant_id, product.slug), product)
        if product.handle:
            found.by_handle[product.merchant_id, product.handle] = product
