"""An order sent in several parcels: what its status, its clock, its money and its mails say in between."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Variant
from core.invariants import violations
from core.models import OutboxEvent
from core.states import IllegalTransition
from logistics.errors import MoreThanDue, NothingToShip
from logistics.models import Shipment, Stock
from logistics.selectors import pieces_due
from logistics.services import record_tracking
from merchants.models import Merchant
from orders.case_rules import current_terms, kinds_possible
from orders.errors import CashNotHandedOver, PartShipped
from orders.models import MerchantOrder
from orders.selectors import order_page
from orders.selectors.shipping import due_by_order, parcels_sent, queue_to_ship
from orders.services import cancellation, cash, completion, fulfilment
from orders.services.rest import give_up_rest
from orders.states import OrderStatus
from payments.models import CashCollection, EscrowHold, Refund
from support.models import Mail
from tests.drain import drain
from tests.factories.orders import make_goods, make_seller
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db


def paid(quantity: int = 3, **overrides: Any) -> tuple[Walk, Variant]:
    goods = make_goods(stock=10, **overrides)
    return order_up_to(OrderStatus.PAID, variants=[goods], quantity=quantity), goods


def send(order: MerchantOrder, number: str, pieces: dict[uuid.UUID, int] | None = None, at: dt.datetime | None = None) -> MerchantOrder:
    return fulfilment.ship_order(
        order_id=order.pk, carrier="SF", tracking_number=number, actor="merchant:1", at=at or timezone.now(), pieces=pieces
    )


def arrive(number: str) -> None:
    record_tracking(
        shipment_id=Shipment.objects.get(tracking_number=number).pk, code="delivered", at=timezone.now(), actor="system:carrier"
    )
    drain()


def test_an_order_of_which_a_part_left_is_prepared_until_the_rest_has_left() -> None:
    walk, goods = paid()
    first, last = timezone.now(), timezone.now() + dt.timedelta(days=2)

    order = send(walk.order, "SF1", {goods.pk: 1}, first)

    assert (order.status, order.part_shipped_at, order.shipped_at, order.complete_by) == ("preparing", first, None, None)
    assert list(queue_to_ship(order.merchant)) == [order]
    assert EscrowHold.objects.get(reference=order.pk).status == "held"
    assert violations() == {}

    order = send(walk.order, "SF2", None, last)

    assert (order.status, order.part_shipped_at, order.shipped_at) == ("shipped", first, last)
    assert order.complete_by == last + dt.timedelta(days=30)
    assert Stock.objects.values_list("on_hand", "reserved").get(variant=goods) == (7, 0)
    told = OutboxEvent.objects.filter(name__in=["OrderPartShipped", "OrderShipped"]).order_by("pk")
    parcels = Shipment.objects.order_by("shipped_at")
    assert [event.payload["shipment_ids"] for event in told] == [[str(parcel.pk)] for parcel in parcels]
    assert violations() == {}


def test_the_same_parcel_again_changes_nothing_and_tells_nobody() -> None:
    walk, goods = paid()

    for _ in range(2):
        order = send(walk.order, "SF1", {goods.pk: 1})

    assert order.status == "preparing"
    assert Shipment.objects.count() == 1
    assert OutboxEvent.objects.filter(name="OrderPartShipped").count() == 1
    assert pieces_due(order.pk) == {goods.pk: 2}


def test_the_last_part_makes_it_shipped_without_saying_so() -> None:
    walk, goods = paid()
    send(walk.order, "SF1", {goods.pk: 1})

    order = send(walk.order, "SF2", {goods.pk: 2})

    assert order.status == "shipped"
    with pytest.raises(NothingToShip):
        send(order, "SF3", {goods.pk: 1})


def test_more_than_is_left_is_refused_and_nothing_changes() -> None:
    walk, goods = paid()
    send(walk.order, "SF1", {goods.pk: 2})

    with pytest.raises(MoreThanDue):
        send(walk.order, "SF2", {goods.pk: 2})

    assert walk.refresh().order.status == "preparing"
    assert Shipment.objects.count() == 1
    assert Stock.objects.values_list("on_hand", "reserved").get(variant=goods) == (8, 1)


def test_it_is_delivered_when_all_of_it_was_sent_and_has_arrived() -> None:
    walk, goods = paid()
    send(walk.order, "SF1", {goods.pk: 1})

    arrive("SF1")
    assert walk.refresh().order.status == "preparing"

    send(walk.order, "SF2")
    drain()
    assert walk.refresh().order.status == "shipped"

    arrive("SF2")
    assert walk.refresh().order.status == "delivered"
    completion.confirm_receipt(order_id=walk.order.pk, actor="shopper:guest", at=timezone.now())
    drain()
    assert EscrowHold.objects.get(reference=walk.order.pk).status == "released"
    assert violations() == {}


def test_what_is_partly_on_its_way_is_not_cancelled_by_anybody() -> None:
    walk, goods = paid()
    send(walk.order, "SF1", {goods.pk: 1})
    order = walk.refresh().order

    for actor in ("shopper:guest", "merchant:1", "operator:1"):
        with pytest.raises(PartShipped):
            cancellation.cancel_order(order_id=order.pk, actor=actor, reason="no", at=timezone.now())

    view = order_page(walk.checkout).orders[0]
    assert (view.can_cancel, view.can_ask_to_cancel) == (False, False)
    assert kinds_possible(order, timezone.now(), current_terms()) == []
    assert walk.refresh().order.status == "preparing"
    assert not Refund.objects.exists()


def test_the_rest_is_given_up_and_its_price_goes_back() -> None:
    walk, goods = paid(price=2_000)
    send(walk.order, "SF1", {goods.pk: 1})

    for _ in range(2):
        order = give_up_rest(order_id=walk.order.pk, actor="merchant:1", reason="broken", at=timezone.now())
    drain()

    assert (order.status, order.refunded_minor) == ("shipped", 4_000)
    assert order.complete_by is not None
    assert Refund.objects.get().amount_minor == 4_000
    assert Stock.objects.values_list("on_hand", "reserved").get(variant=goods) == (9, 0)
    assert "$40.00" in Mail.objects.get(kind="order_rest_given_up").text
    assert violations() == {}
    arrive("SF1")
    assert walk.refresh().order.status == "delivered"


def test_an_order_whose_parcels_have_arrived_is_delivered_when_the_rest_is_given_up() -> None:
    walk, goods = paid()
    send(walk.order, "SF1", {goods.pk: 1})
    arrive("SF1")

    order = give_up_rest(order_id=walk.order.pk, actor="merchant:1", reason="broken", at=timezone.now())

    assert order.status == "delivered"
    assert violations() == {}


def test_an_order_of_which_nothing_was_sent_has_no_rest() -> None:
    walk, _ = paid()

    with pytest.raises(IllegalTransition):
        give_up_rest(order_id=walk.order.pk, actor="merchant:1", reason="broken", at=timezone.now())

    assert walk.refresh().order.status == "paid"
    assert not Refund.objects.exists()


def cash_order() -> tuple[Walk, Variant]:
    goods = make_goods(merchant=make_seller(), stock=10)
    Merchant.objects.update(cash_on_delivery=True)
    walk = order_up_to("awaiting_payment", variants=[goods], quantity=3)
    cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=timezone.now())
    return walk.refresh(), goods


def test_cash_is_due_once_whatever_the_number_of_parcels() -> None:
    walk, goods = cash_order()
    send(walk.order, "SF1", {goods.pk: 1})
    send(walk.order, "SF2")
    completion.confirm_receipt(order_id=walk.order.pk, actor="shopper:guest", at=timezone.now())
    drain()

    row = CashCollection.objects.get(reference=walk.order.pk)
    assert (row.status, row.amount_minor) == ("collected", walk.order.total_minor)
    assert violations() == {}


def test_the_first_parcel_of_a_cash_order_refused_at_the_door_ends_the_order() -> None:
    walk, goods = cash_order()
    send(walk.order, "SF1", {goods.pk: 1})
    with pytest.raises(CashNotHandedOver):
        give_up_rest(order_id=walk.order.pk, actor="merchant:1", reason="broken", at=timezone.now())

    order = cash.refuse_at_door(order_id=walk.order.pk, actor="merchant:1", reason="not home", at=timezone.now())
    drain()

    assert order.status == "cancelled"
    assert CashCollection.objects.get(reference=order.pk).status == "dropped"
    assert Stock.objects.values_list("on_hand", "reserved").get(variant=goods) == (10, 0)
    assert violations() == {}


def test_the_buyer_reads_what_is_in_each_parcel() -> None:
    walk, goods = paid()
    send(walk.order, "SF1", {goods.pk: 1})
    drain()
    send(walk.order, "SF2", {goods.pk: 1})
    drain()
    send(walk.order, "SF3")
    drain()

    parts = list(Mail.objects.filter(kind="order_part_shipped").order_by("created_at"))
    assert len(parts) == 2
    assert "SF1" in parts[0].text
    assert f"1 × {goods.product.title}" in parts[0].text
    assert "the rest of your order follows" in parts[0].text
    assert Mail.objects.filter(kind="order_shipped").count() == 1


def test_what_is_due_is_named_as_it_was_bought_and_parcels_are_counted() -> None:
    walk, goods = paid()
    send(walk.order, "SF1", {goods.pk: 1})
    order = queue_to_ship(walk.order.merchant).get()

    [due] = due_by_order([order])[order.pk]

    assert (due.sku, due.title, due.quantity, due.variant_id) == (goods.sku, goods.product.title, 2, goods.pk)
    assert parcels_sent([order.pk]) == {order.pk: 1}
