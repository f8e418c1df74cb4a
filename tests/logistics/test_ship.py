"""Parcels: handed over once, followed until they arrive."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent
from core.states import IllegalTransition, history
from logistics import services
from logistics.errors import InvalidTracking, NotFound, NothingToShip
from logistics.models import Reservation, Shipment, Stock, StockMovement
from logistics.selectors import shipments_of
from tests.factories.catalog import make_variant
from tests.factories.logistics import NOW, make_reservations, make_shipment, make_stock, make_warehouse
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def send(row: Reservation, tracking_number: str = "SF1", carrier: str = "SF Express") -> list[Shipment]:
    return services.ship(
        reference=row.group, merchant_id=row.merchant_id, carrier=carrier, tracking_number=tracking_number, actor="merchant:1", at=NOW
    )


def counters(stock: Stock) -> tuple[int, int]:
    stock.refresh_from_db()
    return stock.on_hand, stock.reserved


def test_shipped_goods_leave_the_books() -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 3}, committed=True)

    [shipment] = send(row)

    row.refresh_from_db()
    assert row.status == "fulfilled"
    assert counters(stock) == (7, 0)
    movement = StockMovement.objects.get(reason="shipped")
    assert (movement.stock, movement.delta, movement.reference, movement.actor) == (stock, -3, str(row.group), "merchant:1")
    assert (shipment.status, shipment.shipped_at) == ("handed_over", NOW)
    assert [(line.variant, line.quantity) for line in shipment.lines.all()] == [(stock.variant, 3)]
    assert [(event.code, event.at) for event in shipment.events.all()] == [("handed_over", NOW)]
    assert [(change.to_status, change.actor) for change in history(shipment)] == [("handed_over", "merchant:1")]
    assert violations() == {}


def test_shipping_twice_with_one_tracking_number_makes_one_parcel() -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 3}, committed=True)
    first = send(row, "SF1")

    second = send(row, " SF1 ")

    assert second == first
    assert counters(stock) == (7, 0)
    assert StockMovement.objects.filter(reason="shipped").count() == 1


def test_an_order_is_not_shipped_again_under_another_number() -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 3}, committed=True)
    send(row, "SF1")

    with pytest.raises(NothingToShip), transaction.atomic():
        send(row, "SF2")

    assert counters(stock) == (7, 0)
    assert Shipment.objects.count() == 1


def test_an_order_in_two_warehouses_is_two_parcels() -> None:
    variant = make_variant()
    for priority in range(2):
        make_stock(5, variant=variant, warehouse=make_warehouse(variant.merchant, priority=priority))
    rows = make_reservations({variant: 8}, committed=True)

    shipments = send(rows[0])

    assert len(rows) == 2
    assert sorted(line.quantity for shipment in shipments for line in shipment.lines.all()) == [3, 5]
    assert len({shipment.warehouse_id for shipment in shipments}) == 2
    assert violations() == {}


def test_unpaid_released_and_unknown_orders_have_nothing_to_ship() -> None:
    stock, cancelled = make_stock(10), uuid7()
    [held] = make_reservations({stock: 1})
    [released] = make_reservations({stock: 1}, reference=cancelled)
    services.release_reservations(reference=cancelled, at=NOW, reason="cancelled")

    for row in (held, released, Reservation(group=uuid7(), merchant_id=held.merchant_id)):
        with pytest.raises(NothingToShip), transaction.atomic():
            send(row)

    assert counters(stock) == (10, 1)


def test_another_merchant_cannot_ship_the_order() -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 1}, committed=True)
    row.merchant = make_merchant()

    with pytest.raises(NothingToShip), transaction.atomic():
        send(row)

    assert counters(stock) == (10, 1)


@pytest.mark.parametrize(("carrier", "number"), [("", "SF1"), ("SF", "  "), ("SF", "1" * 61)])
def test_a_parcel_needs_a_carrier_and_a_tracking_number(carrier: str, number: str) -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 1}, committed=True)

    with pytest.raises(InvalidTracking), transaction.atomic():
        send(row, number, carrier)

    assert counters(stock) == (10, 1)


def test_a_parcel_moves_along_its_timeline_until_it_is_delivered() -> None:
    shipment = make_shipment()
    news = [("in_transit", "Hangzhou"), ("in_transit", "Shanghai"), ("out_for_delivery", "Shanghai"), ("delivered", "Shanghai")]

    for hours, (code, place) in enumerate(news, start=1):
        services.record_tracking(shipment_id=shipment.pk, code=code, place=place, at=NOW + hours * HOUR, actor="system:carrier")

    shipment.refresh_from_db()
    assert (shipment.status, shipment.delivered_at) == ("delivered", NOW + 4 * HOUR)
    assert [(event.code, event.place) for event in shipment.events.order_by("at")] == [("handed_over", ""), *news]
    assert [change.to_status for change in history(shipment)] == ["handed_over", "in_transit", "out_for_delivery", "delivered"]
    payloads = [event.payload for event in OutboxEvent.objects.filter(name="ShipmentDelivered")]
    assert payloads == [{"reference": str(shipment.reference), "shipment_id": str(shipment.pk)}]


def test_the_same_news_told_twice_is_one_entry() -> None:
    shipment = make_shipment()

    for _ in range(2):
        services.record_tracking(shipment_id=shipment.pk, code="delivered", place="Shanghai", at=NOW, actor="system:carrier")

    assert shipment.events.count() == 2
    assert OutboxEvent.objects.filter(name="ShipmentDelivered").count() == 1


def test_a_delivered_parcel_does_not_go_back_on_the_road() -> None:
    shipment = make_shipment()
    services.record_tracking(shipment_id=shipment.pk, code="delivered", at=NOW, actor="merchant:1")

    with pytest.raises(IllegalTransition), transaction.atomic():
        services.record_tracking(shipment_id=shipment.pk, code="in_transit", at=NOW + HOUR, actor="merchant:1")

    shipment.refresh_from_db()
    assert (shipment.status, shipment.events.count()) == ("delivered", 2)


def test_a_parcel_of_another_merchant_does_not_exist() -> None:
    shipment = make_shipment()

    with pytest.raises(NotFound), transaction.atomic():
        services.record_tracking(shipment_id=shipment.pk, code="delivered", at=NOW, actor="merchant:2", merchant_id=make_merchant().pk)
    with pytest.raises(NotFound), transaction.atomic():
        services.record_tracking(shipment_id=uuid7(), code="delivered", at=NOW, actor="merchant:2")

    shipment.refresh_from_db()
    assert shipment.status == "handed_over"


def test_parcels_of_orders_are_read_in_four_queries_however_many_there_are(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    shipments = [make_shipment() for _ in range(3)]

    with django_assert_num_queries(4):
        read = [
            (shipment.warehouse.name, [line.variant.sku for line in shipment.lines.all()], [event.code for event in shipment.events.all()])
            for shipment in shipments_of([shipment.reference for shipment in shipments])
        ]

    assert len(read) == 3
    assert list(shipments_of(shipments[0].reference)) == [shipments[0]]


def test_timeline_codes_have_labels_for_people() -> None:
    event = make_shipment().events.get()

    with translation.override("en"):
        label = event.get_code_display()

    assert label == "Handed to the carrier"
