"""Warehouses with positions, costs and hours; goods on the way between them, ordered from a supplier and being counted."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from logistics.models import Stock, Transfer, Warehouse
from logistics.rules import Zone
from logistics.services.counts import enter_count, open_count
from logistics.services.purchasing import draft_purchase, place_purchase, receive_purchase, save_supplier
from logistics.services.transfers import draft_transfer, receive_transfer, send_transfer
from logistics.services.warehouses import Terms, set_warehouse_terms
from logistics.services.zones import ZonePrice, save_shipping_zone
from merchants.models import Merchant

KEEPER = "jishi-direct"
ACTOR = "system:demo"
# Where the cities are, in degrees, and what a parcel from there costs its merchant, in minor units.
PLACES = {
    "HZ-C1": ("30.1886", "120.1700", 380), "CD-R1": ("30.5800", "103.9200", 420), "SZ-C1": ("22.5400", "113.9500", 350),
    "WH-R1": ("30.6200", "114.1300", 330), "GZ-C1": ("23.1900", "113.2600", 360), "JX-R1": ("30.7500", "120.7600", 340),
}  # fmt: skip


@transaction.atomic
def keep_house(now: dt.datetime) -> None:
    """All of it, once."""
    merchant = Merchant.objects.filter(slug=KEEPER).first()
    if merchant is None or Transfer.objects.filter(merchant=merchant).exists():
        return
    for house in Warehouse.objects.filter(code__in=PLACES):
        latitude, longitude, cost = PLACES[house.code]
        terms = Terms(
            latitude=Decimal(latitude), longitude=Decimal(longitude), parcel_cost_minor=cost, priority=house.priority,
            cut_off=dt.time(16), working_days=(1, 2, 3, 4, 5, 6),
        )  # fmt: skip
        set_warehouse_terms(warehouse_id=house.pk, terms=terms)
    _charge_by_zone(merchant)
    central, regional = Warehouse.objects.filter(merchant=merchant).order_by("priority")[:2]
    _move(merchant, central, regional, now)
    _buy(merchant, central, now)
    _count(merchant, regional, now)


def _charge_by_zone(merchant: Merchant) -> None:
    nearby = [Zone("HK"), Zone("MO"), Zone("TW")]
    prices = [
        ZonePrice(name="港澳台 HK, MO, TW", zones=nearby, way="weight", flat_minor=700, step_minor=150, step=500, position=1),
        ZonePrice(name="欧洲 Europe", zones=[Zone("DE"), Zone("FR"), Zone("NL")], way="item", flat_minor=1_900, step_minor=400, position=2),
    ]
    for price in prices:
        save_shipping_zone(merchant_id=merchant.pk, price=price)


def _goods(house: Warehouse, first: int, pieces: int) -> dict[str, int]:
    """Three articles of which there is enough."""
    rows = Stock.objects.filter(warehouse=house, on_hand__gte=20, reserved=0).order_by("variant__sku")
    return dict.fromkeys(rows.values_list("variant__sku", flat=True)[first : first + 3], pieces)


def _move(merchant: Merchant, source: Warehouse, target: Warehouse, now: dt.datetime) -> None:
    """One transfer that arrived with a piece missing, and one on the way."""
    for first, days in ((0, 9), (3, 1)):
        goods = _goods(source, first, 4)
        if not goods:
            return
        at = now - dt.timedelta(days=days)
        row = draft_transfer(merchant_id=merchant.pk, source_id=source.pk, target_id=target.pk, goods=goods, actor=ACTOR, at=at)
        send_transfer(transfer_id=row.pk, merchant_id=merchant.pk, actor=ACTOR, at=at)
        if days > 5:
            came = {sku: pieces - (number == 0) for number, (sku, pieces) in enumerate(goods.items())}
            receive_transfer(transfer_id=row.pk, merchant_id=merchant.pk, goods=came, actor=ACTOR, at=at + dt.timedelta(days=3))


def _buy(merchant: Merchant, house: Warehouse, now: dt.datetime) -> None:
    goods = _goods(house, 0, 24)
    if not goods:
        return
    supplier = save_supplier(merchant_id=merchant.pk, code="YIWU", name="义乌百货 Yiwu Wares", email="orders@yiwu.example", lead_days=6)
    known: dict[str, Any] = {"merchant_id": merchant.pk, "actor": ACTOR}
    at = now - dt.timedelta(days=4)
    row = draft_purchase(supplier_id=supplier.pk, warehouse_id=house.pk, goods=goods, at=at, **known)
    place_purchase(purchase_id=row.pk, at=at, **known)
    receive_purchase(purchase_id=row.pk, goods=dict.fromkeys(list(goods)[:2], 12), at=now - dt.timedelta(days=1), **known)


def _count(merchant: Merchant, house: Warehouse, now: dt.datetime) -> None:
    """A count that found seven pieces too many of one article and waits for a confirmation."""
    skus = list(Stock.objects.filter(warehouse=house).order_by("variant__sku").values_list("variant__sku", flat=True)[:3])
    if not skus:
        return
    count = open_count(merchant_id=merchant.pk, warehouse_id=house.pk, skus=skus, actor=ACTOR, at=now)
    books = dict(Stock.objects.filter(warehouse=house, variant__sku__in=skus).values_list("variant__sku", "on_hand"))
    found = {sku: pieces + 7 * (sku == skus[0]) for sku, pieces in books.items()}
    enter_count(count_id=count.pk, merchant_id=merchant.pk, found=found, actor=ACTOR, at=now)
