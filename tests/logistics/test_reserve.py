"""Holding goods for a purchase, and giving them back."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import ProductCard, Variant
from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent
from core.states import history
from logistics import services
from logistics.errors import InvalidQuantity, OutOfStock, ReservationLost
from logistics.models import Reservation, Stock
from logistics.selectors import availability
from tests.factories.catalog import make_product, make_variant, new_variant
from tests.factories.logistics import NOW, SOON, lines_of, make_reservations, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


def counters(stock: Stock) -> tuple[int, int]:
    stock.refresh_from_db()
    return stock.on_hand, stock.reserved


def in_stock(variant: Variant) -> bool:
    return ProductCard.objects.get(product=variant.product_id).in_stock


def test_reserved_goods_are_no_longer_available() -> None:
    stock = make_stock(10)

    [row] = make_reservations({stock: 3})

    assert (row.status, row.quantity, row.expires_at) == ("held", 3, SOON)
    assert counters(stock) == (10, 3)
    assert availability([stock.variant_id]) == {stock.variant_id: 7}
    assert violations() == {}


def test_too_much_of_one_line_reserves_nothing_and_says_what_is_left() -> None:
    plenty, scarce = make_stock(10), make_stock(2)

    with pytest.raises(OutOfStock) as refusal, transaction.atomic():
        make_reservations({plenty: 3, scarce: 3})

    assert (refusal.value.variant_id, refusal.value.available) == (scarce.variant_id, 2)
    assert str(refusal.value) == "Not enough in stock: 2 left."
    assert counters(plenty) == (10, 0)
    assert counters(scarce) == (2, 0)
    assert not Reservation.objects.exists()


def test_a_variant_that_lies_nowhere_is_out_of_stock() -> None:
    variant = make_variant()

    with pytest.raises(OutOfStock) as refusal, transaction.atomic():
        make_reservations({variant: 1})

    assert refusal.value.available == 0


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001, 10**12])
def test_a_quantity_that_is_no_quantity_is_refused(quantity: int) -> None:
    stock = make_stock(10)

    with pytest.raises(InvalidQuantity), transaction.atomic():
        make_reservations({stock: quantity})

    assert counters(stock) == (10, 0)


def test_reserving_the_same_purchase_twice_reserves_once() -> None:
    stock, reference = make_stock(10), uuid7()
    lines = lines_of({stock: 4})
    first = services.reserve(reference=reference, lines=lines, expires_at=SOON, at=NOW)

    second = services.reserve(reference=reference, lines=lines, expires_at=SOON, at=NOW)

    assert second == first
    assert counters(stock) == (10, 4)


def test_reserving_the_same_purchase_again_works_when_the_shelf_is_empty_by_now() -> None:
    stock, reference = make_stock(4), uuid7()
    lines = lines_of({stock: 4})
    first = services.reserve(reference=reference, lines=lines, expires_at=SOON, at=NOW)
    services.set_warehouse_active(warehouse_id=stock.warehouse_id, is_active=False)

    second = services.reserve(reference=reference, lines=lines, expires_at=SOON, at=NOW)

    assert second == first


def test_a_purchase_whose_goods_were_given_back_cannot_be_reserved_again() -> None:
    stock, reference = make_stock(10), uuid7()
    make_reservations({stock: 4}, reference=reference)
    services.release_reservations(reference=reference, at=NOW, reason="cancelled")

    with pytest.raises(ReservationLost), transaction.atomic():
        make_reservations({stock: 4}, reference=reference)

    assert counters(stock) == (10, 0)


def test_the_same_variant_in_two_lines_is_added_up() -> None:
    stock = make_stock(5)
    [line] = lines_of({stock: 3})

    with pytest.raises(OutOfStock), transaction.atomic():
        services.reserve(reference=uuid7(), lines=[line, line], expires_at=SOON, at=NOW)

    assert counters(stock) == (5, 0)


def test_goods_in_a_closed_warehouse_or_of_another_merchant_are_not_promised() -> None:
    stock = make_stock(5)
    [line] = lines_of({stock: 1})
    stranger = services.ReservationLine(line.group, make_warehouse().merchant_id, line.variant_id, 1)

    with pytest.raises(OutOfStock), transaction.atomic():
        services.reserve(reference=uuid7(), lines=[stranger], expires_at=SOON, at=NOW)
    services.set_warehouse_active(warehouse_id=stock.warehouse_id, is_active=False)
    with pytest.raises(OutOfStock), transaction.atomic():
        services.reserve(reference=uuid7(), lines=[line], expires_at=SOON, at=NOW)

    assert counters(stock) == (5, 0)
    assert availability([stock.variant_id]) == {stock.variant_id: 0}


def test_the_plan_with_its_reasons_is_kept_on_the_reservation() -> None:
    variant = make_variant()
    far = make_warehouse(variant.merchant, code="FAR", priority=20)
    near = make_warehouse(variant.merchant, code="NEAR", priority=1)
    small = make_warehouse(variant.merchant, code="SMALL", priority=0)
    for warehouse, quantity in ((far, 9), (near, 9), (small, 1)):
        make_stock(quantity, variant=variant, warehouse=warehouse)

    [row] = make_reservations({variant: 2})

    assert row.stock.warehouse == near
    assert row.plan == {
        "warehouse": "NEAR", "parcels": 1, "passed_over": {"FAR": "lower_rank", "SMALL": "short"}, "leaves_on": row.plan["leaves_on"],
    }  # fmt: skip


def test_reserving_takes_three_statements_and_the_update_is_the_last() -> None:
    wanted = {make_stock(10): 1 for _ in range(5)}
    lines = lines_of(wanted)

    with CaptureQueriesContext(connection) as queries:
        services.reserve(reference=uuid7(), lines=lines, expires_at=SOON, at=NOW)

    assert len(queries) == 3
    assert "UPDATE logistics_stock" in queries[-1]["sql"]


def test_committed_goods_stay_promised_and_committing_again_changes_nothing() -> None:
    stock, reference = make_stock(10), uuid7()
    [row] = make_reservations({stock: 3}, reference=reference)

    moved = [services.commit_reservations(reference=reference, at=NOW) for _ in range(2)]

    row.refresh_from_db()
    assert moved == [1, 0]
    assert row.status == "committed"
    assert [(change.from_status, change.to_status) for change in history(row)] == [("held", "committed")]
    assert counters(stock) == (10, 3)


@pytest.mark.parametrize("committed", [False, True])
def test_released_goods_are_available_again_and_only_once(committed: bool) -> None:
    stock, reference = make_stock(10), uuid7()
    [row] = make_reservations({stock: 3}, reference=reference, committed=committed)

    released = [services.release_reservations(reference=reference, at=NOW, reason="cancelled") for _ in range(3)]

    row.refresh_from_db()
    assert released == [1, 0, 0]
    assert row.status == "released"
    assert [(change.to_status, change.reason) for change in history(row)][-1] == ("released", "cancelled")
    assert counters(stock) == (10, 0)
    assert violations() == {}


def test_one_merchant_order_of_a_purchase_can_be_released_alone() -> None:
    mine, theirs, reference = make_stock(10), make_stock(10), uuid7()
    rows = make_reservations({mine: 1, theirs: 2}, reference=reference, committed=True)
    group = next(row.group for row in rows if row.stock == mine)

    released = services.release_reservations(reference=reference, at=NOW, reason="cancelled", group=group)

    assert released == 1
    assert counters(mine) == (10, 0)
    assert counters(theirs) == (10, 2)
    assert services.commit_reservations(reference=reference, at=NOW) == 0


def test_a_payment_for_goods_that_are_gone_is_told_so() -> None:
    reference = uuid7()
    make_reservations({make_stock(): 1}, reference=reference)
    services.release_reservations(reference=reference, at=NOW, reason="cancelled")

    with pytest.raises(ReservationLost), transaction.atomic():
        services.commit_reservations(reference=reference, at=NOW)
    with pytest.raises(ReservationLost), transaction.atomic():
        services.commit_reservations(reference=uuid7(), at=NOW)


def test_the_sweep_gives_back_what_is_held_five_minutes_after_the_deadline() -> None:
    stock, reference = make_stock(10), uuid7()
    [row] = make_reservations({stock: 3}, reference=reference)

    early = services.expire_reservations(at=SOON + dt.timedelta(minutes=4, seconds=59))
    due = [services.expire_reservations(at=SOON + dt.timedelta(minutes=5)) for _ in range(2)]

    row.refresh_from_db()
    assert (early, due) == (0, [1, 0])
    assert row.status == "expired"
    assert counters(stock) == (10, 0)
    assert [event.payload for event in OutboxEvent.objects.filter(name="ReservationExpired")] == [{"reference": str(reference)}]


def test_the_sweep_leaves_paid_goods_alone() -> None:
    stock = make_stock(10)
    make_reservations({stock: 3}, committed=True)

    expired = services.expire_reservations(at=SOON + dt.timedelta(days=1))

    assert expired == 0
    assert counters(stock) == (10, 3)


def test_the_last_piece_held_by_a_buyer_who_fails_can_be_bought_by_another() -> None:
    """STK03."""
    stock, reference = make_stock(1), uuid7()
    make_reservations({stock: 1}, reference=reference)
    assert not in_stock(stock.variant)

    services.release_reservations(reference=reference, at=NOW, reason="payment failed")

    assert in_stock(stock.variant)
    assert make_reservations({stock: 1})
    assert not in_stock(stock.variant)


def test_a_product_is_in_stock_until_the_last_of_its_variants_is_gone() -> None:
    product = make_product(
        options=[{"name": "Colour", "values": ["Red", "Blue"]}],
        variants=[new_variant(options={"Colour": "Red"}), new_variant(options={"Colour": "Blue"})],
    )
    red, blue = product.variants.order_by("sku")
    warehouse = make_warehouse(product.merchant)
    make_stock(1, variant=red, warehouse=warehouse)
    make_stock(1, variant=blue, warehouse=warehouse)

    make_reservations({red: 1})
    after_one = in_stock(red)
    make_reservations({blue: 1})

    assert after_one
    assert not in_stock(red)


def test_a_variant_taken_off_sale_is_noticed_by_the_sweep() -> None:
    stock = make_stock(1)
    Variant.objects.filter(pk=stock.variant_id).update(is_active=False)
    assert in_stock(stock.variant)

    corrected = [services.correct_showcase() for _ in range(2)]

    assert corrected == [1, 0]
    assert not in_stock(stock.variant)
