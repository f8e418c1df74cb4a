"""Goods that come in, counts that are corrected, and the walls around both."""

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import ProductCard
from core.exchange.rules import own
from core.ids import uuid7
from core.invariants import violations
from core.states import StaleState
from logistics import services
from logistics.errors import InvalidQuantity, InvalidRate, NotFound, StockBelowReserved, WrongMerchant
from logistics.models import Stock, StockMovement, Warehouse
from logistics.selectors import shipping_offers, shipping_quote
from tests.factories.catalog import make_variant
from tests.factories.logistics import NOW, make_reservations, make_shipment, make_stock, make_warehouse
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


def correct(stock: Stock, on_hand: int, expected: int | None = None, **overrides: object) -> Stock:
    arguments = {"stock_id": stock.pk, "on_hand": on_hand, "expected_on_hand": expected, "actor": "merchant:1", "at": NOW, **overrides}
    return services.correct_stock(**arguments)  # type: ignore[arg-type]


def counters(stock: Stock) -> tuple[int, int]:
    stock.refresh_from_db()
    return stock.on_hand, stock.reserved


def test_received_goods_are_a_movement_and_put_the_product_in_stock() -> None:
    variant = make_variant()
    warehouse = make_warehouse(variant.merchant)

    for quantity in (4, 6):
        stock = services.receive_stock(variant=variant, warehouse=warehouse, quantity=quantity, actor="merchant:1", at=NOW, note="van")

    assert stock.on_hand == 10
    assert [(row.delta, row.reason, row.note) for row in stock.movements.order_by("delta")] == [
        (4, "received", "van"),
        (6, "received", "van"),
    ]
    assert ProductCard.objects.get().in_stock
    assert violations() == {}


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_a_quantity_that_cannot_be_received_is_refused(quantity: int) -> None:
    stock = make_stock(5)

    with pytest.raises(InvalidQuantity), transaction.atomic():
        services.receive_stock(variant=stock.variant, warehouse=stock.warehouse, quantity=quantity, actor="merchant:1", at=NOW)

    assert counters(stock) == (5, 0)


def test_goods_are_not_received_in_another_merchants_warehouse() -> None:
    with pytest.raises(WrongMerchant), transaction.atomic():
        services.receive_stock(variant=make_variant(), warehouse=make_warehouse(), quantity=1, actor="merchant:1", at=NOW)

    assert not Stock.objects.exists()


def test_a_delivery_of_many_products_is_received_whole_or_not_at_all() -> None:
    warehouse = make_warehouse()
    receipts = [services.Receipt(make_variant(), warehouse, 3)]

    with pytest.raises(WrongMerchant), transaction.atomic():
        services.receive_many(receipts=[services.Receipt(make_variant(), make_warehouse(), 3), *receipts], actor="merchant:1", at=NOW)

    assert not Stock.objects.exists()


def test_a_count_is_written_as_the_difference() -> None:
    """STK09."""
    stock = make_stock(10)

    correct(stock, 7, 10, note="three broken")

    assert counters(stock) == (7, 0)
    movement = stock.movements.get(reason="corrected")
    assert (movement.delta, movement.note, movement.actor) == (-3, "three broken", "merchant:1")
    assert violations() == {}


def test_the_same_count_again_changes_nothing() -> None:
    stock = make_stock(10)

    correct(stock, 10, 10)

    assert stock.movements.count() == 1


def test_stock_cannot_be_corrected_below_what_orders_were_promised() -> None:
    """STK09."""
    stock = make_stock(10)
    make_reservations({stock: 5})

    with pytest.raises(StockBelowReserved) as refusal, transaction.atomic():
        correct(stock, 3, 10)

    assert refusal.value.params == {"reserved": 5}
    assert counters(stock) == (10, 5)
    assert stock.movements.count() == 1


def test_a_count_of_goods_that_were_sold_meanwhile_is_a_conflict() -> None:
    """STK10."""
    stock = make_stock(10)
    make_shipment(stock, 2)

    with pytest.raises(StaleState), transaction.atomic():
        correct(stock, 12, 10)

    assert counters(stock) == (8, 0)


