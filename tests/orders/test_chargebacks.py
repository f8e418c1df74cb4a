"""Orders whose money a shopper's bank has kept: they still come to their end, and nobody is paid twice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from catalog.models import Variant
from core import invariants
from logistics.models import Stock
from orders.models import MerchantOrder
from orders.services import completion, fulfilment, payment
from payments.models import EscrowHold, PaymentAttempt, Refund
from payments.services import provider_disputes
from support.models import Mail
from tests.drain import drain
from tests.factories.orders import make_cart, make_goods, place
from tests.provider_double.client import ProviderDouble
from tests.walkthrough import RETURN_URL

pytestmark = pytest.mark.django_db
now = timezone.now


def bought_with_a_card(double: ProviderDouble, goods: Variant) -> MerchantOrder:
    bought = place(make_cart(goods))
    attempt = payment.start_payment(checkout=bought, gateway="stripe", return_url=RETURN_URL, at=now())
    double.pay(attempt.provider_id)
    payment.settle(checkout_id=bought.pk, at=now())
    return bought.orders.get()


def send(order: MerchantOrder) -> None:
    fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="SF1", actor="merchant:1", at=now())


def lose_dispute(double: ProviderDouble, order: MerchantOrder, *, amount: int | None = None) -> None:
    """A bank takes the price back for good; what follows from that by itself is still to come."""
    attempt = PaymentAttempt.objects.get(reference=order.checkout_id, status="succeeded")
    identity = double.dispute(attempt.pk, amount=amount)["id"]
    double.close_dispute(identity, "lost")
    provider_disputes.refresh_dispute(gateway="stripe", provider_id=identity, at=now())


def test_an_order_that_was_not_sent_is_cancelled_and_its_goods_are_for_sale_again(stripe_double: ProviderDouble) -> None:
    """MON20."""
    goods = make_goods(stock=3)
    order = bought_with_a_card(stripe_double, goods)

    lose_dispute(stripe_double, order)
    assert invariants.violations() == {}
    drain()

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert Stock.objects.values_list("on_hand", "reserved").get(variant=goods) == (3, 0)
    assert not Refund.objects.exists()
    assert invariants.violations() == {}


@pytest.mark.parametrize("is_completed", [False, True])
def test_an_order_that_was_sent_ends_as_refunded_without_paying_again(stripe_double: ProviderDouble, *, is_completed: bool) -> None:
    """MON20: the shopper is told that the bank has the money, not that it is on its way."""
    order = bought_with_a_card(stripe_double, make_goods())
    send(order)
    if is_completed:
        completion.confirm_receipt(order_id=order.pk, actor="shopper:guest", at=now())

    lose_dispute(stripe_double, order)
    assert invariants.violations() == {}
    drain()

    order.refresh_from_db()
    assert order.status == "refunded"
    assert not Refund.objects.exists()
    assert not stripe_double.refunds(reference=order.checkout_id)
    assert "Your bank has taken back what you paid" in Mail.objects.get(kind="order_refunded").text
    assert invariants.violations() == {}


@pytest.mark.parametrize("by", ["shopper", "deadline"])
def test_completing_it_before_that_comes_to_the_same(stripe_double: ProviderDouble, by: str) -> None:
    """MON20: nothing is left to release, and no sweep stumbles over it."""
    order = bought_with_a_card(stripe_double, make_goods())
    send(order)
    lose_dispute(stripe_double, order)

    if by == "shopper":
        completion.confirm_receipt(order_id=order.pk, actor="shopper:guest", at=now())
    else:
        MerchantOrder.objects.filter(pk=order.pk).update(complete_by=now())
        assert completion.complete_due(at=now()) == 1
    drain()

    order.refresh_from_db()
    assert (order.status, order.completed_at) == ("refunded", None)
    assert not Refund.objects.exists()
    assert invariants.violations() == {}


def test_an_order_of_which_something_is_left_goes_on(stripe_double: ProviderDouble) -> None:
    order = bought_with_a_card(stripe_double, make_goods())
    send(order)

    lose_dispute(stripe_double, order, amount=order.total_minor - 1)
    drain()

    order.refresh_from_db()
    assert order.status == "shipped"
    assert invariants.violations() == {}


def test_an_order_that_stays_open_without_its_money_is_found(stripe_double: ProviderDouble) -> None:
    order = bought_with_a_card(stripe_double, make_goods())
    lose_dispute(stripe_double, order)

    EscrowHold.objects.filter(reference=order.pk).update(settled_at=now() - dt.timedelta(hours=1))

    assert [*invariants.violations()] == ["invariant_escrow_follows_its_order"]
