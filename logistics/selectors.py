"""Reads: what is available, what sending costs, where parcels are."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from catalog.models import Product, ProductCard, StockAlert, Variant
from catalog.selectors.digital import UNLIMITED, offered_to
from core.compiled import compiled
from core.exchange.rules import Conversion
from logistics.models import Shipment, ShipmentEvent, ShippingRate, Stock, Warehouse
from logistics.rules import ShippingOffer, delivery_promise, shipping_offer

__all__ = [
    "alerts_to_wake",
    "availability",
    "delivery_promise",
    "home_of",
    "offers_of",
    "product_availability",
    "products_of",
    "products_out_of_step",
    "shipments_of",
    "shipping_offers",
    "shipping_quote",
]


def availability(variant_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Pieces that can be bought now of each variant, over active warehouses; 0 where there is no stock row. One query.

    A digital variant never runs out: it has `UNLIMITED` as soon as there is a file to download.
    """
    if not variant_ids:
        return {}
    found = dict(_free(list(variant_ids)))
    return {variant_id: found.get(variant_id, 0) for variant_id in variant_ids}


@compiled
def _free(variant_ids: list[uuid.UUID]) -> QuerySet[Any]:
    counted = Coalesce(Subquery(_free_of(variant=OuterRef("pk"))), _pieces(0))
    free = Case(When(product__is_digital=True, then=_if_offered(offered_to("pk", "product"))), default=counted)
    rows: QuerySet[Any] = Variant.objects.filter(pk__in=variant_ids).values_list("pk", free)
    return rows


def _free_of(**which: Any) -> QuerySet[Any]:
    """The sum of what is free on the shelves of a variant, or of a product, of the outer query."""
    rows: QuerySet[Any] = Stock.objects.filter(**which, warehouse__is_active=True).order_by().values(*which)
    summed: QuerySet[Any] = rows.annotate(free=Sum(F("on_hand") - F("reserved"))).values("free")
    return summed


def _if_offered(condition: Exists) -> Case:
    return Case(When(condition, then=_pieces(UNLIMITED)), default=_pieces(0))


def _pieces(count: int) -> Cast:
    """A number whose type the server knows before it knows the number, as a prepared statement needs."""
    return Cast(Value(count), IntegerField())


