"""Two people pack the same order at the same moment."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from core.invariants import violations
from logistics.models import Reservation, Shipment, ShipmentLine, Stock, StockMovement
from orders.models import MerchantOrder
from orders.services import cancellation, fulfilment
from orders.services.rest import give_up_rest
from orders.states import OrderStatus
from tests.concurrency.racing import at_once, refusals, successes
from tests.factories.orders import make_goods
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def send(order_id: uuid.UUID, number: str, pieces: dict[uuid.UUID, int] | None = None) -> MerchantOrder:
    at: dt.datetime = timezone.now()
    return fulfilment.ship_order(order_id=order_id, carrier="SF", tracking_number=number, actor="merchant:1", at=at, pieces=pieces)


def test_two_people_who_send_all_of_it_send_it_once() -> None:
    for _ in range(ROUNDS):
        goods = make_goods(stock=5)
        order = order_up_to(OrderStatus.PAID, variants=[goods], quantity=3).order

        outcomes = at_once([partial(send, order.pk, "SF1"), partial(send, order.pk, "SF2")])

        assert (len(successes(outcomes)), len(refusals(outcomes))) == (1, 1)
        assert Shipment.objects.filter(reference=order.pk).count() == 1
        assert Stock.objects.values_list("on_hand", "reserved").get(variant=goods) == (2, 0)
    assert violations() == {}


def test_two_people_who_send_a_part_each_never_send_more_than_was_bought() -> None:
    for _ in range(ROUNDS):
        goods = make_goods(stock=5)
        order = order_up_to(OrderStatus.PAID, variants=[goods], quantity=3).order

        at_once(
            [partial(send, order.pk, f"SF{number}", {goods.pk: 2}) for number in range(3)] + [partial(send, order.pk, "SF9", {goods.pk: 1})]
        )

        sent = sum(ShipmentLine.objects.filter(shipment__reference=order.pk).values_list("quantity", flat=True))
        order.refresh_from_db()
        assert 2 <= sent <= 3
        assert order.status == ("shipped" if sent == 3 else "preparing")
        assert Stock.objects.values_list("on_hand", "reserved").get(variant=goods) == (5 - sent, 3 - sent)
    assert violations() == {}


def test_the_rest_is_sent_or_given_up_but_not_both() -> None:
    for _ in range(ROUNDS):
        goods = make_goods(stock=5)
        order = order_up_to(OrderStatus.PAID, variants=[goods], quantity=3).order
        send(order.pk, "SF1", {goods.pk: 1})
        giving_up = partial(give_up_rest, order_id=order.pk, actor="merchant:1", reason="gone", at=timezone.now())
        cancelling = partial(cancellation.cancel_order, order_id=order.pk, actor="merchant:2", reason="no", at=timezone.now())

        at_once([giving_up, partial(send, order.pk, "SF2"), cancelling])

        order.refresh_from_db()
        is_given_up = order.refunded_minor > 0
        assert order.status == "shipped"
        assert Stock.objects.values_list("on_hand", "reserved").get(variant=goods) == ((4, 0) if is_given_up else (2, 0))
    assert violations() == {}


def test_people_who_look_first_and_write_afterwards_send_more_than_was_bought() -> None:
    """Negative control: without the order's lock and the reservations' locks."""
    goods = make_goods(stock=5)
    order = order_up_to(OrderStatus.PAID, variants=[goods], quantity=3).order
    both_have_looked = threading.Barrier(2)

    def send_carelessly(number: str) -> None:
        row = Reservation.objects.select_related("stock").get(group=order.pk, status="committed")
        both_have_looked.wait(20)
        with transaction.atomic():
            Reservation.objects.filter(pk=row.pk).update(status="fulfilled")
            parcel = Shipment.objects.create(
                merchant_id=row.merchant_id,
                warehouse_id=row.stock.warehouse_id,
                reference=order.pk,
                status="handed_over",
                carrier="SF",
                tracking_number=number,
            )
            ShipmentLine.objects.create(shipment=parcel, variant_id=row.stock.variant_id, quantity=row.quantity)
            StockMovement.objects.create(stock_id=row.stock_id, delta=-row.quantity, reason="shipped", actor="merchant:1")

    at_once([partial(send_carelessly, "SF1"), partial(send_carelessly, "SF2")])

    assert "invariant_sent_is_not_more_than_bought" in violations()
