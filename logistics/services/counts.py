"""Counting shelves: differences become movements, large ones once somebody has confirmed them."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from django.db import transaction

from core.states import move_to, record_change, write_changes
from logistics.errors import GoodsInvalid, InvalidQuantity, NotFound, StockBelowReserved
from logistics.models import CountLine, Stock, StockCount, StockMovement, Warehouse
from logistics.services.goods import MOST_LINES, MOST_PIECES
from logistics.services.levels import Change, shift
from logistics.services.showcase import refresh_in_stock
from logistics.states import CountStatus


@transaction.atomic
def open_count(
    *,
    merchant_id: uuid.UUID,
    warehouse_id: uuid.UUID,
    skus: Collection[str],
    actor: str,
    at: dt.datetime,
    confirm_from: int = 5,
    note: str = "",
) -> StockCount:
    """Start counting shelves of a warehouse.

    Args:
        skus: what is counted; everything that lies there, at most 500 articles, when empty.
        confirm_from: a difference of so many pieces or more is posted only once it is confirmed.

    Raises:
        NotFound: the warehouse is not this merchant's.
        GoodsInvalid: nothing, or something that has no shelf there.
    """
    if not Warehouse.objects.filter(pk=warehouse_id, merchant=merchant_id).exists():
        raise NotFound
    rows = Stock.objects.filter(warehouse=warehouse_id, merchant=merchant_id).select_related("variant").order_by("variant__sku")
    stocks = {row.variant.sku: row for row in (rows.filter(variant__sku__in=skus) if skus else rows)[:MOST_LINES]}
    missing = set(skus) - stocks.keys()
    if missing or not stocks:
        raise GoodsInvalid(sku=", ".join(sorted(missing)) or 0)
    count = StockCount.objects.create(
        merchant_id=merchant_id, warehouse_id=warehouse_id, confirm_from=confirm_from, note=note[:200], created_at=at
    )
    CountLine.objects.bulk_create(CountLine(merchant_id=merchant_id, count=count, stock=row, created_at=at) for row in stocks.values())
    write_changes([record_change(count, "", count.status, actor=actor, reason="", at=at)])
    return count


@transaction.atomic
def enter_count(*, count_id: uuid.UUID, merchant_id: uuid.UUID, found: Mapping[str, int], actor: str, at: dt.datetime) -> StockCount:
    """What was found on the shelves, compared with the books of this moment. Small differences are posted at once; otherwise all of
    them wait for a confirmation. Entered again while they wait, the new numbers count.

    Args:
        found: SKU → pieces; each shelf of the count once.

    Raises:
        NotFound, IllegalTransition, StaleState
        GoodsInvalid: not exactly the shelves of this count.
        InvalidQuantity: pieces out of range.
        StockBelowReserved: fewer were found than are promised to orders; send those from elsewhere first.
    """
    count = _locked(count_id, merchant_id)
    if count.status == CountStatus.TO_CONFIRM:
        move_to(count, CountStatus.OPEN, actor=actor, at=at, reason="counted again")
    lines = {line.stock.variant.sku: line for line in _lines(count)}
    for sku in lines.keys() ^ found.keys():
        raise GoodsInvalid(sku=sku)
    if not all(0 <= pieces <= MOST_PIECES for pieces in found.values()):
        raise InvalidQuantity(lowest=0, highest=MOST_PIECES)
    books = _books(lines.values())
    for sku, line in lines.items():
        line.expected, line.counted = books[line.stock_id].on_hand, found[sku]
    CountLine.objects.bulk_update(lines.values(), ["expected", "counted"])
    if any(abs(line.difference) >= count.confirm_from for line in lines.values() if line.difference):
        move_to(count, CountStatus.TO_CONFIRM, actor=actor, at=at)
        return count
    return _post(count, list(lines.values()), actor=actor, at=at)


@transaction.atomic
def confirm_count(*, count_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> StockCount:
    """The large differences are real: they become movements. What was sold or received since the count stays counted.

    Raises:
        NotFound, IllegalTransition, StaleState
        StockBelowReserved: fewer would be left than are promised to orders; send those from elsewhere first.
    """
    count = _locked(count_id, merchant_id)
    lines = _lines(count)
    _books(lines)
    return _post(count, lines, actor=actor, at=at)


@transaction.atomic
def drop_count(*, count_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime, reason: str = "") -> StockCount:
    """Nothing comes of this count; raises NotFound, IllegalTransition, StaleState."""
    count = _locked(count_id, merchant_id)
    move_to(count, CountStatus.CANCELLED, actor=actor, at=at, reason=reason)
    return count


def _post(count: StockCount, lines: Collection[CountLine], *, actor: str, at: dt.datetime) -> StockCount:
    move_to(count, CountStatus.POSTED, actor=actor, at=at)
    changed = [line for line in lines if line.difference]
    StockMovement.objects.bulk_create(
        StockMovement(
            stock_id=line.stock_id, delta=line.difference, reason=StockMovement.Reason.COUNTED,
            reference=str(count.pk), note=f"{count.number} {count.note}"[:200], actor=actor, created_at=at,
        )
        for line in changed
    )  # fmt: skip
    shifted = shift(Change(line.stock_id, on_hand=line.difference) for line in changed)
    if not shifted.done:
        raise StockBelowReserved(reserved=sum(line.stock.reserved for line in changed))
    refresh_in_stock(variant_ids=shifted.touched_zero)
    return count


def _books(lines: Collection[CountLine]) -> dict[uuid.UUID, Stock]:
    """The shelves as they are, locked in primary-key order."""
    rows = Stock.objects.filter(pk__in=[line.stock_id for line in lines]).order_by("pk").select_for_update(no_key=True)
    return {row.pk: row for row in rows}


def _locked(count_id: uuid.UUID, merchant_id: uuid.UUID) -> StockCount:
    row: StockCount | None = StockCount.objects.select_for_update(no_key=True).filter(pk=count_id, merchant=merchant_id).first()
    if row is None:
        raise NotFound
    return row


def _lines(count: StockCount) -> list[CountLine]:
    return list(count.lines.select_related("stock__variant").order_by("stock__variant__sku"))
