"""Goods between warehouses: they leave one shelf when they are sent and reach the other when they are counted there."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction

from core.states import move_to, record_change, write_changes
from logistics.errors import GoodsInvalid, MoreThanSent, NotEnoughHere, NotFound, SameWarehouse
from logistics.models import Stock, StockMovement, Transfer, TransferLine, Warehouse
from logistics.services.goods import variants_of
from logistics.services.levels import Change, shift
from logistics.services.showcase import refresh_in_stock
from logistics.services.stock import Receipt, receive_many
from logistics.states import TransferStatus


@transaction.atomic
def draft_transfer(
    *,
    merchant_id: uuid.UUID,
    source_id: uuid.UUID,
    target_id: uuid.UUID,
    goods: Mapping[str, int],
    actor: str,
    at: dt.datetime,
    note: str = "",
) -> Transfer:
    """Write down what is to go from one of a merchant's warehouses to another.

    Args:
        goods: SKU → pieces.

    Raises:
        SameWarehouse, GoodsInvalid, InvalidQuantity
        NotFound: a warehouse is not this merchant's.
    """
    if source_id == target_id:
        raise SameWarehouse
    if Warehouse.objects.filter(pk__in=[source_id, target_id], merchant=merchant_id).count() < 2:
        raise NotFound
    variants = variants_of(merchant_id=merchant_id, goods=goods)
    row = Transfer.objects.create(merchant_id=merchant_id, source_id=source_id, target_id=target_id, note=note[:200], created_at=at)
    TransferLine.objects.bulk_create(
        TransferLine(merchant_id=merchant_id, transfer=row, variant=variants[sku], quantity=count, created_at=at)
        for sku, count in goods.items()
    )
    write_changes([record_change(row, "", row.status, actor=actor, reason="", at=at)])
    return row


@transaction.atomic
def send_transfer(*, transfer_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> Transfer:
    """The goods have left: free pieces go off the shelf, and nobody can buy them until they arrive.

    Raises:
        NotFound, IllegalTransition, StaleState
        NotEnoughHere: fewer free pieces lie there than are to be sent; nothing has left.
    """
    row = _locked(transfer_id, merchant_id)
    move_to(row, TransferStatus.SENT, actor=actor, at=at, sent_at=at)
    lines = _lines(row)
    shelves = {
        stock.variant_id: stock for stock in Stock.objects.filter(warehouse=row.source_id, variant__in=[line.variant_id for line in lines])
    }
    for line in lines:
        stock = shelves.get(line.variant_id)
        if stock is None or stock.available < line.quantity:
            raise NotEnoughHere(sku=line.variant.sku, available=stock.available if stock else 0)
    StockMovement.objects.bulk_create(
        StockMovement(
            stock=shelves[line.variant_id], delta=-line.quantity, reason=StockMovement.Reason.TRANSFER_OUT,
            reference=str(row.pk), note=row.number, actor=actor, created_at=at,
        )
        for line in lines
    )  # fmt: skip
    shifted = shift(Change(shelves[line.variant_id].pk, on_hand=-line.quantity) for line in lines)
    if not shifted.done:
        raise NotEnoughHere(sku=", ".join(line.variant.sku for line in lines), available=0)
    refresh_in_stock(variant_ids=shifted.touched_zero)
    return row


@transaction.atomic
def receive_transfer(*, transfer_id: uuid.UUID, merchant_id: uuid.UUID, goods: Mapping[str, int], actor: str, at: dt.datetime) -> Transfer:
    """The goods were counted on arrival; what is missing is kept on the transfer as lost. All that is not in `goods` did not come.

    Args:
        goods: SKU → pieces that came, 0 for none.

    Raises:
        NotFound, IllegalTransition, StaleState
        GoodsInvalid: something that was not sent.
        MoreThanSent: more than were sent.
    """
    row = _locked(transfer_id, merchant_id)
    move_to(row, TransferStatus.RECEIVED, actor=actor, at=at, received_at=at)
    lines = {line.variant.sku: line for line in _lines(row)}
    for sku, count in goods.items():
        if sku not in lines:
            raise GoodsInvalid(sku=sku)
        if not 0 <= count <= lines[sku].quantity:
            raise MoreThanSent(sku=sku, most=lines[sku].quantity)
    for sku, line in lines.items():
        line.received = goods.get(sku, 0)
    TransferLine.objects.bulk_update(lines.values(), ["received"])
    receipts = [Receipt(line.variant, row.target, line.received) for line in lines.values() if line.received]
    if receipts:
        receive_many(receipts=receipts, actor=actor, at=at, note=row.number, reason=StockMovement.Reason.TRANSFER_IN, reference=str(row.pk))
    return row


@transaction.atomic
def drop_transfer(*, transfer_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> Transfer:
    """It is not sent after all; raises NotFound, IllegalTransition, StaleState."""
    row = _locked(transfer_id, merchant_id)
    move_to(row, TransferStatus.CANCELLED, actor=actor, at=at)
    return row


def _locked(transfer_id: uuid.UUID, merchant_id: uuid.UUID) -> Transfer:
    rows = Transfer.objects.select_for_update(of=("self",), no_key=True).select_related("target")
    row: Transfer | None = rows.filter(pk=transfer_id, merchant=merchant_id).first()
    if row is None:
        raise NotFound
    return row


def _lines(row: Transfer) -> list[TransferLine]:
    return list(row.lines.select_related("variant").order_by("variant__sku"))
