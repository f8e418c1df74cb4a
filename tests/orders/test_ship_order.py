"""The merchant's part: preparing, sending, arriving; and the one list that tells of it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from catalog.models import Variant
from core import outbox
from core.models import OutboxEvent
from core.states import IllegalTransition, history
from logistics.errors import NothingToShip
from logistics.models import Shipment, Stock, Warehouse
from logistics.services import create_warehouse, receive_stock, record_tracking
from orders.errors import OrderNotFound
from orders.models import MerchantOrder
from orders.selectors import checkouts_of, order_for_merchant, order_page, orders_of, orders_to_ship
from orders.services import fulfilment
from orders.states import OrderStatus
from tests.factories.accounts import make_user
from tests.factories.orders import make_goods, make_seller
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def ship(order: MerchantOrder, tracking_number: str = "SF1") -> MerchantOrder:
    return fulfilment.ship_order(
        order_id=order.pk, carrier="SF Express", tracking_number=tracking_number, actor="merchant:1", at=timezone.now()
    )


def make_split_goods(first: int, second: int) -> Variant:
    """Goods of one merchant in two warehouses, which are two parcels when more are bought than lie in one."""
    goods = make_goods(stock=first)
    annex = create_warehouse(merchant=goods.merchant, code="ANNEX", name="Annex", kind=Warehouse.Kind.FRONT, city="Suzhou", priority=20)
    receive_stock(variant=goods, warehouse=annex, quantity=second, actor="system:test", at=timezone.now())
    return goods


@pytest.mark.parametrize("status", [OrderStatus.AWAITING_PAYMENT, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED])
def test_only_a_paid_order_can_be_prepared(status: OrderStatus) -> None:
    walk = order_up_to(status, variants=[make_goods()])

    with pytest.raises(IllegalTransition):
        fulfilment.start_preparing(order_id=walk.order.pk, actor="merchant:1", at=timezone.now())

    walk.order.refresh_from_db()
    assert walk.order.status == status


def test_shipping_takes_the_goods_off_the_books_and_starts_the_clock() -> None:
    lamp = make_goods(stock=5)
    walk = order_up_to(OrderStatus.PREPARING, variants=[lamp], quantity=2)

    order = ship(walk.order)

    assert order.status == OrderStatus.SHIPPED
    assert order.shipped_at is not None
    assert order.complete_by == order.shipped_at + dt.timedelta(days=30)
    assert Stock.objects.values_list("on_hand", "reserved").get(variant=lamp) == (3, 0)
    assert OutboxEvent.objects.get(name="OrderShipped").payload["shipment_ids"] == [str(Shipment.objects.get().pk)]


def test_shipping_twice_with_one_tracking_number_sends_one_parcel() -> None:
    walk = order_up_to(OrderStatus.PAID, variants=[make_goods()])

    ship(walk.order)
    ship(walk.order)

    assert Shipment.objects.count() == 1
    assert OutboxEvent.objects.filter(name="OrderShipped").count() == 1


def test_a_sent_order_cannot_be_sent_under_another_number() -> None:
    walk = order_up_to(OrderStatus.PAID, variants=[make_goods()])
    ship(walk.order)

    with pytest.raises(NothingToShip):
        ship(walk.order, "SF2")

    assert Shipment.objects.get().tracking_number == "SF1"


@pytest.mark.parametrize("status", [OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.EXPIRED])
def test_an_order_that_is_not_paid_or_has_ended_cannot_be_sent(status: OrderStatus) -> None:
    walk = order_up_to(status, variants=[make_goods()])

    with pytest.raises(IllegalTransition):
        ship(walk.order)

    assert not Shipment.objects.exists()
    assert walk.refresh().order.status == status


def test_the_order_is_delivered_when_its_last_parcel_is() -> None:
    walk = order_up_to(OrderStatus.SHIPPED, variants=[make_goods()])
    at = timezone.now()

    record_tracking(shipment_id=Shipment.objects.get().pk, code="delivered", at=at, place="Shanghai", actor="system:carrier")
    outbox.relay(now=timezone.now())

    order = walk.refresh().order
    assert order.status == OrderStatus.DELIVERED
    assert order.delivered_at is not None
    assert order.complete_by == order.delivered_at + dt.timedelta(days=10)
    assert OutboxEvent.objects.filter(name="OrderDelivered").count() == 1


def test_marking_delivered_twice_is_the_same_as_once() -> None:
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods()])
    deadline = walk.order.complete_by

    fulfilment.mark_delivered(order_id=walk.order.pk, actor="system:test", at=timezone.now() + dt.timedelta(days=3))

    assert walk.refresh().order.complete_by == deadline


def test_marking_an_order_delivered_delivers_the_parcels_that_are_under_way() -> None:
    walk = order_up_to(OrderStatus.SHIPPED, variants=[make_split_goods(5, 5)], quantity=8)
    other = order_up_to(OrderStatus.SHIPPED, variants=[make_goods()])
    arrived, under_way = Shipment.objects.filter(reference=walk.order.pk).order_by("pk")
    at = timezone.now()
    record_tracking(shipment_id=arrived.pk, code="delivered", at=at, place="Shanghai", actor="system:carrier")
    outbox.relay(now=timezone.now())

    for _ in range(2):
        fulfilment.mark_delivered(order_id=walk.order.pk, actor="merchant:1", at=at + dt.timedelta(hours=1))
        outbox.relay(now=timezone.now())

    under_way.refresh_from_db()
    assert (under_way.status, under_way.delivered_at) == ("delivered", at + dt.timedelta(hours=1))
    assert [(event.code, event.at) for event in under_way.events.order_by("at")][1:] == [("delivered", at + dt.timedelta(hours=1))]
    assert [(change.to_status, change.actor) for change in history(under_way)][1:] == [("delivered", "merchant:1")]
    assert [event.place for event in arrived.events.filter(code="delivered")] == ["Shanghai"]
    assert Shipment.objects.get(reference=other.order.pk).status == "handed_over"
    assert [change.to_status for change in history(walk.order)].count("delivered") == 1
    assert OutboxEvent.objects.filter(name="OrderDelivered").count() == 1
    assert OutboxEvent.objects.filter(name="ShipmentDelivered").count() == 2
    assert not OutboxEvent.objects.filter(handled_at=None).exists()


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.PREPARING])
def test_what_was_not_sent_cannot_be_marked_delivered(status: OrderStatus) -> None:
    walk = order_up_to(status, variants=[make_goods()])
    before = Stock.objects.values_list("on_hand", "reserved").get()

    with pytest.raises(IllegalTransition):
        fulfilment.mark_delivered(order_id=walk.order.pk, actor="merchant:1", at=timezone.now())

    walk.order.refresh_from_db()
    assert walk.order.status == status
    assert Stock.objects.values_list("on_hand", "reserved").get() == before


def test_a_parcel_that_went_back_stays_so_when_the_order_is_marked_delivered() -> None:
    walk = order_up_to(OrderStatus.SHIPPED, variants=[make_goods()])
    parcel = Shipment.objects.get()
    for code in ("failed", "returned"):
        record_tracking(shipment_id=parcel.pk, code=code, at=timezone.now(), actor="system:carrier")

    fulfilment.mark_delivered(order_id=walk.order.pk, actor="merchant:1", at=timezone.now())

    parcel.refresh_from_db()
    assert parcel.status == "returned"
    assert not OutboxEvent.objects.filter(name="ShipmentDelivered").exists()


def test_a_merchant_sees_its_own_orders_most_urgent_first_and_no_others() -> None:
    mine, other = make_seller(), make_seller()
    late, soon = (order_up_to(OrderStatus.PAID, variants=[make_goods(merchant=mine)]).order for _ in range(2))
    MerchantOrder.objects.filter(pk=soon.pk).update(ship_by=timezone.now())
    theirs = order_up_to(OrderStatus.PAID, variants=[make_goods(merchant=other)]).order
    order_up_to(OrderStatus.SHIPPED, variants=[make_goods(merchant=mine)])

    assert list(orders_to_ship(mine)) == [soon, late]
    assert orders_of(mine).count() == 3
    with pytest.raises(OrderNotFound):
        order_for_merchant(theirs.number, mine)


def test_the_timeline_tells_moves_and_parcels_in_order_with_roles_instead_of_names() -> None:
    walk = order_up_to(OrderStatus.SHIPPED, variants=[make_goods()])
    record_tracking(shipment_id=Shipment.objects.get().pk, code="in_transit", at=timezone.now(), place="Hangzhou", actor="system:carrier")

    entries = order_page(walk.checkout).orders[0].timeline

    assert [(entry.kind, entry.code) for entry in entries] == [
        ("order", "awaiting_payment"),
        ("order", "paid"),
        ("parcel", "handed_over"),
        ("parcel", "in_transit"),
    ]
    assert [str(entry.actor) for entry in entries] == ["Shopper", "Automatic", "Merchant", "Carrier"]
    assert entries[-1].place == "Hangzhou"
    assert not any(str(walk.order.merchant_id) in str(entry) for entry in entries)


@pytest.mark.parametrize(("teller", "role"), [("carrier", "Carrier"), ("merchant", "Merchant")])
def test_the_timeline_tells_of_an_arrival_once_whoever_told_of_it(teller: str, role: str) -> None:
    walk = order_up_to(OrderStatus.SHIPPED, variants=[make_split_goods(5, 5)], quantity=8)
    at = timezone.now()

    if teller == "merchant":
        fulfilment.mark_delivered(order_id=walk.order.pk, actor="merchant:1", at=at)
    else:
        for parcel in Shipment.objects.all():
            record_tracking(shipment_id=parcel.pk, code="delivered", at=at, place="Shanghai", actor="system:carrier")
    outbox.relay(now=timezone.now())

    entries = order_page(walk.checkout).orders[0].timeline
    told = [(entry.kind, entry.code, str(entry.actor), entry.tracking_number) for entry in entries[2:]]
    number = Shipment.objects.values_list("tracking_number", flat=True)[0]
    assert told == [("parcel", "handed_over", "Merchant", number), ("parcel", "delivered", role, number)]


def test_the_timeline_keeps_an_orders_own_step_where_no_parcel_tells_of_it() -> None:
    walk = order_up_to(OrderStatus.SHIPPED, variants=[make_goods()])
    for code in ("failed", "returned"):
        record_tracking(shipment_id=Shipment.objects.get().pk, code=code, at=timezone.now(), actor="system:carrier")
    fulfilment.mark_delivered(order_id=walk.order.pk, actor="merchant:1", at=timezone.now())

    entries = order_page(walk.checkout).orders[0].timeline

    assert [(entry.kind, entry.code) for entry in entries][-3:] == [("parcel", "failed"), ("parcel", "returned"), ("order", "delivered")]


def test_the_order_page_takes_as_many_statements_for_two_orders_as_for_one() -> None:
    one, two = order_up_to(OrderStatus.DELIVERED, variants=[make_goods()]), order_up_to(OrderStatus.DELIVERED)

    counts = []
    for walk in (one, two):
        with CaptureQueriesContext(connection) as captured, translation.override("en"):
            page = order_page(walk.checkout)
            [line.product.slug for view in page.orders for line in view.lines]
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 9


def test_a_members_list_of_purchases_takes_three_statements() -> None:
    user = make_user()
    for _ in range(3):
        order_up_to(OrderStatus.AWAITING_PAYMENT, user=user)

    with CaptureQueriesContext(connection) as captured:
        orders = [order for checkout in checkouts_of(user) for order in checkout.orders.all()]
        shown = [(order.merchant.name, line.product.slug) for order in orders for line in order.lines.all()]

    assert (len(shown), len(captured)) == (6, 3)
