from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from core.remembered import forget
from merchants.models import Merchant
from orders.models import Checkout, MerchantOrder
from orders.services import fulfilment
from support.models import Mail
from tests.drain import drain

CASH = 'data-testid="tender-cash_on_delivery"'


@pytest.fixture
def cash(shopper: Client) -> Client:
    """A guest with something in the cart whose merchant takes cash."""
    Merchant.objects.update(cash_on_delivery=True)
    forget()
    return shopper


@pytest.fixture
def confirmed(cash: Client, order_form: dict[str, Any]) -> Client:
    answer = cash.post("/checkout/", {**order_form, "gateway": "cash_on_delivery"})
    assert (answer.status_code, answer["Location"]) == (303, f"/orders/{Checkout.objects.get().number}/confirmation/")
    return cash


def test_it_is_offered_where_the_merchant_allows_it_and_within_the_limit(shopper: Client, settings: Settings) -> None:
    before = shopper.get("/checkout/").text
    Merchant.objects.update(cash_on_delivery=True)
    forget()
    allowed = shopper.get("/checkout/").text
    settings.CASH_ON_DELIVERY_MAX_MINOR = 2_499
    too_much = shopper.get("/checkout/").text

    assert (CASH in before, CASH in allowed, CASH in too_much) == (False, True, False)


def test_the_confirmation_says_what_to_pay_at_the_door(confirmed: Client) -> None:
    page = confirmed.get(f"/orders/{Checkout.objects.get().number}/confirmation/").text

    assert "your order is confirmed" in page
    assert "You pay $25.00 in cash" in page


def test_the_order_says_cash_on_delivery_from_first_to_last(confirmed: Client) -> None:
    number, order = Checkout.objects.get().number, MerchantOrder.objects.get()

    listed = confirmed.get("/orders/").text
    waiting = confirmed.get(f"/orders/{number}/").text
    fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="1", actor="merchant:x", at=timezone.now())
    confirmed.post(f"/orders/{order.number}/receipt/")
    done = confirmed.get(f"/orders/{number}/").text

    assert all("Cash on delivery" in page for page in (listed, waiting, done))
    assert "To pay in cash at the door" in waiting
    assert "Paid in cash" in done


def test_shopper_and_merchant_are_written_what_is_due(confirmed: Client) -> None:
    drain()

    shopper, merchant = Mail.objects.get(kind="order_confirmed"), Mail.objects.filter(kind="merchant_new_order").first()
    assert "You pay $25.00 in cash" in shopper.text
    assert merchant is None or "Collect at the door" in merchant.text


def test_a_form_that_asks_for_it_where_it_is_not_offered_keeps_the_order_and_says_why(shopper: Client, order_form: dict[str, Any]) -> None:
    answer = shopper.post("/checkout/", {**order_form, "gateway": "cash_on_delivery"}, follow=True)

    assert "cannot be paid in cash" in answer.text
    assert Checkout.objects.get().status == "awaiting_payment"


def test_it_can_be_chosen_on_the_payment_page_too(cash: Client, order_form: dict[str, Any]) -> None:
    cash.post("/checkout/", order_form)
    number = Checkout.objects.get().number

    offered = cash.get(f"/pay/{number}/").text
    answer = cash.post(f"/pay/{number}/", {"gateway": "cash_on_delivery"})

    assert CASH in offered
    assert answer["Location"] == f"/orders/{number}/confirmation/"
    assert cash.get(f"/pay/{number}/")["Location"] == f"/orders/{number}/confirmation/"


def test_cancelling_says_nothing_of_money_on_its_way(confirmed: Client) -> None:
    answer = confirmed.post(f"/orders/{MerchantOrder.objects.get().number}/cancel/", follow=True)

    assert "The order is cancelled." in answer.text
    assert "on its way back" not in answer.text
