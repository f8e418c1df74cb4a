"""Buying from suppliers: goods come in parts and are on the shelf as they come."""

import datetime as dt

import pytest

from core.ids import uuid7
from core.invariants import violations
from core.states import IllegalTransition
from logistics.errors import CodeTaken, GoodsInvalid, MoreThanSent, NotFound
from logistics.models import PurchaseOrder, Stock, StockMovement, Supplier
from logistics.services import purchasing
from tests.factories.logistics import NOW, make_stock

pytestmark = pytest.mark.django_db
ACTOR = "merchant:1"


def order(stock: Stock, pieces: int = 10, *, placed: bool = True) -> PurchaseOrder:
    supplier = purchasing.save_supplier(merchant_id=stock.merchant_id, code="S", name="Kiln", lead_days=5)
    row = purchasing.draft_purchase(
        merchant_id=stock.merchant_id, supplier_id=supplier.pk, warehouse_id=stock.warehouse_id, goods={stock.variant.sku: pieces},
        actor=ACTOR, at=NOW,
    )  # fmt: skip
    return purchasing.place_purchase(purchase_id=row.pk, merchant_id=row.merchant_id, actor=ACTOR, at=NOW) if placed else row


def receive(row: PurchaseOrder, goods: dict[str, int]) -> PurchaseOrder:
    return purchasing.receive_purchase(purchase_id=row.pk, merchant_id=row.merchant_id, goods=goods, actor=ACTOR, at=NOW)


def test_goods_come_in_parts_until_all_are_there() -> None:
    stock = make_stock(1)
    row = order(stock)

    first = receive(row, {stock.variant.sku: 4}).status
    second = receive(row, {stock.variant.sku: 3}).status
    last = receive(row, {stock.variant.sku: 3}).status

    stock.refresh_from_db()
    assert (first, second, last, stock.on_hand) == ("part_received", "part_received", "received", 11)
    assert list(StockMovement.objects.filter(reference=str(row.pk)).order_by("pk").values_list("delta", "reason")) == [
        (4, "received"), (3, "received"), (3, "received"),
    ]  # fmt: skip
    assert violations() == {}


def test_the_day_is_expected_by_the_suppliers_days() -> None:
    row = order(make_stock(1))

    assert row.expected_on == NOW.date() + dt.timedelta(days=5)


def test_no_more_can_come_than_was_ordered_and_nothing_else() -> None:
    stock = make_stock(1)
    row = order(stock)
    receive(row, {stock.variant.sku: 9})

    for error, goods in ((MoreThanSent, {stock.variant.sku: 2}), (GoodsInvalid, {"X": 1}), (GoodsInvalid, {stock.variant.sku: 0})):
        with pytest.raises(error):
            receive(row, goods)

    stock.refresh_from_db()
    assert stock.on_hand == 10
    assert violations() == {}


def test_an_order_is_closed_with_what_has_come_or_dropped_with_nothing() -> None:
    stock = make_stock(1)
    begun = order(stock)
    receive(begun, {stock.variant.sku: 9})

    closed = purchasing.end_purchase(purchase_id=begun.pk, merchant_id=begun.merchant_id, actor=ACTOR, at=NOW, reason="sold out")

    assert closed.status == "closed"
    with pytest.raises(IllegalTransition):
        receive(begun, {stock.variant.sku: 1})
    assert violations() == {}


def test_a_draft_receives_nothing() -> None:
    stock = make_stock(1)
    row = order(stock, placed=False)

    with pytest.raises(IllegalTransition):
        receive(row, {stock.variant.sku: 1})
    dropped = purchasing.end_purchase(purchase_id=row.pk, merchant_id=row.merchant_id, actor=ACTOR, at=NOW, reason="")

    stock.refresh_from_db()
    assert (dropped.status, stock.on_hand) == ("cancelled", 1)


def test_a_suppliers_code_is_used_once_and_strangers_are_not_changed() -> None:
    stock = make_stock(1)
    row = purchasing.save_supplier(merchant_id=stock.merchant_id, code="S", name="Kiln")

    with pytest.raises(CodeTaken):
        purchasing.save_supplier(merchant_id=stock.merchant_id, code="S", name="Loom")
    with pytest.raises(NotFound):
        purchasing.save_supplier(merchant_id=uuid7(), supplier_id=row.pk, code="T", name="Mine")

    assert list(Supplier.objects.values_list("code", "name")) == [("S", "Kiln")]
