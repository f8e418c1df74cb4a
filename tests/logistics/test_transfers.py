"""Goods between warehouses: off one shelf when sent, on the other when counted there, accounted for in between."""

import pytest

from core.ids import uuid7
from core.invariants import violations
from core.states import IllegalTransition
from logistics.errors import GoodsInvalid, InvalidQuantity, MoreThanSent, NotEnoughHere, NotFound, SameWarehouse
from logistics.models import Stock, StockMovement, Transfer
from logistics.selectors import availability
from logistics.services import transfers
from tests.factories.logistics import NOW, make_reservations, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
ACTOR = "merchant:1"


def draft(stock: Stock, pieces: int = 4, **more: object) -> Transfer:
    target = make_warehouse(stock.warehouse.merchant)
    values = {"source_id": stock.warehouse_id, "target_id": target.pk, "goods": {stock.variant.sku: pieces}, **more}
    return transfers.draft_transfer(merchant_id=stock.merchant_id, actor=ACTOR, at=NOW, **values)  # type: ignore[arg-type]


def send(row: Transfer) -> Transfer:
    return transfers.send_transfer(transfer_id=row.pk, merchant_id=row.merchant_id, actor=ACTOR, at=NOW)


def receive(row: Transfer, goods: dict[str, int]) -> Transfer:
    return transfers.receive_transfer(transfer_id=row.pk, merchant_id=row.merchant_id, goods=goods, actor=ACTOR, at=NOW)


def test_sent_goods_lie_on_no_shelf_until_they_arrive() -> None:
    stock = make_stock(10)
    row = draft(stock)

    send(row)
    stock.refresh_from_db()
    on_the_way = (stock.on_hand, availability([stock.variant_id])[stock.variant_id], violations())
    receive(row, {stock.variant.sku: 4})

    assert on_the_way == (6, 6, {})
    assert Stock.objects.get(warehouse=row.target).on_hand == 4
    assert set(StockMovement.objects.filter(reference=str(row.pk)).values_list("reason", "delta")) == {
        ("transfer_out", -4), ("transfer_in", 4),
    }  # fmt: skip
    assert violations() == {}


def test_what_is_missing_on_arrival_is_kept_as_lost() -> None:
    stock = make_stock(10)
    row = send(draft(stock))

    receive(row, {stock.variant.sku: 3})

    line = row.lines.get()
    assert (line.quantity, line.received) == (4, 3)
    assert violations() == {}


def test_nothing_arrives_where_nothing_came() -> None:
    stock = make_stock(10)
    row = send(draft(stock))

    receive(row, {})

    assert row.lines.get().received == 0
    assert not Stock.objects.filter(warehouse=row.target).exists()
    assert violations() == {}


def test_promised_pieces_are_not_sent() -> None:
    stock = make_stock(5)
    make_reservations({stock: 3})
    row = draft(stock, 3)

    with pytest.raises(NotEnoughHere) as refusal:
        send(row)

    assert refusal.value.params["available"] == 2
    row.refresh_from_db()
    stock.refresh_from_db()
    assert (row.status, stock.on_hand) == ("draft", 5)


def test_more_than_was_sent_or_something_else_cannot_arrive() -> None:
    stock = make_stock(10)
    row = send(draft(stock))

    with pytest.raises(MoreThanSent):
        receive(row, {stock.variant.sku: 5})
    with pytest.raises(GoodsInvalid):
        receive(row, {"NOTHING": 1})

    row.refresh_from_db()
    assert row.status == "sent"
    assert violations() == {}


def test_a_transfer_is_sent_and_received_once_and_dropped_only_as_a_draft() -> None:
    stock = make_stock(10)
    row = send(draft(stock))

    with pytest.raises(IllegalTransition):
        send(row)
    with pytest.raises(IllegalTransition):
        transfers.drop_transfer(transfer_id=row.pk, merchant_id=row.merchant_id, actor=ACTOR, at=NOW)
    receive(row, {stock.variant.sku: 4})
    with pytest.raises(IllegalTransition):
        receive(row, {stock.variant.sku: 4})

    assert StockMovement.objects.filter(reference=str(row.pk)).count() == 2


def test_lists_and_places_that_cannot_be_are_refused() -> None:
    stock, other = make_stock(10), make_stock(10)

    for error, more in (
        (SameWarehouse, {"target_id": stock.warehouse_id}),
        (NotFound, {"target_id": other.warehouse_id}),
        (GoodsInvalid, {"goods": {}}),
        (GoodsInvalid, {"goods": {other.variant.sku: 1}}),
        (InvalidQuantity, {"goods": {stock.variant.sku: 0}}),
    ):
        with pytest.raises(error):
            draft(stock, **more)

    assert not Transfer.objects.exists()


def test_a_stranger_finds_no_transfer() -> None:
    row = draft(make_stock(10))

    with pytest.raises(NotFound):
        transfers.send_transfer(transfer_id=row.pk, merchant_id=uuid7(), actor=ACTOR, at=NOW)
