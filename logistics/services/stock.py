"""Goods that come in, and counts that were wrong. Every change of `on_hand` is a movement."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from catalog.models import Variant
from core.states import StaleState
from logistics.errors import InvalidQuantity, NotFound, StockBelowReserved, WrongMerchant
from logistics.models import Stock, StockMovement, Warehouse
from logistics.services.levels import Change, must_shift
from logistics.services.showcase import refresh_in_stock

MAX_QUANTITY = 1_000_000
MAX_ON_HAND = 100_000_000
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """So many pieces of a variant that arrived in a warehouse."""

    variant: Variant
    warehouse: Warehouse
    quantity: int


def receive_stock(
    *,
    variant: Variant,
    warehouse: Warehouse,
    quantity: int,
    actor: str,
    at: dt.datetime,
    note: str = "",
    reason: StockMovement.Reason = StockMovement.Reason.RECEIVED,
) -> Stock:
    """Take pieces into a warehouse; makes the stock row where there is none.

    Args:
        reason: RECEIVED, or RETURNED for goods a shopper sent back.

    Raises:
        InvalidQuantity: not between 1 and 1,000,000.
        WrongMerchant: variant and warehouse belong to different merchants.
    """
    receive_many(receipts=[Receipt(variant, warehouse, quantity)], actor=actor, at=at, note=note, reason=reason)
    return Stock.objects.get(variant=variant, warehouse=warehouse)


@transaction.atomic
def receive_many(
    *,
    receipts: Sequence[Receipt],
    actor: str,
    at: dt.datetime,
    note: str = "",
    reason: StockMovement.Reason = StockMovement.Reason.RECEIVED,
    reference: str = "",
) -> None:
    """`receive_stock` for whole deliveries, in a handful of statements; all of them or none.

    Args:
        reference: key of what they came with, such as a purchase order.
    """
    for receipt in receipts:
        if not 0 < receipt.quantity <= MAX_QUANTITY:
            raise InvalidQuantity(lowest=1, highest=MAX_QUANTITY)
        if receipt.variant.merchant_id != receipt.warehouse.merchant_id:
            raise WrongMerchant
    ids = _stock_rows(receipts, at)
    arrived = [(ids[receipt.variant.pk, receipt.warehouse.pk], receipt.quantity) for receipt in receipts]
    StockMovement.objects.bulk_create(
        (
            StockMovement(
                stock_id=stock_id, delta=quantity, reason=reason, reference=reference, note=note[:200], actor=actor, created_at=at
            )
            for stock_id, quantity in arrived
        ),
        batch_size=BATCH,
    )
    refresh_in_stock(variant_ids=must_shift(Change(stock_id, on_hand=quantity) for stock_id, quantity in arrived))


def _stock_rows(receipts: Sequence[Receipt], at: dt.datetime) -> dict[tuple[uuid.UUID, uuid.UUID], uuid.UUID]:
    """Keys of the stock rows by variant and warehouse; rows that did not exist are made."""
    keys = {(receipt.variant.pk, receipt.warehouse.pk): receipt.warehouse.merchant_id for receipt in receipts}
    missing = [Stock(variant_id=v, warehouse_id=w, merchant_id=merchant, created_at=at) for (v, w), merchant in sorted(keys.items())]
    Stock.objects.bulk_create(missing, ignore_conflicts=True, batch_size=BATCH)
    rows = Stock.objects.filter(variant_id__in={v for v, _ in keys}, warehouse_id__in={w for _, w in keys})
    return {(v, w): pk for pk, v, w in rows.values_list("pk", "variant_id", "warehouse_id")}


@transaction.atomic
def correct_stock(
    *,
    stock_id: uuid.UUID,
    on_hand: int,
    expected_on_hand: int | None,
    actor: str,
    at: dt.datetime,
    note: str = "",
    merchant_id: uuid.UUID | None = None,
) -> Stock:
    """Set what was counted; the difference becomes a movement. The same number again changes nothing.

    Args:
        expected_on_hand: what the person saw when they counted; None does not check.
        merchant_id: when given, stock of other merchants does not exist.

    Raises:
        NotFound: there is no such stock row.
        InvalidQuantity: negative or absurdly large.
        StaleState: `on_hand` is no longer `expected_on_hand`.
        StockBelowReserved: orders have been promised more than that.
    """
    if not 0 <= on_hand <= MAX_ON_HAND:
        raise InvalidQuantity(lowest=0, highest=MAX_ON_HAND)
    rows = Stock.objects.select_for_update(no_key=True).filter(pk=stock_id)
    stock: Stock | None = (rows if merchant_id is None else rows.filter(merchant_id=merchant_id)).first()
    if stock is None:
        raise NotFound
    if expected_on_hand is not None and stock.on_hand != expected_on_hand:
        raise StaleState
    if on_hand < stock.reserved:
        raise StockBelowReserved(reserved=stock.reserved)
    delta = on_hand - stock.on_hand
    if delta:
        _correct(stock, delta, actor=actor, at=at, note=note)
    return stock


def _correct(stock: Stock, delta: int, *, actor: str, at: dt.datetime, note: str) -> None:
    StockMovement.objects.create(
        stock=stock, delta=delta, reason=StockMovement.Reason.CORRECTED, note=note[:200], actor=actor, created_at=at
    )
    refresh_in_stock(variant_ids=must_shift([Change(stock.pk, on_hand=delta)]))
    stock.on_hand += delta


def set_low_stock(*, stock_id: uuid.UUID, low_at: int | None, merchant_id: uuid.UUID) -> None:
    """From how many free pieces a shelf runs low; None leaves it to its warehouse.

    Raises:
        NotFound: the merchant has no such stock row.
        InvalidQuantity: negative or absurdly large.
    """
    if low_at is not None and not 0 <= low_at <= MAX_QUANTITY:
        raise InvalidQuantity(lowest=0, highest=MAX_QUANTITY)
    if not Stock.objects.filter(pk=stock_id, merchant=merchant_id).update(low_at=low_at):
        raise NotFound
