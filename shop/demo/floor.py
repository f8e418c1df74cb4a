"""The floors of two warehouses: six aisles of bins, goods in them, and a wave that somebody is just picking."""

import datetime as dt
import uuid

from django.db import transaction

from core.ids import uuid7
from logistics.floor.services import Scan, assign_bins, lay_out_floor, make_grid, make_wave, pick_pieces
from logistics.floor.services.bins import Sizes
from logistics.models import Bin, Stock, Warehouse, Wave, WavePick
from merchants.models import Merchant
from orders.selectors.shipping import due_by_order, queue_to_ship
from shop.demo.history import OFTEN
from shop.demo.warehouses import ACTOR, KEEPER

# The keeper of several warehouses, and the shop whose login is printed.
WITH_BINS = (KEEPER, OFTEN)
MOST_ORDERS = 8
# Goods do not lie in the order of their numbers.
STRIDE = 37


def keep_bins(now: dt.datetime) -> None:
    """All of it, once."""
    for merchant in Merchant.objects.filter(slug__in=WITH_BINS).order_by("slug"):
        house = Warehouse.objects.filter(merchant=merchant).order_by("priority", "code").first()
        if house is not None and not Bin.objects.filter(warehouse=house).exists():
            _keep(merchant, house, now)


@transaction.atomic
def _keep(merchant: Merchant, house: Warehouse, now: dt.datetime) -> None:
    sizes = Sizes(gap_cm=350, rack_cm=130, length_cm=1_600, crossings_cm=(780,), pack_aisle=2)
    lay_out_floor(merchant_id=merchant.pk, warehouse_id=house.pk, sizes=sizes)
    make_grid(merchant_id=merchant.pk, warehouse_id=house.pk, zone="", aisles="A-F", racks="1-12", levels="1-3", at=now)
    _shelve(house)
    wave = _wave(merchant, house, now - dt.timedelta(minutes=25))
    if wave is not None:
        _pick_half(wave, now - dt.timedelta(minutes=20))


def _shelve(house: Warehouse) -> None:
    codes = list(Bin.objects.filter(warehouse=house).order_by("code").values_list("code", flat=True))
    skus = Stock.objects.filter(warehouse=house).order_by("variant__sku").values_list("variant__sku", flat=True)[: len(codes)]
    rows = [(sku, codes[number * STRIDE % len(codes)]) for number, sku in enumerate(skus)]
    if rows:
        assign_bins(merchant_id=house.merchant_id, warehouse_id=house.pk, rows=rows)


def _wave(merchant: Merchant, house: Warehouse, at: dt.datetime) -> Wave | None:
    orders = list(queue_to_ship(merchant, warehouse_id=house.pk)[: 2 * MOST_ORDERS])
    due = due_by_order(orders)
    # Those that wait in this warehouse alone.
    own = [order for order in orders if {row.warehouse.pk for row in due[order.pk]} == {house.pk}][:MOST_ORDERS]
    if not own:
        return None
    names = {order.pk: order.number for order in own}
    return make_wave(merchant_id=merchant.pk, warehouse_id=house.pk, orders=names, actor=ACTOR, at=at)


def _pick_half(wave: Wave, at: dt.datetime) -> None:
    """The first half of the walk is done."""
    stops = WavePick.objects.filter(tote__wave=wave).order_by("sequence", "stock__variant__sku").values_list("stock_id", flat=True)
    walk: list[uuid.UUID] = list(dict.fromkeys(stops))
    for stock_id in walk[: len(walk) // 2]:
        scan = Scan(wave.pk, wave.merchant_id, uuid7(), ACTOR, at)
        pick_pieces(scan=scan, stock_id=stock_id)