def product_availability(product_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Pieces that can be bought now of each product, over its variants on sale and active warehouses. One query."""
    on_shelves = _free_of(variant__product=OuterRef("pk")).filter(variant__is_active=True)
    free = Case(When(is_digital=True, then=_if_offered(_with_files("pk"))), default=Coalesce(Subquery(on_shelves), _pieces(0)))
    found = dict(Product.objects.filter(pk__in=product_ids).values_list("pk", free))
    return {product_id: found.get(product_id, 0) for product_id in product_ids}


def _with_files(product: str) -> Exists:
    """Whether a variant on sale of the product, a column of the outer query, comes with a file."""
    return Exists(Variant.objects.filter(offered_to("pk", "product"), product=OuterRef(product), is_active=True))


def products_of(variant_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The products these variants belong to. One query, none without variants."""
    return set(Variant.objects.filter(pk__in=variant_ids).values_list("product_id", flat=True)) if variant_ids else set()


def products_out_of_step(limit: int) -> list[uuid.UUID]:
    """Products whose card says in stock and nothing is available, or the other way round. One query."""
    on_shelf = Exists(
        Stock.objects.filter(
            variant__product_id=OuterRef("pk"), variant__is_active=True, warehouse__is_active=True, on_hand__gt=F("reserved")
        )
    )
    free = (Q(product__is_digital=False) & on_shelf) | (Q(product__is_digital=True) & _with_files("pk"))
    wrong = ProductCard.objects.filter((Q(in_stock=True) & ~free) | (Q(in_stock=False) & free))
    return list(wrong.values_list("pk", flat=True)[:limit])


def alerts_to_wake(limit: int) -> list[uuid.UUID]:
    """Confirmed alerts, the oldest first, whose variant is on sale and on a shelf. One query."""
    on_shelf = Stock.objects.filter(variant_id=OuterRef("variant_id"), warehouse__is_active=True, on_hand__gt=F("reserved"))
    waiting = StockAlert.objects.filter(told_at=None, confirmed_at__isnull=False, variant__is_active=True)
    can_be_had = Exists(on_shelf) | (Q(variant__product__is_digital=True) & offered_to("variant_id", "variant__product_id"))
    waiting = waiting.filter(can_be_had, variant__product__card__is_visible=True)
    return list(waiting.order_by("created_at", "pk").values_list("pk", flat=True)[:limit])


def offers_of(goods: Collection[tuple[uuid.UUID, int]], conversion: Conversion) -> dict[tuple[uuid.UUID, int], ShippingOffer]:
    """What sending costs for each pair of a merchant and a sum of goods, in minor units of the currency of `conversion`. One query."""
    rates = _rates(sorted({merchant for merchant, _minor in goods}))
    found = {merchant: _in_currency(flat, free_over, currency, conversion) for merchant, flat, free_over, currency in rates}
    return {(merchant, minor): shipping_offer(minor, *found.get(merchant, (0, None))) for merchant, minor in goods}


def shipping_offers(goods_by_merchant: Mapping[uuid.UUID, int], conversion: Conversion) -> dict[uuid.UUID, ShippingOffer]:
    """Cost of sending, and what is missing for free delivery, per merchant; without a rate that can be said in the currency, free.

    One query.

    Args:
        goods_by_merchant: merchant → sum of goods in minor units of the currency of `conversion`.
    """
    rates = _rates(list(goods_by_merchant))
    found = {merchant: _in_currency(flat, free_over, currency, conversion) for merchant, flat, free_over, currency in rates}
    return {merchant: shipping_offer(goods, *found.get(merchant, (0, None))) for merchant, goods in goods_by_merchant.items()}


@compiled
def _rates(merchant_ids: list[uuid.UUID]) -> QuerySet[Any]:
    rows = ShippingRate.objects.filter(merchant_id__in=merchant_ids)
    return rows.values_list("merchant_id", "flat_minor", "free_over_minor", "currency")


def _in_currency(flat_minor: int, free_over_minor: int | None, currency: str, conversion: Conversion) -> tuple[int, int | None]:
    free_over = None if free_over_minor is None else conversion.amount(free_over_minor, currency)
    return conversion.amount(flat_minor, currency) or 0, free_over


def shipping_quote(goods_by_merchant: Mapping[uuid.UUID, int], conversion: Conversion) -> dict[uuid.UUID, int]:
    """Cost of sending per merchant in minor units; see `shipping_offers`. One query."""
    return {merchant: offer.minor for merchant, offer in shipping_offers(goods_by_merchant, conversion).items()}


def shipments_of(reference: uuid.UUID | Iterable[uuid.UUID]) -> QuerySet[Shipment]:
    """Parcels of a merchant order, or of several, with their lines and timeline (oldest event first). Four queries."""
    references = [reference] if isinstance(reference, uuid.UUID) else list(reference)
    return (
        Shipment.objects.filter(reference__in=references)
        .select_related("warehouse")
        .prefetch_related("lines__variant", Prefetch("events", ShipmentEvent.objects.order_by("at", "id")))
        .order_by("created_at", "id")
    )


def home_of(reference: uuid.UUID, merchant_id: uuid.UUID) -> Warehouse | None:
    """Where goods of a merchant order go back to: the active warehouse that sent its first parcel, else the merchant's first one.

    Two queries.
    """
    active = Warehouse.objects.filter(merchant_id=merchant_id, is_active=True)
    sent = Shipment.objects.filter(reference=reference, merchant_id=merchant_id, warehouse__is_active=True)
    first = sent.order_by("created_at", "pk").values_list("warehouse_id", flat=True).first()
    return active.filter(pk=first).first() if first else active.order_by("priority", "code").first()
