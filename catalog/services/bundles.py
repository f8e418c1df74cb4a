"""Putting variants together to be sold as one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import get_language

from catalog.errors import (
    ApprovalNeeded,
    BundleCurrenciesMixed,
    BundleInvalid,
    BundleNested,
    BundleNotCheaper,
    BundlePartUnknown,
    BundlePartUnsuited,
    BundleQuantityInvalid,
    ProductNotFound,
)
from catalog.models import BundleItem, Product, Variant
from catalog.rules.bundles import MOST_PARTS, MOST_PIECES, parts_fit
from catalog.services.bundle_news import note_bundles
from catalog.services.variants import changed
from core.money import Money

# Two compositions at once could make each other's part a set. Those of one merchant queue here, after their product's row.
_TAKE_TURN = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"
_LOCK_SPACE = 20_019  # of PostgreSQL's advisory locks with two keys


@dataclass(frozen=True, slots=True)
class Part:
    """So many pieces of a variant in one bundle."""

    variant_id: uuid.UUID
    quantity: int = 1


@transaction.atomic
def compose_bundle(*, variant_id: uuid.UUID, parts: Sequence[Part]) -> list[BundleItem]:
    """Make a variant a set of other variants of its merchant, or change of which; without parts it is an ordinary variant again.

    A set has no stock of its own: it can be bought as often as its parts are there. What lies on a shelf under its own SKU is not
    sold while it is a set. Orders that were placed keep what they were placed for.

    Raises:
        ProductNotFound: there is no such variant.
        BundleInvalid, BundleQuantityInvalid: too few or too many pieces, too many parts, or one of them twice.
        BundlePartUnknown: a part is another merchant's, or nobody's.
        BundleNested: a part is a set, or the variant is part of one.
        BundlePartUnsuited: one of them is a download, or asks its buyer for texts.
        BundleCurrenciesMixed: a part is priced in another currency.
        BundleNotCheaper: the set costs as much as its parts one by one, or more.
        ApprovalNeeded: the operator looks at this shop's goods, and the product has been on sale; take it back to draft first.
    """
    product = Product.objects.select_for_update(no_key=True).filter(variants=variant_id).first()
    if product is None:
        raise ProductNotFound
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_TURN, [_LOCK_SPACE, str(product.merchant_id)])
    variant = Variant.objects.select_related("product").get(pk=variant_id)
    before = [(item.component_id, item.quantity) for item in variant.bundle_items.order_by("position", "pk")]
    if before == [(part.variant_id, part.quantity) for part in parts]:
        return list(variant.bundle_items.order_by("position", "pk"))
    if product.is_shown_as_approved:
        raise ApprovalNeeded
    if parts:
        _check(variant, parts)
    return _write(product, variant, parts)


def _check(variant: Variant, parts: Sequence[Part]) -> None:
    if any(not 1 <= part.quantity <= MOST_PIECES for part in parts):
        raise BundleQuantityInvalid(most=MOST_PIECES)
    wanted = {part.variant_id: part.quantity for part in parts}
    if len(wanted) < len(parts) or not parts_fit(list(wanted.values())):
        raise BundleInvalid(most=MOST_PARTS)
    named = Variant.objects.filter(pk__in=wanted, merchant_id=variant.merchant_id).select_related("product")
    found = {row.pk: row for row in named}
    if len(found) < len(wanted):
        raise BundlePartUnknown
    nested = next((row for row in found.values() if row.is_bundle or row.pk == variant.pk), None)
    if nested is not None or BundleItem.objects.filter(component=variant).exists():
        raise BundleNested(sku=(nested or variant).sku)
    unsuited = next((row for row in (variant, *found.values()) if row.product.is_digital or row.product.personalisation), None)
    if unsuited is not None:
        raise BundlePartUnsuited(sku=unsuited.sku)
    if any(row.currency != variant.currency for row in found.values()):
        raise BundleCurrenciesMixed
    apart = sum(found[part_id].price_minor * quantity for part_id, quantity in wanted.items())
    if variant.price_minor >= apart:
        raise BundleNotCheaper(apart=Money(apart, variant.currency).format(get_language() or "en"))


def _write(product: Product, variant: Variant, parts: Sequence[Part]) -> list[BundleItem]:
    variant.bundle_items.all().delete()
    items = [
        BundleItem(
            merchant_id=variant.merchant_id,
            product=product,
            variant=variant,
            component_id=part.variant_id,
            quantity=part.quantity,
            position=position,
        )
        for position, part in enumerate(parts)
    ]
    BundleItem.objects.bulk_create(items)
    Variant.objects.filter(pk=variant.pk).update(is_bundle=bool(parts))
    changed(product)
    note_bundles([str(product.pk)])
    return items
