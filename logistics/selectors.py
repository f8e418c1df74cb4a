"""Reads: what is available, what sending costs, where parcels are."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.models import BundleItem, Product, ProductCard, StockAlert, Variant
from catalog.selectors.digital import UNLIMITED, offered_to
from core.compiled import compiled
from core.exchange.rules import Conversion
from core.postgresql.statements import Prepared
from logistics.models import Reservation, Shipment, ShipmentEvent, ShippingRate, Stock, Warehouse
from logistics.rules import Destination, Load, ShippingOffer, ZoneRate, delivery_promise, shipping_offer, zone_for, zone_price
from logistics.rules.places import zones_of
from logistics.states import ReservationStatus
from merchants.models import Merchant

__all__ = [
    "alerts_to_wake",
    "availability",
    "delivery_promise",
    "due_of",
    "groups_promised_from",
    "home_of",
    "offers_of",
    "pieces_due",
    "product_availability",
    "products_of",
    "products_out_of_step",
    "promises_of",
    "shipments_of",
    "shipping_offers",
    "shipping_quote",
]


# Pieces of what is `asked` for. What is no bundle is its own one part, a piece of it in each.
_PIECES = """
WITH asked AS MATERIALIZED ({asked}),
wanted AS MATERIALIZED (
    SELECT asked.id, coalesce(item.component_id, asked.id) AS part_id, coalesce(item.quantity, 1) AS quantity, item.id IS NULL AS is_alone
    FROM asked LEFT JOIN catalog_bundleitem item ON item.variant_id = asked.id
),
free AS (
    SELECT stock.variant_id, sum(stock.on_hand - stock.reserved) AS pieces
    FROM logistics_stock stock JOIN logistics_warehouse warehouse ON warehouse.id = stock.warehouse_id AND warehouse.is_active
    WHERE stock.variant_id IN (SELECT part_id FROM wanted)
    GROUP BY stock.variant_id
)
SELECT wanted.id, min(CASE
    WHEN NOT (wanted.is_alone OR (part.is_active AND product.status = 'published')) THEN 0
    WHEN NOT product.is_digital THEN coalesce(free.pieces, 0)
    WHEN EXISTS (SELECT FROM catalog_digitalfile file WHERE file.product_id = product.id AND file.withdrawn_at IS NULL
                 AND coalesce(file.variant_id, part.id) = part.id) THEN {unlimited}
    ELSE 0 END / wanted.quantity)::bigint AS pieces
FROM wanted
JOIN catalog_variant part ON part.id = wanted.part_id
JOIN catalog_product product ON product.id = part.product_id
LEFT JOIN free ON free.variant_id = part.id
GROUP BY wanted.id
"""
_FREE = Prepared(_PIECES.format(unlimited=UNLIMITED, asked="SELECT unnest(%s::uuid[]) AS id"))
_ON_SALE = _PIECES.format(unlimited=UNLIMITED, asked="SELECT id FROM catalog_variant WHERE product_id = ANY(%s::uuid[]) AND is_active")
# Planned anew each time: it is asked for one product and for hundreds, and while goods are imported the tables grow fast.
_FREE_OF_PRODUCTS = (
    f"SELECT product_id, sum(pieces)::bigint FROM ({_ON_SALE}) available JOIN catalog_variant USING (id) GROUP BY product_id"  # noqa: S608
)


def availability(variant_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Pieces that can be bought now of each variant, over active warehouses; 0 where there is no stock row. One query.

    A digital variant never runs out: it has `UNLIMITED` as soon as there is a file to download.
    A bundle has no stock: there are as many as its parts suffice for, and none while one of them is not on sale.
    """
    if not variant_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FREE, [list(variant_ids)])
        found: dict[uuid.UUID, int] = dict(cursor.fetchall())
    return {variant_id: found.get(variant_id, 0) for variant_id in variant_ids}


def product_availability(product_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Pieces that can be bought now of each product, over its variants on sale and active warehouses. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FREE_OF_PRODUCTS, [list(product_ids)])
        found: dict[uuid.UUID, int] = dict(cursor.fetchall())
    return {product_id: found.get(product_id, 0) for product_id in product_ids}


def _with_files(product: str) -> Exists:
    """Whether a variant on sale of the product, a column of the outer query, comes with a file."""
    return Exists(Variant.objects.filter(offered_to("pk", "product"), product=OuterRef(product), is_active=True))


