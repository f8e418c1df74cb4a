"""Payments that go another way than the good one: declined, abandoned, answered twice, answered late; and orders placed twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from core import invariants
from core.errors import DomainError
from logistics.models import Reservation, Stock
from orders.errors import CheckoutCancelled, CheckoutExpired, CheckoutPaid
from orders.models import Checkout, MerchantOrder
from orders.services.expiry import expire_unpaid
from payments.errors import UnknownGateway
from payments.models import PaymentAttempt, Refund, SandboxPayment, SandboxRefund
from payments.selectors import provider_clearing
from tests.concurrency.racing import at_once
from tests.drain import drain
from tests.factories.orders import make_goods
from tests.snapshot import snapshot
from tests.storefront.test_bad_input import LANGUAGES, order_form, told


def browser_with_cart(goods: Variant) -> Client:
    client = Client()
    client.post("/cart/add/", {"variant": goods.pk, "quantity": "1"})
    return client


@pytest.fixture
def goods(db: None, settings: Settings) -> Variant:
    settings.SITE_URL = "http://testserver"
    return make_goods(price=2_000, stock=3)


@pytest.fixture
def at_the_bank(goods: Variant) -> tuple[Client, str]:
    """A guest on the practice bank's page, and that page's path."""
    client = browser_with_cart(goods)
    return client, client.post("/checkout/", order_form(client))["Location"]


def stock() -> tuple[int, int]:
    return Stock.objects.values_list("on_hand", "reserved").get()


def test_a_declined_payment_charges_nothing_and_keeps_the_goods(at_the_bank: tuple[Client, str]) -> None:
    client, bank = at_the_bank

    page = client.post(bank, {"decision": "decline"}, follow=True)
    drain()

    assert "The payment was declined or broken off." in page.content.decode()
    assert Checkout.objects.get().status == "awaiting_payment"
    assert (stock(), Refund.objects.count()) == ((3, 1), 0)
    assert provider_clearing(Checkout.objects.get().pk) == 0
    assert invariants.violations() == {}


def test_an_abandoned_payment_gives_everything_back_at_the_deadline(at_the_bank: tuple[Client, str]) -> None:
    client, bank = at_the_bank
    number = Checkout.objects.get().number

    pass_the_deadline()
    drain()

    assert list(Reservation.objects.values_list("status", flat=True)) == ["released"]
    assert (Checkout.objects.get().status, stock()) == ("expired", (3, 0))
    assert SandboxPayment.objects.get().status == "cancelled"
    assert "This order was not paid in time" in client.get(f"/pay/{number}/").content.decode()
    before = snapshot()
    assert client.post(bank, {"decision": "approve"}).status_code == 409
    assert client.post(f"/pay/{number}/").status_code == 409
    assert snapshot() == before
    assert invariants.violations() == {}


def pass_the_deadline() -> None:
    Checkout.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("status", "error"), [("expired", CheckoutExpired), ("cancelled", CheckoutCancelled), ("paid", CheckoutPaid)])
def test_no_payment_starts_for_an_order_that_takes_none(goods: Variant, status: str, error: type[DomainError], language: str) -> None:
    client = Client(headers={"accept-language": language})
    client.post("/cart/add/", {"variant": goods.pk, "quantity": "1"})
    client.post("/checkout/", order_form(client))
    Checkout.objects.update(status=status)
    before = snapshot()

    answer = client.post(f"/pay/{Checkout.objects.get().number}/")

    assert answer.status_code == 409
    assert told(answer, error(), language)
    assert snapshot() == before


def test_a_way_of_paying_that_does_not_exist_is_refused_where_payment_starts(at_the_bank: tuple[Client, str]) -> None:
    client, _ = at_the_bank
    before = snapshot()

    answer = client.post(f"/pay/{Checkout.objects.get().number}/", {"gateway": "barter"})

    assert answer.status_code == 404
    assert told(answer, UnknownGateway(), "en")
    assert snapshot() == before


@pytest.mark.parametrize("second", ["approve", "decline", "delay", "lose"])
def test_a_second_answer_changes_nothing(at_the_bank: tuple[Client, str], second: str) -> None:
    client, bank = at_the_bank
    client.post(bank, {"decision": "approve"}, follow=True)
    drain()
    before = snapshot()

    answer = client.post(bank, {"decision": second})

    assert answer.status_code == 409
    assert snapshot() == before
    assert Checkout.objects.get().status == "paid"


@pytest.mark.parametrize("decision", ["", "APPROVE", "\0", "x" * 5_000])
def test_an_answer_the_bank_does_not_know_is_refused(at_the_bank: tuple[Client, str], decision: str) -> None:
    client, bank = at_the_bank
    before = snapshot()

    assert client.post(bank, {"decision": decision}).status_code == 400
    assert snapshot() == before


def test_a_payment_after_the_deadline_goes_back_once(at_the_bank: tuple[Client, str]) -> None:
    """MON28."""
    client, bank = at_the_bank
    checkout = Checkout.objects.get()
    pass_the_deadline()
    expire_unpaid(at=timezone.now())

    page = client.post(bank, {"decision": "approve"}, follow=True)
    drain()
    for _ in range(2):
        client.get(f"/pay/{checkout.number}/return/")
        drain()

    assert "This order was not paid in time" in page.content.decode()
    assert list(Refund.objects.values_list("status", "amount_minor")) == [("succeeded", checkout.total_minor)]
    assert SandboxRefund.objects.get().amount_minor == checkout.total_minor
    assert list(Checkout.objects.values_list("status", flat=True)) == ["expired"]
    assert stock() == (3, 0)
    assert provider_clearing(checkout.pk) == 0
    assert invariants.violations() == {}


def test_the_return_address_is_not_believed(at_the_bank: tuple[Client, str]) -> None:
    client, _ = at_the_bank
    before = snapshot()

    page = client.get(f"/pay/{Checkout.objects.get().number}/return/?status=success&paid=1")

    assert page.status_code == 200
    assert "We are asking the payment provider" in page.content.decode()
    assert snapshot() == before


def test_the_same_form_twice_is_one_order(goods: Variant) -> None:
    client = browser_with_cart(goods)
    form = order_form(client)

    first, second = client.post("/checkout/", form), client.post("/checkout/", form)

    assert first["Location"] == second["Location"]
    assert (Checkout.objects.count(), PaymentAttempt.objects.count(), stock()) == (1, 1, (3, 1))


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_the_same_moment_is_one_order(goods: Variant) -> None:
    client = browser_with_cart(goods)
    form = order_form(client)

    answers: list[Any] = at_once([lambda: twin(client).post("/checkout/", form) for _ in range(4)])

    assert [answer.status_code for answer in answers] == [303] * 4
    assert len({answer["Location"] for answer in answers}) == 1
    assert (Checkout.objects.count(), MerchantOrder.objects.count(), PaymentAttempt.objects.count(), stock()) == (1, 1, 1, (3, 1))
    assert invariants.violations() == {}


def twin(client: Client) -> Client:
    """The same browser's second click: the same cookies in a request of its own."""
    other = Client()
    other.cookies.update(client.cookies)
    return other
