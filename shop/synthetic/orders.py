"""Bulk inserts of synthetic orders of one shop, for measuring what its back office does with a year of them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from catalog.models import Variant
from core.ids import uuid7
from core.postgresql.bulk import insert_many
from logistics.models import Shipment, ShipmentLine, Warehouse
from logistics.states import ShipmentStatus
from merchants.models import Merchant
from orders.models import Checkout, MerchantOrder, OrderLine
from orders.states import CheckoutStatus, OrderStatus

BATCH = 1_000
GOODS = 5_000
YEAR = 365 * 24 * 60
SHIPPING_MINOR = 500
# How many in a hundred, of a shop that sends within a day or two.
STATUSES = {
    OrderStatus.PAID: 3,
    OrderStatus.SHIPPED: 4,
    OrderStatus.DELIVERED: 6,
    OrderStatus.COMPLETED: 80,
    OrderStatus.CANCELLED: 5,
    OrderStatus.AWAITING_PAYMENT: 2,
}
SENT = {
    OrderStatus.SHIPPED: ShipmentStatus.IN_TRANSIT,
    OrderStatus.DELIVERED: ShipmentStatus.DELIVERED,
    OrderStatus.COMPLETED: ShipmentStatus.DELIVERED,
}
UNPAID = {OrderStatus.AWAITING_PAYMENT: CheckoutStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED: CheckoutStatus.EXPIRED}
NAMES = ("Li Na", "Zhang Wei", "Anna Weber", "王芳", "刘洋", "Maria Silva", "Tom Baker", "陈静")
CITIES = ("Hangzhou", "Shanghai", "Berlin", "São Paulo", "成都", "Lyon")


@dataclass(slots=True)
class Batch:
    checkouts: list[Checkout] = field(default_factory=list)
    orders: list[MerchantOrder] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    parcels: list[ShipmentLine] = field(default_factory=list)


def make_orders(merchant: Merchant, count: int, *, seed: int, at: dt.datetime) -> int:
    """Insert `count` orders of the year before `at`, of one to three goods each; returns how many, 0 where the shop has no goods.

    Only what lists show is there: purchases, orders, lines and parcels, and neither payments nor stock that is held.
    """
    dice = random.Random(seed)  # noqa: S311  plausible, not secret
    goods = list(Variant.objects.for_merchant(merchant).select_related("product").order_by("pk")[:GOODS])
    warehouse = Warehouse.objects.for_merchant(merchant).order_by("pk").first()
    if not goods or warehouse is None:
        return 0
    for start in range(0, count, BATCH):
        batch = Batch()
        for _ in range(min(BATCH, count - start)):
            _add(batch, merchant, warehouse, dice.sample(goods, min(dice.choice((1, 1, 1, 2, 3)), len(goods))), dice, at)
        with transaction.atomic():
            for rows in (batch.checkouts, batch.orders, batch.lines, batch.shipments, batch.parcels):
                insert_many(rows)
    return count


def _add(batch: Batch, merchant: Merchant, warehouse: Warehouse, goods: Sequence[Variant], dice: random.Random, now: dt.datetime) -> None:
    (status,) = dice.choices(list(STATUSES), list(STATUSES.values()))
    # What is still to be done is of the last days.
    age = dice.randrange(3 * 24 * 60) if status in {OrderStatus.PAID, OrderStatus.AWAITING_PAYMENT} else dice.randrange(YEAR)
    placed = now - dt.timedelta(minutes=age)
    pieces = [(variant, dice.choice((1, 1, 1, 2))) for variant in goods]
    amounts: dict[str, Any] = {
        "currency": settings.CURRENCY,
        "base_currency": settings.CURRENCY,
        "goods_minor": sum(variant.price_minor * quantity for variant, quantity in pieces),
        "shipping_minor": SHIPPING_MINOR,
    }
    amounts["total_minor"] = amounts["goods_minor"] + SHIPPING_MINOR
    is_paid = status not in UNPAID
    checkout = _checkout(UNPAID.get(status, CheckoutStatus.PAID), placed, placed if is_paid else None, amounts, dice)
    moments = {"paid_at": placed, "ship_by": placed + dt.timedelta(days=2)} if is_paid else {}
    if status in SENT:
        moments["shipped_at"] = placed + dt.timedelta(days=1)
    order = MerchantOrder(
        checkout=checkout, merchant=merchant, number=f"{checkout.number}-1", status=status, placed_at=placed, handling_days=2,
        commission_bps=500, commission_minor=amounts["goods_minor"] // 20, **amounts, **moments,
    )  # fmt: skip
    batch.checkouts.append(checkout)
    batch.orders.append(order)
    batch.lines += [_line(order, variant, quantity) for variant, quantity in pieces]
    if status in SENT:
        _send(batch, order, warehouse, pieces)


def _checkout(status: str, placed: dt.datetime, paid: dt.datetime | None, amounts: dict[str, Any], dice: random.Random) -> Checkout:
    key = uuid7()
    name = dice.choice(NAMES)
    return Checkout(
        id=key, number=f"M{key.hex[-14:].upper()}", token=key.hex, status=status, email=f"{key.hex[-10:]}@example.com", language="en",
        name=name, phone="+86 571 0000", address=f"{dice.randrange(1, 400)} Lake Road", city=dice.choice(CITIES), postcode="310000",
        country="CN", placed_from=key, placed_at=placed, paid_at=paid, expires_at=placed + dt.timedelta(minutes=30), **amounts,
    )  # fmt: skip


def _line(order: MerchantOrder, variant: Variant, quantity: int) -> OrderLine:
    return OrderLine(
        order=order, merchant_id=order.merchant_id, product_id=variant.product_id, variant=variant, sku=variant.sku,
        title=variant.product.title, i18n=variant.product.i18n, options=variant.options, currency=order.currency,
        price_minor=variant.price_minor, quantity=quantity, total_minor=variant.price_minor * quantity,
    )  # fmt: skip


def _send(batch: Batch, order: MerchantOrder, warehouse: Warehouse, pieces: Sequence[tuple[Variant, int]]) -> None:
    shipment = Shipment(
        merchant_id=order.merchant_id, warehouse=warehouse, reference=order.pk, status=SENT[OrderStatus(order.status)], carrier="Post",
        tracking_number=f"T{order.pk.hex[-12:].upper()}", shipped_at=order.shipped_at,
    )  # fmt: skip
    batch.shipments.append(shipment)
    batch.parcels += [ShipmentLine(shipment=shipment, variant=variant, quantity=quantity) for variant, quantity in pieces]
