from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Checkout
from orders.services.expiry import expire_unpaid
from orders.states import CheckoutStatus
from payments.models import Refund, SandboxPayment

AtTheBank = tuple[Client, str, Checkout]


@pytest.fixture
def at_the_bank(shopper: Client, order_form: dict[str, Any]) -> AtTheBank:
    """A guest on the practice provider's page."""
    page = shopper.post("/checkout/", order_form)["Location"]
    return shopper, page, Checkout.objects.get()


def status_of(checkout: Checkout) -> str:
    checkout.refresh_from_db()
    return checkout.status


def test_approving_ends_on_the_confirmation(at_the_bank: AtTheBank) -> None:
    shopper, page, checkout = at_the_bank

    answer = shopper.post(page, {"decision": "approve"}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/orders/{checkout.number}/confirmation/"
    assert f'data-testid="order-number">{checkout.number}<' in answer.text
    assert status_of(checkout) == CheckoutStatus.PAID


def test_a_declined_payment_can_be_tried_again(at_the_bank: AtTheBank) -> None:
    shopper, page, checkout = at_the_bank

    declined = shopper.post(page, {"decision": "decline"}, follow=True)
    again = shopper.post(f"/pay/{checkout.number}/")

    assert declined.redirect_chain[-1][0] == f"/pay/{checkout.number}/"
    assert "was declined" in declined.text
    assert again["Location"].startswith("/sandbox/")
    assert again["Location"] != page
    assert status_of(checkout) == CheckoutStatus.AWAITING_PAYMENT


def test_an_abandoned_payment_stays_payable_by_the_same_attempt(at_the_bank: AtTheBank) -> None:
    shopper, page, checkout = at_the_bank

    shown = shopper.get(f"/pay/{checkout.number}/")
    again = shopper.post(f"/pay/{checkout.number}/")

    assert shown.status_code == 200
    assert again["Location"] == page


def test_answering_twice_is_refused_and_pays_once(at_the_bank: AtTheBank) -> None:
    shopper, page, checkout = at_the_bank
    shopper.post(page, {"decision": "approve"}, follow=True)

    answer = shopper.post(page, {"decision": "decline"})

    assert answer.status_code == 409
    assert "answered already" in answer.text
    assert status_of(checkout) == CheckoutStatus.PAID


def test_a_senseless_decision_changes_nothing(at_the_bank: AtTheBank) -> None:
    shopper, page, _checkout = at_the_bank

    answer = shopper.post(page, {"decision": "rob"})

    assert answer.status_code == 400
    assert SandboxPayment.objects.get().status == SandboxPayment.Status.OPEN


def test_a_payment_after_the_deadline_is_returned_once(at_the_bank: AtTheBank) -> None:
    shopper, page, checkout = at_the_bank
    shopper.post(page, {"decision": "approve"})
    Checkout.objects.filter(pk=checkout.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    expire_unpaid(at=timezone.now())

    for _ in range(2):
        answer = shopper.get(f"/pay/{checkout.number}/return/", follow=True)

    assert status_of(checkout) == CheckoutStatus.EXPIRED
    assert "not paid in time" in answer.text
    assert Refund.objects.count() == 1


def test_what_the_return_address_claims_is_ignored(at_the_bank: AtTheBank) -> None:
    shopper, _page, checkout = at_the_bank

    answer = shopper.get(f"/pay/{checkout.number}/return/?status=success")

    assert "asking the payment provider" in answer.text
    assert status_of(checkout) == CheckoutStatus.AWAITING_PAYMENT


def test_an_unpaid_order_can_be_cancelled(at_the_bank: AtTheBank) -> None:
    shopper, _page, checkout = at_the_bank

    shopper.post(f"/pay/{checkout.number}/cancel/")

    assert status_of(checkout) == CheckoutStatus.CANCELLED


@pytest.mark.parametrize("path", ["/pay/{}/", "/pay/{}/return/", "/orders/{}/", "/orders/{}/confirmation/", "/orders/{}/?t=wrong"])
def test_a_strangers_purchase_is_not_found(at_the_bank: AtTheBank, path: str) -> None:
    _shopper, _page, checkout = at_the_bank

    assert Client().get(path.format(checkout.number)).status_code == 404
    assert Client().get(path.format("0000-0000-0000")).status_code == 404