def products_of(variant_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The products these variants belong to, and those of the bundles they are in. One query, none without variants."""
    bundles = BundleItem.objects.filter(component__in=variant_ids).values("variant")
    rows = Variant.objects.filter(Q(pk__in=variant_ids) | Q(pk__in=bundles))
    return set(rows.values_list("product_id", flat=True)) if variant_ids else set()


def _short_bundles() -> QuerySet[Any]:
    """Keys of bundles that cannot be had: too little of a part is there, or it is not on sale."""
    levels = Stock.objects.filter(variant_id=OuterRef("component"), warehouse__is_active=True).order_by().values("variant_id")
    free = Coalesce(Subquery(levels.annotate(free=Sum(F("on_hand") - F("reserved"))).values("free")), 0)
    items = BundleItem.objects.annotate(free=free)
    off_sale = Q(component__is_active=False) | ~Q(component__product__status=Product.Status.PUBLISHED)
    rows: QuerySet[Any] = items.filter(Q(free__lt=F("quantity")) | off_sale).values("variant")
    return rows


def _full_bundles() -> QuerySet[Variant]:
    """Bundles that can be had."""
    rows: QuerySet[Variant] = Variant.objects.filter(is_bundle=True, is_active=True).exclude(pk__in=_short_bundles())
    return rows


def products_out_of_step(limit: int) -> list[uuid.UUID]:
    """Products whose card says in stock and nothing is available, or the other way round. One query."""
    on_shelf = Stock.objects.filter(variant__product_id=OuterRef("pk"), variant__is_active=True, variant__is_bundle=False)
    shelved = Exists(on_shelf.filter(warehouse__is_active=True, on_hand__gt=F("reserved"))) | Q(pk__in=_full_bundles().values("product_id"))
    free = (Q(product__is_digital=False) & shelved) | (Q(product__is_digital=True) & _with_files("pk"))
    wrong = ProductCard.objects.filter((Q(in_stock=True) & ~free) | (Q(in_stock=False) & free))
    return list(wrong.values_list("pk", flat=True)[:limit])


def alerts_to_wake(limit: int) -> list[uuid.UUID]:
    """Confirmed alerts, the oldest first, whose variant is on sale and on a shelf. One query."""
    on_shelf = Stock.objects.filter(variant_id=OuterRef("variant_id"), variant__is_bundle=False, warehouse__is_active=True)
    waiting = StockAlert.objects.filter(told_at=None, confirmed_at__isnull=False, variant__is_active=True)
    shelved = Exists(on_shelf.filter(on_hand__gt=F("reserved"))) | Q(variant__in=_full_bundles())
    can_be_had = shelved | (Q(variant__product__is_digital=True) & offered_to("variant_id", "variant__product_id"))
    waiting = waiting.filter(can_be_had, variant__product__card__is_visible=True)
    return list(waiting.order_by("created_at", "pk").values_list("pk", flat=True)[:limit])


def offers_of(goods: Collection[tuple[uuid.UUID, int]], conversion: Conversion) -> dict[tuple[uuid.UUID, int], ShippingOffer]:
    """What sending costs for each pair of a merchant and a sum of goods, in minor units of the currency of `conversion`. One query."""
    rates = _rates(sorted({merchant for merchant, _minor in goods}))
    found = {merchant: _in_currency(flat, free_over, currency, conversion) for merchant, flat, free_over, currency in rates}
    return {(merchant, minor): shipping_offer(minor, *found.get(merchant, (0, None))) for merchant, minor in goods}


def shipping_offers(
    goods_by_merchant: Mapping[uuid.UUID, int],
    conversion: Conversion,
    destination: Destination | None = None,
    loads: Mapping[uuid.UUID, Load] | None = None,
) -> dict[uuid.UUID, ShippingOffer]:
    """Cost of sending, and what is missing for free delivery, per merchant; without a rate that can be said in the currency, free.

    One query.

    Args:
        goods_by_merchant: merchant → sum of goods in minor units of the currency of `conversion`.
        destination: where it goes; the merchant's zone that serves it counts. Not known, the price of everywhere else does.
        loads: merchant → pieces and weight, for zones that go by them.
    """
    rates = _rates(list(goods_by_merchant)) if destination is None else _zoned(list(goods_by_merchant), destination, loads or {})
    found = {merchant: _in_currency(flat, free_over, currency, conversion) for merchant, flat, free_over, currency in rates}
    return {merchant: shipping_offer(goods, *found.get(merchant, (0, None))) for merchant, goods in goods_by_merchant.items()}


def _zoned(merchant_ids: list[uuid.UUID], destination: Destination, loads: Mapping[uuid.UUID, Load]) -> list[tuple[Any, ...]]:
    """The rate of each merchant for one address."""
    zones: dict[uuid.UUID, list[ZoneRate]] = {}
    rates: dict[uuid.UUID, tuple[Any, ...]] = {}
    for merchant, flat, free_over, currency, is_active, places, *price in _rates_and_zones(merchant_ids):
        if currency is not None:
            rates[merchant] = (merchant, flat, free_over, currency)
        if is_active:
            zones.setdefault(merchant, []).append(ZoneRate(zones_of(places), *price))
    for merchant, own_zones in zones.items():
        if (rate := zone_for(own_zones, destination)) is not None:
            minor = zone_price(rate, loads.get(merchant, Load()))
            rates[merchant] = (merchant, minor, rate.free_over_minor, rate.currency)
    return list(rates.values())


@compiled
def _rates_and_zones(merchant_ids: list[uuid.UUID]) -> QuerySet[Any]:
    zone = (
        "is_active", "zones", "way", "currency", "flat_minor", "step_minor", "step", "free_over_minor", "position", "name",
        "divisor",
    )  # fmt: skip
    return Merchant.objects.filter(pk__in=merchant_ids).values_list(
        "pk",
        "shipping_rate__flat_minor",
        "shipping_rate__free_over_minor",
        "shipping_rate__currency",
        *(f"shipping_zones__{name}" for name in zone),
    )


@compiled
def _rates(merchant_ids: list[uuid.UUID]) -> QuerySet[Any]:
    rows = ShippingRate.objects.filter(merchant_id__in=merchant_ids)
    return rows.values_list("merchant_id", "flat_minor", "free_over_minor", "currency")


def _in_currency(flat_minor: int, free_over_minor: int | None, currency: str, conversion: Conversion) -> tuple[int, int | None]:
    free_over = None if free_over_minor is None else conversion.amount(free_over_minor, currency)
    return conversion.amount(flat_minor, currency) or 0, free_over


def shipping_quote(
    goods_by_merchant: Mapping[uuid.UUID, int],
    conversion: Conversion,
    destination: Destination | None = None,
    loads: Mapping[uuid.UUID, Load] | None = None,
) -> dict[uuid.UUID, int]:
    """Cost of sending per merchant in minor units; see `shipping_offers`. One query."""
    return {merchant: offer.minor for merchant, offer in shipping_offers(goods_by_merchant, conversion, destination, loads).items()}


def shipments_of(reference: uuid.UUID | Iterable[uuid.UUID]) -> QuerySet[Shipment]:
    """Parcels of a merchant order, or of several, with their lines and timeline (oldest event first). Four queries."""
    references = [reference] if isinstance(reference, uuid.UUID) else list(reference)
    return (
        Shipment.objects.filter(reference__in=references)
        .select_related("warehouse", "booking__account")
        .prefetch_related("lines__variant", Prefetch("events", ShipmentEvent.objects.order_by("at", "id")))
        .order_by("created_at", "id")
    )


def due_of(references: Iterable[uuid.UUID]) -> QuerySet[Reservation]:
    """What is still to be sent of merchant orders, with variants and warehouses; one row per order, variant and warehouse. One query."""
    rows = Reservation.objects.filter(group__in=list(references), status=ReservationStatus.COMMITTED)
    return rows.select_related("stock__variant", "stock__warehouse", "stock__bin").order_by(
        "stock__variant__sku", "stock__warehouse__code", "pk"
    )


def pieces_due(reference: uuid.UUID) -> dict[uuid.UUID, int]:
    """Pieces still to be sent of a merchant order by variant. One query."""
    rows = Reservation.objects.filter(group=reference, status=ReservationStatus.COMMITTED)
    return dict(rows.values_list("stock__variant_id").annotate(pieces=Sum("quantity")))


def promises_of(group: uuid.UUID) -> QuerySet[Reservation]:
    """What a merchant order is, or was, sent from, each with the plan that chose it. One query."""
    rows = Reservation.objects.filter(
        group=group, status__in=[ReservationStatus.HELD, ReservationStatus.COMMITTED, ReservationStatus.FULFILLED]
    )
    return rows.select_related("stock__warehouse", "stock__variant").order_by("ordinal")


def groups_promised_from(place_id: uuid.UUID) -> list[uuid.UUID]:
    """Merchant orders that wait for goods of a warehouse or stock row, the oldest first. One query."""
    rows = Reservation.objects.filter(status=ReservationStatus.COMMITTED).filter(Q(stock=place_id) | Q(stock__warehouse=place_id))
    return list(dict.fromkeys(rows.order_by("created_at", "pk").values_list("group", flat=True)))


def home_of(reference: uuid.UUID, merchant_id: uuid.UUID) -> Warehouse | None:
    """Where goods of a merchant order go back to: the active warehouse that sent its first parcel, else the merchant's first one.

    Two queries.
    """
    active = Warehouse.objects.filter(merchant_id=merchant_id, is_active=True)
    sent = Shipment.objects.filter(reference=reference, merchant_id=merchant_id, warehouse__is_active=True)
    first = sent.order_by("created_at", "pk").values_list("warehouse_id", flat=True).first()
    return active.filter(pk=first).first() if first else active.order_by("priority", "code").first()
