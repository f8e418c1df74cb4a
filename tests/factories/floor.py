from __future__ import annotations

import uuid
from collections.abc import Mapping

from catalog.models import Variant
from core.ids import uuid7
from logistics.floor import services
from logistics.floor.services import Scan
from logistics.models import Stock, Warehouse, Wave, WavePick, WaveTote
from tests.factories.catalog import make_product
from tests.factories.logistics import NOW, make_reservations, make_stock, make_warehouse

ACTOR = "merchant:1"


def make_floor(bins: Mapping[str, int], *, warehouse: Warehouse | None = None) -> dict[str, Stock]:
    """A warehouse with an article in each bin, so many pieces of it; its aisles are as its bins say. Stock rows by bin."""
    warehouse = warehouse or make_warehouse()
    found = {}
    for code, pieces in bins.items():
        made = services.save_bin(merchant_id=warehouse.merchant_id, warehouse_id=warehouse.pk, code=code, at=NOW)
        stock = make_stock(pieces, variant=make_product(merchant=warehouse.merchant).variants.get(), warehouse=warehouse)
        Stock.objects.filter(pk=stock.pk).update(bin=made)
        found[code] = Stock.objects.get(pk=stock.pk)
    return found


def make_order(*goods: tuple[Stock | Variant, int]) -> uuid.UUID:
    """What a paid merchant order was promised, as its reference."""
    group = uuid7()
    make_reservations(dict(goods), reference=uuid7(), group=group, committed=True)
    return group


def wave_of(warehouse: Warehouse, *orders: uuid.UUID) -> Wave:
    return services.make_wave(
        merchant_id=warehouse.merchant_id, warehouse_id=warehouse.pk, orders=named(*orders), actor=ACTOR, at=NOW
    )  # fmt: skip


def named(*orders: uuid.UUID) -> dict[uuid.UUID, str]:
    return {order: f"O-{number}" for number, order in enumerate(orders, 1)}


def a_scan(wave: Wave, token: uuid.UUID | None = None) -> Scan:
    return Scan(wave_id=wave.pk, merchant_id=wave.merchant_id, token=token or uuid7(), actor=ACTOR, at=NOW)


def picked(wave: Wave) -> Wave:
    """The wave with everything picked."""
    for stock_id in set(WavePick.objects.filter(tote__wave=wave).values_list("stock", flat=True)):
        services.pick_pieces(scan=a_scan(wave), stock_id=stock_id)
    return fresh(wave)


def checked(tote: WaveTote) -> WaveTote:
    """The tote with every piece that was picked scanned into its parcel."""
    for pick in tote.picks.select_related("stock__variant"):
        for _ in range(pick.to_pack - pick.packed):
            services.check_piece(scan=a_scan(tote.wave), tote_id=tote.pk, code=pick.stock.variant.sku)
    return tote


def fresh(wave: Wave) -> Wave:
    found: Wave = Wave.objects.get(pk=wave.pk)
    return found
