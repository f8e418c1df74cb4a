"""Variants: what has a price, lies on a shelf and goes into a parcel.

Sizes are of a packed piece in millimetres, None where nobody has said; an HS code has 6 to 10 digits, an origin two letters.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from catalog.errors import (
    ApprovalNeeded,
    CurrenciesMixed,
    HsCodeInvalid,
    OriginInvalid,
    PriceInvalid,
    ProductNotFound,
    QuantitiesInvalid,
    SizeInvalid,
    SkuTaken,
    TiersInvalid,
    VariantsMissing,
    VariantsUnclear,
)
from catalog.models import Product, Variant
from catalog.rules.options import variants_fit
from catalog.rules.parcels import MOST_MM, is_hs_code, is_origin, is_size
from catalog.rules.quantities import Tier, tiers_fit, tiers_of
from catalog.rules.texts import storable
from catalog.services.bundle_news import note_bundles_of
from catalog.services.cards import refresh_card

MAX_PRICE_MINOR = 10**12


@dataclass(frozen=True, slots=True)
class NewVariant:
    """A variant to be made. Prices in minor units of `currency` (the shop's unless given); options map name to value."""

    sku: str
    price_minor: int
    options: Mapping[str, str] = field(default_factory=dict)
    compare_at_minor: int | None = None
    currency: str = ""
    weight_g: int = 0
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    hs_code: str = ""
    origin: str = ""
    tiers: Sequence[Tier] = ()
    min_quantity: int = 1
    quantity_step: int = 1


class VariantChanges(TypedDict, total=False):
    sku: str
    price_minor: int
    compare_at_minor: int | None
    weight_g: int
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    hs_code: str
    origin: str
    is_active: bool
    tiers: Sequence[Tier]
    min_quantity: int
    quantity_step: int


def check_variants(options: Sequence[Mapping[str, Any]], variants: Sequence[NewVariant | Variant]) -> None:
    """Refuse variants that do not fit the options or one another.

    Raises:
        PriceInvalid, TiersInvalid, QuantitiesInvalid, HsCodeInvalid, OriginInvalid, SizeInvalid, CurrenciesMixed, VariantsUnclear.
    """
    for variant in variants:
        check_price(variant.sku, variant.price_minor, variant.compare_at_minor)
        check_tiers(variant.sku, variant.price_minor, tiers_of(variant.tiers))
        check_quantities(variant.sku, variant.min_quantity, variant.quantity_step)
        check_parcel(variant)
    if len({variant.currency or settings.CURRENCY for variant in variants}) > 1:
        raise CurrenciesMixed
    if not variants_fit(options, [variant.options for variant in variants]):
        raise VariantsUnclear


def check_price(sku: str, price_minor: int, compare_at_minor: int | None) -> None:
    """Raises PriceInvalid for a price that is not above zero or a compare-at price that is not above the price."""
    if not 0 < price_minor <= MAX_PRICE_MINOR or (compare_at_minor is not None and compare_at_minor <= price_minor):
        raise PriceInvalid(sku=sku)


def check_tiers(sku: str, price_minor: int, tiers: Sequence[Tier]) -> None:
    """Raises TiersInvalid for tiers that do not begin later and cost less, one after the other."""
    if not tiers_fit(price_minor, tiers):
        raise TiersInvalid(sku=sku)


def check_quantities(sku: str, least: int, step: int) -> None:
    """Raises QuantitiesInvalid for a least quantity that is not a multiple of the step, or numbers nobody could buy."""
    if not 1 <= step <= least <= settings.CART_MAX_QUANTITY or least % step:
        raise QuantitiesInvalid(sku=sku, most=settings.CART_MAX_QUANTITY)


def check_parcel(variant: NewVariant | Variant) -> None:
    """Raises HsCodeInvalid, OriginInvalid or SizeInvalid for what no customs form and no parcel could say."""
    if variant.hs_code and not is_hs_code(variant.hs_code):
        raise HsCodeInvalid(sku=variant.sku)
    if variant.origin and not is_origin(variant.origin):
        raise OriginInvalid(sku=variant.sku)
    if not all(map(is_size, (variant.length_mm, variant.width_mm, variant.height_mm))):
        raise SizeInvalid(sku=variant.sku, most=MOST_MM)


def insert_variants(product: Product, variants: Sequence[NewVariant], *, first_position: int = 0) -> list[Variant]:
    """Insert checked variants in one statement; raises SkuTaken."""
    rows = [
        Variant(
            product=product,
            merchant_id=product.merchant_id,
            sku=storable(new.sku).strip(),
            options=storable(dict(new.options)),
            price_minor=new.price_minor,
            compare_at_minor=new.compare_at_minor,
            currency=new.currency or settings.CURRENCY,
            weight_g=new.weight_g,
            length_mm=new.length_mm,
            width_mm=new.width_mm,
            height_mm=new.height_mm,
            hs_code=new.hs_code,
            origin=new.origin,
            tiers=[list(tier) for tier in new.tiers],
            min_quantity=new.min_quantity,
            quantity_step=new.quantity_step,
            position=position,
        )
        for position, new in enumerate(variants, start=first_position)
    ]
    try:
        with transaction.atomic():
            return Variant.objects.bulk_create(rows)
    except IntegrityError as error:
        raise SkuTaken from error


@transaction.atomic
def add_variant(*, product_id: uuid.UUID, variant: NewVariant) -> Variant:
    """Add a variant whose options the product knows already.

    Raises:
        ProductNotFound, PriceInvalid, CurrenciesMixed, VariantsUnclear, SkuTaken.
        ApprovalNeeded: the operator looks at this shop's goods, and the product has been on sale; take it back to draft first.
    """
    product = Product.objects.select_for_update(no_key=True).filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound
    if product.is_shown_as_approved:
        raise ApprovalNeeded
    present = list(product.variants.all())
    check_variants(product.options, [*(row for row in present if row.is_active), variant])
    made = insert_variants(product, [variant], first_position=max((row.position for row in present), default=-1) + 1)[0]
    changed(product)
    return made


@transaction.atomic
def update_variant(*, variant_id: uuid.UUID, **changes: Unpack[VariantChanges]) -> Variant:
    """Change price, SKU, weight, or whether the variant is on sale.

    Raises:
        ProductNotFound, PriceInvalid, SkuTaken, VariantsUnclear.
        VariantsMissing: the last variant on sale of a published product would go; hide the product instead.
    """
    product = Product.objects.select_for_update(no_key=True).filter(variants=variant_id).first()
    if product is None:
        raise ProductNotFound
    variant: Variant = product.variants.get(pk=variant_id)
    for name, value in changes.items():
        setattr(variant, name, value)
    others = list(product.variants.filter(is_active=True).exclude(pk=variant_id))
    if not variant.is_active and not others and product.status == Product.Status.PUBLISHED:
        raise VariantsMissing
    check_variants(product.options, [*others, variant] if variant.is_active else others)
    try:
        with transaction.atomic():
            variant.save(update_fields=list(changes))
    except IntegrityError as error:
        raise SkuTaken from error
    changed(product)
    if "is_active" in changes:
        note_bundles_of(product.pk)
    return variant


def changed(product: Product) -> None:
    """Something of the product's variants is another: it has a new version, and its card follows."""
    Product.objects.filter(pk=product.pk).update(version=F("version") + 1)
    refresh_card(product.pk)
