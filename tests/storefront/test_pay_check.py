"""The extra check before paying, and what shoppers read while a payment is reviewed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from core.remembered import forget
from orders.models import Checkout, PurchaseOrigin
from payments.models import PaymentAttempt, RiskChallenge
from payments.services.risk import change_policy, code_of
from tests.drain import drain
from tests.factories.orders import ADDRESS, make_goods
from tests.storefront.test_currencies import checkout_form
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db


def policy(extra: int, review: int, block: int = 101) -> None:
    change_policy(weights={"new_buyer": 10}, limits={}, thresholds=(extra, review, block), entered_by="operator:test", at=timezone.now())
    forget()


@pytest.fixture
def shopper() -> Client:
    client = Client()
    client.post("/cart/add/", {"variant": make_goods().pk, "quantity": 1})
    return client


def test_the_payment_page_opens_after_the_code(shopper: Client) -> None:
    policy(10, 100)

    placed = shopper.post("/checkout/", checkout_form(shopper))

    checkout = Checkout.objects.get()
    check = f"/pay/{checkout.number}/check/"
    assert (placed.status_code, placed["Location"]) == (303, check)
    assert not PaymentAttempt.objects.exists()
    page = shopper.get(check)
    assert "l…@example.com" in page.text
    assert shopper.post(check, {"code": "12"}).status_code == 422
    assert shopper.post(check, {"again": "1"}).status_code == 429
    code = code_of(RiskChallenge.objects.get())
    assert shopper.post(check, {"code": code})["Location"] == f"/pay/{checkout.number}/"
    started = shopper.post(f"/pay/{checkout.number}/", {"gateway": "sandbox"})
    assert started.status_code == 303
    assert "/sandbox/" in started["Location"]
    assert shopper.get(check)["Location"] == f"/pay/{checkout.number}/"


def test_a_strangers_check_is_not_found(shopper: Client) -> None:
    policy(10, 100)
    shopper.post("/checkout/", checkout_form(shopper))
    check = f"/pay/{Checkout.objects.get().number}/check/"

    assert Client().get(check).status_code == 404
    assert Client().post(check, {"again": "1"}).status_code == 404
    assert Client().post(check, {"code": code_of(RiskChallenge.objects.get())}).status_code == 404
    assert RiskChallenge.objects.get().tries == 0


def test_a_refused_payment_is_said_in_words(shopper: Client) -> None:
    policy(10, 10, 10)

    answer = shopper.post("/checkout/", checkout_form(shopper), follow=True)

    assert "We cannot take a payment for this order. Nothing was charged." in answer.text
    assert not PaymentAttempt.objects.exists()


def test_a_shopper_reads_that_the_payment_is_checked_and_may_cancel(shopper: Client) -> None:
    policy(5, 5)
    shopper.post("/checkout/", checkout_form(shopper))
    checkout = Checkout.objects.get()
    pay(checkout)
    drain()

    thanks = shopper.get(f"/orders/{checkout.number}/confirmation/").text
    order = shopper.get(f"/orders/{checkout.number}/").text

    assert "we are checking your payment" in thanks
    assert "Your money is held while a person checks this payment" in order
    assert 'data-status="in_review"' in order
    cancelled = shopper.post(f"/orders/{checkout.orders.get().number}/cancel/", follow=True)
    assert 'data-status="cancelled"' in cancelled.text


def test_a_purchase_remembers_address_and_device(shopper: Client) -> None:
    answer = shopper.post(
        "/checkout/", {**checkout_form(shopper), **ADDRESS}, REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="198.51.100.1"
    )

    origin = PurchaseOrigin.objects.get()
    assert origin.address == "203.0.113.9"
    assert origin.device == answer.cookies["device"].value
    assert len(origin.device) >= 16
