"""Bins of a warehouse, where its aisles lie, and what lies in which bin."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from logistics.errors import CodeTaken, NotFound
from logistics.floor.errors import BinInUse, BinListInvalid, BinOutside, InvalidBin, InvalidGrid, InvalidLayout, TooManyBins
from logistics.models import Bin, FloorPlan, Stock, Warehouse
from logistics.rules.bins import BinName, bin_name, grid, named

MOST_BINS = 3_000
MOST_LINES = 2_000
LONGEST_CM, WIDEST_CM, MOST_AISLES, MOST_CROSSINGS = 100_000, 10_000, 999, 10


@dataclass(frozen=True, slots=True)
class Sizes:
    """How a floor is laid out, in centimetres; see `models.FloorPlan`."""

    gap_cm: int = 300
    rack_cm: int = 120
    length_cm: int = 3_000
    crossings_cm: tuple[int, ...] = ()
    pack_aisle: int = 1

    @property
    def is_possible(self) -> bool:
        fits = 0 < self.gap_cm <= WIDEST_CM and 0 < self.rack_cm <= WIDEST_CM and 0 < self.length_cm <= LONGEST_CM
        return fits and 0 < self.pack_aisle <= MOST_AISLES and len(self.crossings_cm) <= MOST_CROSSINGS and self._are_inside

    @property
    def _are_inside(self) -> bool:
        return all(0 < cm < self.length_cm for cm in self.crossings_cm)


@transaction.atomic
def lay_out_floor(*, merchant_id: uuid.UUID, warehouse_id: uuid.UUID, sizes: Sizes) -> FloorPlan:
    """Say how the aisles of a warehouse lie.

    Raises:
        NotFound: the warehouse is not this merchant's.
        InvalidLayout: something has no length, or a cross aisle lies outside.
        BinOutside: a bin would lie beyond the end of its aisle.
    """
    _lock(merchant_id, warehouse_id)
    if not sizes.is_possible:
        raise InvalidLayout
    outside = Bin.objects.filter(warehouse=warehouse_id, along_cm__gt=sizes.length_cm).order_by("along_cm").first()
    if outside is not None:
        raise BinOutside(bin=outside.code)
    values = {
        "merchant_id": merchant_id, "gap_cm": sizes.gap_cm, "rack_cm": sizes.rack_cm, "length_cm": sizes.length_cm,
        "crossings_cm": sorted(set(sizes.crossings_cm)), "pack_aisle": sizes.pack_aisle,
    }  # fmt: skip
    plan, _made = FloorPlan.objects.update_or_create(warehouse_id=warehouse_id, defaults=values)
    return plan


@transaction.atomic
def save_bin(
    *,
    merchant_id: uuid.UUID,
    warehouse_id: uuid.UUID,
    code: str,
    at: dt.datetime,
    aisle_number: int | None = None,
    along_cm: int | None = None,
    bin_id: uuid.UUID | None = None,
) -> Bin:
    """Make a bin, or say anew where an existing one is. Without a position it stands where its code says: A is the first aisle.

    Raises:
        NotFound: the warehouse or the bin is not this merchant's.
        InvalidBin: the code is none, or the position is none.
        CodeTaken: the warehouse has a bin with this code.
        BinOutside: it would lie beyond the end of its aisle.
        TooManyBins
    """
    plan = _plan(_lock(merchant_id, warehouse_id))
    name = bin_name(code)
    if name is None:
        raise InvalidBin(bin=code[:20])
    row = _position(name, plan, aisle_number, along_cm)
    if Bin.objects.filter(warehouse=warehouse_id, code=row["code"]).exclude(pk=bin_id).exists():
        raise CodeTaken(code=row["code"])
    if bin_id is None:
        _room_for(warehouse_id, 1)
        made: Bin = Bin.objects.create(merchant_id=merchant_id, warehouse_id=warehouse_id, created_at=at, **row)
        return made
    if not Bin.objects.filter(pk=bin_id, merchant=merchant_id, warehouse=warehouse_id).update(**row):
        raise NotFound
    saved: Bin = Bin.objects.get(pk=bin_id)
    return saved


@transaction.atomic
def make_grid(*, merchant_id: uuid.UUID, warehouse_id: uuid.UUID, zone: str, aisles: str, racks: str, levels: str, at: dt.datetime) -> int:
    """Make all bins of a block of racks, such as aisles A-F, racks 1-12, levels 1-3; returns how many were new.

    Bins that are there already stay as they are. Aisles become longer where the racks need it.

    Raises:
        NotFound: the warehouse is not this merchant's.
        InvalidGrid: a text names nothing, or more than a hundred.
        InvalidBin: a zone that is none.
        TooManyBins
    """
    plan = _plan(_lock(merchant_id, warehouse_id))
    spans = []
    for text, are_aisles in ((aisles, True), (racks, False), (levels, False)):
        found = named(text, are_aisles=are_aisles)
        if found is None:
            raise InvalidGrid(text=text[:40])
        spans.append(found)
    if len(spans[0]) * len(spans[1]) * len(spans[2]) > MOST_BINS:
        raise TooManyBins(most=MOST_BINS)
    names = list(grid(zone.strip().upper(), *spans))
    wrong = next((name for name in names if bin_name(name.code) != name), None)
    if wrong is not None:
        raise InvalidBin(bin=wrong.code[:20])
    return _add(plan, names, at)


def _add(plan: FloorPlan, names: Sequence[BinName], at: dt.datetime) -> int:
    known = set(Bin.objects.filter(warehouse=plan.warehouse_id).values_list("code", flat=True))
    fresh = [name for name in names if name.code not in known]
    _room_for(plan.warehouse_id, len(fresh))
    needed = max((name.along_cm(plan.rack_cm) + plan.rack_cm - plan.rack_cm // 2 for name in fresh), default=0)
    if needed > LONGEST_CM:
        raise BinOutside(bin=fresh[-1].code)
    if needed > plan.length_cm:
        plan.length_cm = needed
        plan.save(update_fields=["length_cm"])
    Bin.objects.bulk_create(
        [
            Bin(merchant_id=plan.merchant_id, warehouse_id=plan.warehouse_id, created_at=at, **_position(name, plan, None, None))
            for name in fresh
        ],
        batch_size=1_000,
    )
    return len(fresh)


@transaction.atomic
def remove_bin(*, bin_id: uuid.UUID, merchant_id: uuid.UUID) -> None:
    """Take an empty bin away.

    Raises:
        NotFound: it is not this merchant's.
        BinInUse: something has its home there.
    """
    row: Bin | None = Bin.objects.select_for_update().filter(pk=bin_id, merchant=merchant_id).first()
    if row is None:
        raise NotFound
    if Stock.objects.filter(bin=row).exists():
        raise BinInUse(bin=row.code)
    row.delete()


def set_bin(*, stock_id: uuid.UUID, merchant_id: uuid.UUID, code: str) -> None:
    """Say in which bin of its warehouse an article lies; empty for none.

    Raises:
        NotFound: the merchant has no such stock row, or its warehouse no such bin.
    """
    stock = Stock.objects.filter(pk=stock_id, merchant=merchant_id).first()
    if stock is None:
        raise NotFound
    name = bin_name(code)
    row = Bin.objects.filter(warehouse=stock.warehouse_id, code=name.code if name else "").first()
    if row is None and code.strip():
        raise InvalidBin(bin=code[:20]) if name is None else NotFound
    Stock.objects.filter(pk=stock_id).update(bin=row)


@transaction.atomic
def assign_bins(*, merchant_id: uuid.UUID, warehouse_id: uuid.UUID, rows: Sequence[tuple[str, str]]) -> int:
    """Give many articles of a warehouse their bins: all of them, or none where a line does not work. Returns how many changed.

    Args:
        rows: SKU and bin by line; an empty bin takes the article out of its bin.

    Raises:
        NotFound: the warehouse is not this merchant's.
        BinListInvalid: the first line that does not work, and why.
    """
    _lock(merchant_id, warehouse_id)
    if not 0 < len(rows) <= MOST_LINES:
        raise BinListInvalid(line=len(rows), text=_("a list has between 1 and %(most)s lines") % {"most": MOST_LINES})
    shelves = _shelves(warehouse_id, [sku for sku, _code in rows])
    names = [bin_name(code) for _sku, code in rows]
    bins = {row.code: row for row in Bin.objects.filter(warehouse=warehouse_id, code__in={name.code for name in names if name})}
    changed = []
    for line, ((sku, code), name) in enumerate(zip(rows, names, strict=True), 1):
        stock, target = shelves.pop(sku, None), bins.get(name.code) if name else None
        if stock is None:
            raise BinListInvalid(line=line, text=_("%(sku)s has no shelf here, or stands there twice") % {"sku": sku[:60]})
        if target is None and code.strip():
            raise BinListInvalid(line=line, text=_("there is no bin %(bin)s here") % {"bin": code[:20]})
        if stock.bin_id != (target.pk if target else None):
            stock.bin = target
            changed.append(stock)
    Stock.objects.bulk_update(sorted(changed, key=lambda row: row.pk), ["bin"], batch_size=500)
    return len(changed)


def _shelves(warehouse_id: uuid.UUID, skus: Iterable[str]) -> dict[str, Stock]:
    """Shelves by SKU, locked in primary-key order, so that counters and bins do not wait in a circle."""
    rows = Stock.objects.filter(warehouse=warehouse_id, variant__sku__in=set(skus)).select_related("variant").order_by("pk")
    return {row.variant.sku: row for row in rows.select_for_update(no_key=True, of=("self",))}


def _lock(merchant_id: uuid.UUID, warehouse_id: uuid.UUID) -> Warehouse:
    """Whoever changes the floor takes turns."""
    rows = Warehouse.objects.filter(pk=warehouse_id, merchant=merchant_id)
    row: Warehouse | None = rows.select_for_update(no_key=True).first()
    if row is None:
        raise NotFound
    return row


def _plan(warehouse: Warehouse) -> FloorPlan:
    plan, _made = FloorPlan.objects.get_or_create(warehouse=warehouse, defaults={"merchant_id": warehouse.merchant_id})
    return plan


def _room_for(warehouse_id: uuid.UUID, count: int) -> None:
    if Bin.objects.filter(warehouse=warehouse_id).count() + count > MOST_BINS:
        raise TooManyBins(most=MOST_BINS)


def _position(name: BinName, plan: FloorPlan, aisle_number: int | None, along_cm: int | None) -> dict[str, str | int]:
    aisle = name.aisle_number if aisle_number is None else aisle_number
    along = name.along_cm(plan.rack_cm) if along_cm is None else along_cm
    if not (0 < aisle <= MOST_AISLES and along >= 0):
        raise InvalidBin(bin=name.code)
    if along > plan.length_cm:
        raise BinOutside(bin=name.code)
    return {
        "code": name.code, "zone": name.zone, "aisle": name.aisle, "rack": name.rack, "level": name.level, "aisle_number": aisle,
        "along_cm": along,
    }  # fmt: skip
