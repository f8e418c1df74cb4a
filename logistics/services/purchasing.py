"""Buying goods from suppliers, and taking them in as they come."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from core.states import move_to, record_change, write_changes
from logistics.errors import CodeTaken, GoodsInvalid, MoreThanSent, NotFound
from logistics.models import PurchaseLine, PurchaseOrder, Supplier, Warehouse
from logistics.services.goods import variants_of
from logistics.services.stock import Receipt, receive_many
from logistics.states import PurchaseStatus


def save_supplier(
    *,
    merchant_id: uuid.UUID,
    code: str,
    name: str,
    email: str = "",
    lead_days: int = 7,
    is_active: bool = True,
    supplier_id: uuid.UUID | None = None,
) -> Supplier:
    """A new supplier of a merchant, or what has changed about one.

    Args:
        lead_days: days until goods arrive, from which the expected day of an order is made.

    Raises:
        NotFound: the merchant has no such supplier.
        CodeTaken: it has another one of this code.
    """
    values = {"code": code, "name": name, "email": email, "lead_days": lead_days, "is_active": is_active}
    try:
        with transaction.atomic():
            if supplier_id is None:
                return Supplier.objects.create(merchant_id=merchant_id, **values)
            if not Supplier.objects.filter(pk=supplier_id, merchant=merchant_id).update(**values):
                raise NotFound
    except IntegrityError as error:
        raise CodeTaken(code=code) from error
    return Supplier.objects.get(pk=supplier_id)


@transaction.atomic
def draft_purchase(
    *,
    merchant_id: uuid.UUID,
    supplier_id: uuid.UUID,
    warehouse_id: uuid.UUID,
    goods: Mapping[str, int],
    actor: str,
    at: dt.datetime,
    expected_on: dt.date | None = None,
    note: str = "",
) -> PurchaseOrder:
    """Write down what is to be ordered from a supplier into a warehouse.

    Args:
        goods: SKU → pieces.
        expected_on: when it should arrive; by the supplier's days, counted from when it is ordered, unless said.

    Raises:
        NotFound: the supplier or the warehouse is not this merchant's.
        GoodsInvalid, InvalidQuantity
    """
    is_own = Supplier.objects.filter(pk=supplier_id, merchant=merchant_id).exists()
    if not is_own or not Warehouse.objects.filter(pk=warehouse_id, merchant=merchant_id).exists():
        raise NotFound
    variants = variants_of(merchant_id=merchant_id, goods=goods)
    row = PurchaseOrder.objects.create(
        merchant_id=merchant_id, supplier_id=supplier_id, warehouse_id=warehouse_id, expected_on=expected_on, note=note[:200], created_at=at
    )
    PurchaseLine.objects.bulk_create(
        PurchaseLine(merchant_id=merchant_id, order=row, variant=variants[sku], quantity=count, created_at=at)
        for sku, count in goods.items()
    )
    write_changes([record_change(row, "", row.status, actor=actor, reason="", at=at)])
    return row


@transaction.atomic
def place_purchase(*, purchase_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> PurchaseOrder:
    """It was sent to the supplier; raises NotFound, IllegalTransition, StaleState."""
    row = _locked(purchase_id, merchant_id)
    expected_on = row.expected_on or at.date() + dt.timedelta(days=row.supplier.lead_days)
    move_to(row, PurchaseStatus.ORDERED, actor=actor, at=at, ordered_at=at, expected_on=expected_on)
    return row


@transaction.atomic
def receive_purchase(
    *, purchase_id: uuid.UUID, merchant_id: uuid.UUID, goods: Mapping[str, int], actor: str, at: dt.datetime
) -> PurchaseOrder:
    """Some of the goods have come and are on the shelf; the order is received once all have.

    Args:
        goods: SKU → pieces that came this time.

    Raises:
        NotFound, IllegalTransition, StaleState
        GoodsInvalid: nothing, or something that was not ordered.
        MoreThanSent: more than are still to come.
    """
    row = _locked(purchase_id, merchant_id)
    lines = {line.variant.sku: line for line in row.lines.select_related("variant")}
    came = {sku: count for sku, count in goods.items() if count}
    if not came:
        raise GoodsInvalid(sku=0)
    for sku, count in came.items():
        if sku not in lines:
            raise GoodsInvalid(sku=sku)
        if not 0 < count <= lines[sku].quantity - lines[sku].received:
            raise MoreThanSent(sku=sku, most=lines[sku].quantity - lines[sku].received)
        lines[sku].received += count
    is_all = all(line.received == line.quantity for line in lines.values())
    status = PurchaseStatus.RECEIVED if is_all else PurchaseStatus.PART_RECEIVED
    if status != row.status:
        move_to(row, status, actor=actor, at=at)
    PurchaseLine.objects.bulk_update([lines[sku] for sku in came], ["received"])
    receipts = [Receipt(lines[sku].variant, row.warehouse, count) for sku, count in came.items()]
    receive_many(receipts=receipts, actor=actor, at=at, note=row.number, reference=str(row.pk))
    return row


@transaction.atomic
def end_purchase(*, purchase_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime, reason: str) -> PurchaseOrder:
    """Nothing more of it will come: closed where some has, else dropped. Raises NotFound, IllegalTransition, StaleState."""
    row = _locked(purchase_id, merchant_id)
    status = PurchaseStatus.CLOSED if row.status == PurchaseStatus.PART_RECEIVED else PurchaseStatus.CANCELLED
    move_to(row, status, actor=actor, at=at, reason=reason)
    return row


def _locked(purchase_id: uuid.UUID, merchant_id: uuid.UUID) -> PurchaseOrder:
    rows = PurchaseOrder.objects.select_for_update(of=("self",), no_key=True).select_related("supplier", "warehouse")
    row: PurchaseOrder | None = rows.filter(pk=purchase_id, merchant=merchant_id).first()
    if row is None:
        raise NotFound
    return row
