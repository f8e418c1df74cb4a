"""Orders whose money a shopper's bank has kept: they still come to their end, and nobody is paid twice."""

from __future__ import annotations

import pytest
from django.utils import timezone

from catalog.models import Variant
from core import invariants
from logistics.models import Stock
from orders.models import MerchantOrder
from orders.services import cancellation, completion, fulfilment, payment, refunds
from payments.models import Refund
from payments.services import provider_disputes
from tests.drain import drain
from tests.factories.orders import make_cart, make_goods, place
from tests.provider_double.client import ProviderDouble
from tests.walkthrough import RETURN_URL

pytestmark = pytest.mark.django_db
now = timezone.now


def charged_back(double: ProviderDouble, goods: Variant, *, sent: bool = False) -> MerchantOrder:
    """An order paid through Stripe whose whole price a bank has taken back for good."""
    bought = place(make_cart(goods))
    attempt = payment.start_payment(checkout=bought, gateway="stripe", return_url=RETURN_URL, at=now())
    double.pay(attempt.provider_id)
    payment.settle(checkout_id=bought.pk, at=now())
    order = bought.orders.get()
    if sent:
        fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="SF1", actor="merchant:1", at=now())
    identity = double.dispute(attempt.pk)["id"]
    double.close_dispute(identity, "lost")
    provider_disputes.refresh_dispute(gateway="stripe", provider_id=identity, at=now())
    drain()
    return order


def test_an_order_that_was_not_sent_is_cancelled_and_its_goods_are_for_sale_again(stripe_double: ProviderDouble) -> None:
    """MON20."""
    goods = make_goods(stock=3)
    order = charged_back(stripe_double, goods)

    cancellation.cancel_order(order_id=order.pk, actor="operator:1", reason="charged back", at=now())
    drain()

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert Stock.objects.values_list("on_hand", "reserved").get(variant=goods) == (3, 0)
    assert not Refund.objects.exists()
    assert invariants.violations() == {}


def test_an_order_that_was_sent_can_be_closed_as_refunded_without_paying_again(stripe_double: ProviderDouble) -> None:
    """MON20."""
    order = charged_back(stripe_double, make_goods(), sent=True)

    refunds.refund_order(order_id=order.pk, actor="operator:1", reason="charged back", at=now())
    drain()

    order.refresh_from_db()
    assert order.status == "refunded"
    assert not Refund.objects.exists()
    assert not stripe_double.refunds(reference=order.checkout_id)
    assert invariants.violations() == {}


@pytest.mark.parametrize("by", ["shopper", "deadline"])
def test_an_order_that_was_sent_ends_as_refunded_when_it_would_be_completed(stripe_double: ProviderDouble, by: str) -> None:
    """MON20: nothing is left to release, and no sweep stumbles over it."""
    order = charged_back(stripe_double, make_goods(), sent=True)

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
