"""Prices that merchants set in currencies other than their own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from catalog.errors import CurrencyNotSold, PriceNotChargeable, ProductNotFound
from catalog.models import Product, VariantPrice
from catalog.rules.quantities import Tier
from catalog.services.variants import changed, check_price, check_tiers
from core.money import Money, charge_step


@transaction.atomic
def set_price(
    *, variant_id: uuid.UUID, currency: str, price_minor: int | None, compare_at_minor: int | None = None, tiers: Sequence[Tier] = ()
) -> VariantPrice | None:
    """Ask for this price, in minor units of `currency`, instead of the converted one; None goes back to the converted one.

    `tiers` are those of this price; without them a piece costs the same however many are bought.

    Raises:
        ProductNotFound: there is no such variant.
        CurrencyNotSold: the shop does not sell in the currency, or it is the variant's own.
        PriceNotChargeable: cards cannot be charged exactly that.
        PriceInvalid, TiersInvalid: the price is not above zero, the compare-at price not above the price, a tier not cheaper.
    """
    product = Product.objects.select_for_update(no_key=True).filter(variants=variant_id).first()
    if product is None:
        raise ProductNotFound
    variant = product.variants.get(pk=variant_id)
    if currency not in settings.CURRENCIES or currency == variant.currency:
        raise CurrencyNotSold(currency=currency)
    if price_minor is None:
        VariantPrice.objects.filter(variant=variant, currency=currency).delete()
        changed(product)
        return None
    check_price(variant.sku, price_minor, compare_at_minor)
    check_tiers(variant.sku, price_minor, tiers)
    if any(minor % charge_step(currency) for minor in (price_minor, *(tier.price_minor for tier in tiers))):
        raise PriceNotChargeable(currency=currency, example=Money(charge_step(currency), currency).format(get_language() or "en"))
    price, _ = VariantPrice.objects.update_or_create(
        variant=variant,
        currency=currency,
        defaults={
            "merchant_id": product.merchant_id,
            "product": product,
            "price_minor": price_minor,
            "compare_at_minor": compare_at_minor,
            "tiers": [list(tier) for tier in tiers],
        },
    )
    changed(product)
    return price
