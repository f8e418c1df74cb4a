"""Counting shelves: small differences are posted, large ones wait for a confirmation."""

import pytest

from core.invariants import violations
from logistics import services
from logistics.errors import GoodsInvalid, NotFound, StockBelowReserved
from logistics.models import Stock, StockCount, StockMovement
from logistics.services import counts
from tests.factories.logistics import NOW, make_reservations, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
ACTOR = "merchant:1"


def open_count(stock: Stock, confirm_from: int = 5) -> StockCount:
    return counts.open_count(
        merchant_id=stock.merchant_id, warehouse_id=stock.warehouse_id, skus=[], actor=ACTOR, at=NOW, confirm_from=confirm_from
    )


def enter(count: StockCount, found: dict[str, int]) -> StockCount:
    return counts.enter_count(count_id=count.pk, merchant_id=count.merchant_id, found=found, actor=ACTOR, at=NOW)


def confirm(count: StockCount) -> StockCount:
    return counts.confirm_count(count_id=count.pk, merchant_id=count.merchant_id, actor=ACTOR, at=NOW)


def on_hand(stock: Stock) -> int:
    stock.refresh_from_db()
    return stock.on_hand


def test_a_small_difference_is_a_movement_at_once() -> None:
    stock = make_stock(20)
    count = open_count(stock)

    done = enter(count, {stock.variant.sku: 17})

    assert (done.status, on_hand(stock)) == ("posted", 17)
    assert StockMovement.objects.filter(reference=str(count.pk)).values_list("delta", "reason").get() == (-3, "counted")
    assert violations() == {}


def test_a_large_difference_waits_and_keeps_what_happened_meanwhile() -> None:
    stock = make_stock(20)
    count = open_count(stock)

    waiting = enter(count, {stock.variant.sku: 12})
    before = on_hand(stock)
    services.receive_stock(variant=stock.variant, warehouse=stock.warehouse, quantity=4, actor=ACTOR, at=NOW)
    done = confirm(count)

    assert (waiting.status, before, done.status, on_hand(stock)) == ("to_confirm", 20, "posted", 16)
    assert violations() == {}


def test_counted_again_the_new_numbers_count() -> None:
    stock = make_stock(20)
    count = open_count(stock)
    enter(count, {stock.variant.sku: 2})

    done = enter(count, {stock.variant.sku: 20})

    assert (done.status, on_hand(stock)) == ("posted", 20)
    assert violations() == {}


def test_fewer_than_are_promised_is_refused_until_the_orders_are_sent_from_elsewhere() -> None:
    stock = make_stock(5)
    other = make_stock(5, variant=stock.variant, warehouse=make_warehouse(stock.warehouse.merchant, priority=99))
    [row] = make_reservations({stock.variant: 4}, committed=True)
    count = open_count(stock)

    with pytest.raises(StockBelowReserved):
        enter(count, {stock.variant.sku: 2})
    count.refresh_from_db()
    refused = (count.status, on_hand(stock))
    services.replan(group=row.group, destination=None, actor=ACTOR, at=NOW, reason="missing", away_from=[stock.pk])
    enter(count, {stock.variant.sku: 2})

    assert refused == ("open", 5)
    assert on_hand(stock) == 2
    other.refresh_from_db()
    assert other.reserved == 4
    assert violations() == {}


def test_each_shelf_of_the_count_is_entered_once() -> None:
    stock = make_stock(5)
    count = open_count(stock)

    for found in ({}, {stock.variant.sku: 5, "OTHER": 1}):
        with pytest.raises(GoodsInvalid):
            enter(count, found)

    assert on_hand(stock) == 5


def test_a_dropped_count_changes_nothing() -> None:
    stock = make_stock(20)
    count = open_count(stock)
    enter(count, {stock.variant.sku: 1})

    counts.drop_count(count_id=count.pk, merchant_id=count.merchant_id, actor=ACTOR, at=NOW)

    assert on_hand(stock) == 20
    assert violations() == {}


def test_what_lies_elsewhere_or_belongs_to_others_is_not_counted_here() -> None:
    stock, other = make_stock(5), make_stock(5)
    asked = {"actor": ACTOR, "at": NOW}

    with pytest.raises(GoodsInvalid):
        counts.open_count(merchant_id=stock.merchant_id, warehouse_id=stock.warehouse_id, skus=[other.variant.sku], **asked)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        counts.open_count(merchant_id=stock.merchant_id, warehouse_id=other.warehouse_id, skus=[], **asked)  # type: ignore[arg-type]

    assert not StockCount.objects.exists()