def test_corrections_cross_zero_in_both_directions() -> None:
    stock = make_stock(1)

    correct(stock, 0)
    sold_out = ProductCard.objects.get().in_stock
    correct(stock, 2)

    assert not sold_out
    assert ProductCard.objects.get().in_stock


def test_stock_of_another_merchant_does_not_exist() -> None:
    stock = make_stock(10)

    with pytest.raises(NotFound), transaction.atomic():
        correct(stock, 3, merchant_id=make_merchant().pk)
    with pytest.raises(NotFound), transaction.atomic():
        correct(Stock(pk=uuid7()), 3)
    with pytest.raises(NotFound), transaction.atomic():
        services.set_warehouse_active(warehouse_id=stock.warehouse_id, is_active=False, merchant_id=make_merchant().pk)

    assert counters(stock) == (10, 0)
    assert Warehouse.objects.get().is_active


@pytest.mark.parametrize("on_hand", [-1, 10**9])
def test_an_absurd_count_is_refused(on_hand: int) -> None:
    stock = make_stock(10)

    with pytest.raises(InvalidQuantity), transaction.atomic():
        correct(stock, on_hand)

    assert counters(stock) == (10, 0)


@pytest.mark.parametrize("write", ["UPDATE logistics_stockmovement SET delta = 99", "DELETE FROM logistics_stockmovement"])
def test_movements_cannot_be_changed_or_deleted(write: str) -> None:
    stock = make_stock(10)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(write)

    assert StockMovement.objects.get().delta == 10
    assert stock.on_hand == 10


def test_the_database_refuses_more_promised_than_there_is() -> None:
    """STK09."""
    stock = make_stock(10)

    with pytest.raises(IntegrityError, match="stock_reserved"), transaction.atomic():
        Stock.objects.filter(pk=stock.pk).update(reserved=11)

    assert counters(stock) == (10, 0)


def test_every_tampering_is_seen_by_an_invariant() -> None:
    """STK13."""
    stock, other = make_stock(10), make_stock(10)
    shipment = make_shipment(other)

    Stock.objects.filter(pk=stock.pk).update(on_hand=11, reserved=1, merchant=make_merchant())
    shipment.lines.all().delete()

    assert set(violations()) == {
        "invariant_stock_on_hand_is_sum_of_movements",
        "invariant_stock_reserved_is_sum_of_reservations",
        "invariant_stock_of_one_merchant",
        "invariant_shipment_has_lines",
    }


def test_shipping_is_flat_and_free_from_a_sum_upward() -> None:
    flat, free, other, none = (make_merchant() for _ in range(4))
    services.set_shipping_rate(merchant=flat, currency="USD", flat_minor=500)
    services.set_shipping_rate(merchant=free, currency="USD", flat_minor=500, free_over_minor=3_000)
    services.set_shipping_rate(merchant=other, currency="EUR", flat_minor=500)
    goods = {flat.pk: 9_999, free.pk: 3_000, other.pk: 100, none.pk: 100}

    quote = shipping_quote(goods, own("USD"))

    assert quote == {flat.pk: 500, free.pk: 0, other.pk: 0, none.pk: 0}
    assert shipping_offers({free.pk: 2_400}, own("USD"))[free.pk].missing_minor == 600


def test_a_new_rate_replaces_the_old_one_and_negative_ones_are_refused() -> None:
    merchant = make_merchant()
    services.set_shipping_rate(merchant=merchant, currency="USD", flat_minor=500)
    services.set_shipping_rate(merchant=merchant, currency="USD", flat_minor=700)

    with pytest.raises(InvalidRate), transaction.atomic():
        services.set_shipping_rate(merchant=merchant, currency="USD", flat_minor=-1)

    assert shipping_quote({merchant.pk: 1}, own("USD")) == {merchant.pk: 700}
