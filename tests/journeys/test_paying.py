"""Paying in a browser when it does not go well at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from catalog.models import Variant
from core import invariants
from logistics.models import Stock
from orders.models import Checkout
from payments.models import PaymentAttempt, SandboxPayment
from payments.services.attempts import poll_attempts
from tests.drain import drain
from tests.factories.orders import make_goods
from tests.journeys.shopper import Shopper

pytestmark = pytest.mark.browser


@pytest.fixture
def goods(shop_server: str) -> Variant:
    return make_goods(price=2_000, stock=3)


@pytest.fixture
def at_the_bank(shopper: Shopper, goods: Variant) -> Shopper:
    """A guest on the practice bank's page."""
    shopper.open_product(goods.product)
    shopper.put_into_cart()
    shopper.check_out()
    return shopper


def is_paid_once() -> None:
    drain()
    assert list(Checkout.objects.values_list("status", flat=True)) == ["paid"]
    assert PaymentAttempt.objects.filter(status="succeeded").count() == 1
    assert SandboxPayment.objects.filter(status="approved", refunded_minor=0).count() == 1
    assert invariants.violations() == {}


def test_a_declined_payment_is_tried_again_and_succeeds(at_the_bank: Shopper) -> None:
    at_the_bank.answer_bank("decline")
    at_the_bank.is_at("/pay/.+/")
    at_the_bank.sees("The payment was declined or broken off. Nothing was charged; your goods are still kept for you.")
    at_the_bank.find("pay-now").click()
    at_the_bank.is_at("/sandbox/.+/")
    at_the_bank.answer_bank("approve")

    at_the_bank.is_at("/orders/.+/confirmation/")
    is_paid_once()
    assert SandboxPayment.objects.filter(status="declined").count() == 1


def test_a_lost_answer_is_found_by_the_poller(at_the_bank: Shopper) -> None:
    number = Checkout.objects.get().number
    at_the_bank.page.route("**/sandbox/**", lose_the_way_back)
    with at_the_bank.page.expect_response("**/sandbox/**"):
        at_the_bank.answer_bank("lose")
    assert SandboxPayment.objects.get().status == "approved"
    assert Checkout.objects.get().status == "awaiting_payment"

    poll_attempts(at=timezone.now() + dt.timedelta(minutes=1))
    drain()

    at_the_bank.page.goto(f"/pay/{number}/")
    at_the_bank.is_at(f"/orders/{number}/confirmation/")
    at_the_bank.sees("Thank you, your order is paid")
    is_paid_once()


def lose_the_way_back(route: Route) -> None:
    """The bank has taken the answer, but what it says to the browser never comes in."""
    assert route.fetch(max_redirects=0).status == 303
    route.fulfill(status=204)


def test_the_waiting_page_turns_into_the_confirmation_by_itself(at_the_bank: Shopper) -> None:
    at_the_bank.answer_bank("delay")
    at_the_bank.is_at("/pay/.+/return/")
    at_the_bank.sees("We are asking the payment provider")

    # The provider's own clock goes on: its late answer counts now and its message is due.
    SandboxPayment.objects.update(effective_at=timezone.now(), notify_at=timezone.now())
    drain()

    at_the_bank.is_at("/orders/.+/confirmation/")
    at_the_bank.sees("Thank you, your order is paid")
    is_paid_once()


def test_an_expired_order_says_so_and_gives_the_goods_back(at_the_bank: Shopper) -> None:
    number = Checkout.objects.get().number

    Checkout.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    drain()
    with at_the_bank.watch.expect(409):
        at_the_bank.answer_bank("approve")
        expect(at_the_bank.find("sandbox-approve")).to_have_count(0)
    at_the_bank.page.goto(f"/pay/{number}/")

    at_the_bank.sees("This order was not paid in time")
    expect(at_the_bank.find("pay-now")).to_have_count(0)
    assert Checkout.objects.get().status == "expired"
    assert list(Stock.objects.values_list("on_hand", "reserved")) == [(3, 0)]
    assert not SandboxPayment.objects.filter(status="approved").exists()
    assert invariants.violations() == {}


def test_a_double_click_places_one_order(shopper: Shopper, goods: Variant) -> None:
    shopper.open_product(goods.product)
    shopper.put_into_cart()
    shopper.open_cart()
    shopper.start_checkout()
    shopper.fill_in_address()

    shopper.find("place-order").dblclick()

    shopper.is_at("/sandbox/.+/")
    assert Checkout.objects.count() == PaymentAttempt.objects.count() == 1
    assert list(Stock.objects.values_list("on_hand", "reserved")) == [(3, 1)]


def test_the_back_button_after_paying_pays_and_orders_nothing_more(at_the_bank: Shopper) -> None:
    at_the_bank.answer_bank("approve")
    at_the_bank.is_at("/orders/.+/confirmation/")

    at_the_bank.page.go_back()
    at_the_bank.is_at("/sandbox/.+/")
    at_the_bank.sees("This payment has been answered already.")
    expect(at_the_bank.find("sandbox-approve")).to_have_count(0)
    at_the_bank.page.go_back()
    at_the_bank.is_at("/cart/")
    at_the_bank.sees("Your cart is empty")

    is_paid_once()
