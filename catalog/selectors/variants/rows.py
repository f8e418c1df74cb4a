"""The statements that read variants with their product and merchant, and the price in a currency."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from catalog.models import BundleItem, Product, Variant
from catalog.rules.prices import Price, price_in
from core.compiled import compiled
from core.exchange.rules import Conversion
from merchants.models import Merchant

PARCEL = ("length_mm", "width_mm", "height_mm", "hs_code")
SAME = ("product_id", "merchant_id", "sku", "options", "weight_g", *PARCEL, "min_quantity", "quantity_step")
PRICED = ("price_minor", "compare_at_minor", "currency", "asked__price_minor", "asked__compare_at_minor")
TIERED = ("tiers", "asked__tiers")
JOINED = {
    "title": "product__title",
    "slug": "product__slug",
    "tax_class": "product__tax_class",
    "is_digital": "product__is_digital",
    "is_made_to_order": "product__is_made_to_order",
    "category_path": "product__card__category_path",
    "merchant_slug": "merchant__slug",
    "merchant_name": "merchant__name",
    "picture": "product__card__picture",
    "picture_widths": "product__card__picture_widths",
    "picture_formats": "product__card__picture_formats",
}
DAYS = ("product__handling_days", "merchant__handling_days")
DECIDING = (
    "is_bundle",
    "product__personalisation",
    "is_active",
    "product__status",
    "product__i18n",
    "product__options",
    "merchant__status",
    "merchant__i18n",
    *DAYS,
)
ON_SALE = (True, Product.Status.PUBLISHED, Merchant.Status.ACTIVE)


@compiled
def variant_rows(ids: list[uuid.UUID], currency: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = with_price_in(Variant.objects.filter(pk__in=ids), currency)
    return rows.values("pk", *SAME, *PRICED, *TIERED, *JOINED.values(), *DECIDING)


@compiled
def item_rows(bundle_ids: list[uuid.UUID]) -> QuerySet[Any]:
    rows: QuerySet[Any] = BundleItem.objects.filter(variant__in=bundle_ids).order_by("variant", "position", "pk")
    deciding = ("component__is_active", "component__product__status", "merchant__status")
    return rows.values_list("variant_id", "component_id", "quantity", *deciding)


@compiled
def offer_rows(variant_id: uuid.UUID, currency: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = with_price_in(Variant.objects.filter(pk=variant_id), currency)
    said = ("product__title", "product__i18n", "min_quantity", "quantity_step", "product__personalisation", "is_bundle")
    return rows.values_list(*said, "is_active", "product__status", "merchant__status", *PRICED)


def with_price_in(rows: QuerySet[Variant], currency: str) -> QuerySet[Variant]:
    """Variants with the merchant's own price in a currency beside them, as `asked__price_minor`."""
    found: QuerySet[Variant] = rows.annotate(asked=FilteredRelation("prices", condition=Q(prices__currency=currency)))
    return found


def price_of(row: Mapping[str, Any], conversion: Conversion | None) -> Price:
    base = Price(row["price_minor"], row["compare_at_minor"], row["currency"])
    asked = row["asked__price_minor"]
    explicit = Price(asked, row["asked__compare_at_minor"], conversion.currency) if conversion and asked is not None else None
    return price_in(base, explicit, conversion)
