from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from orders.models import Checkout
from payments.models import ExpectedTransfer, PaymentAttempt


@pytest.fixture(autouse=True)
def account(settings: Settings) -> None:
    settings.BANK_TRANSFER_ACCOUNT = "Shop Ltd\nIBAN DE75 5121 0800 1245 1261 99"


@pytest.fixture
def told(shopper: Client, order_form: dict[str, Any]) -> str:
    """The page of a shopper who has chosen to transfer."""
    answer = shopper.post("/checkout/", {**order_form, "gateway": "bank_transfer"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/pay/{Checkout.objects.get().number}/"
    return str(answer.text)


def test_the_checkout_offers_it_beside_the_others_with_a_sentence(shopper: Client) -> None:
    page = shopper.get("/checkout/").text

    assert 'data-testid="tender-bank_transfer"' in page
    assert 'data-testid="tender-sandbox"' in page
    assert "payment reference" in page


def test_the_shopper_is_told_account_sum_and_reference(told: str) -> None:
    reference = ExpectedTransfer.objects.get().code

    assert f'data-testid="transfer-reference">{" ".join(reference[i : i + 4] for i in range(0, 14, 4))}<' in told
    assert "IBAN DE75 5121 0800 1245 1261 99" in told


def test_coming_back_shows_the_same_reference(shopper: Client, told: str) -> None:
    number = Checkout.objects.get().number

    again = shopper.get(f"/pay/{number}/").text
    pressed = shopper.post(f"/pay/{number}/", {"gateway": "bank_transfer"}, follow=True).text

    assert ExpectedTransfer.objects.count() == 1
    assert "transfer-reference" in again
    assert "transfer-reference" in pressed


def test_another_way_can_still_be_chosen(shopper: Client, told: str) -> None:
    number = Checkout.objects.get().number

    answer = shopper.post(f"/pay/{number}/", {"gateway": "sandbox"})

    assert answer["Location"].startswith("/sandbox/")
    assert sorted(PaymentAttempt.objects.values_list("gateway", "status")) == [("bank_transfer", "failed"), ("sandbox", "sent")]


def test_a_strangers_reference_is_not_found(told: str) -> None:
    assert Client().get(f"/pay/{Checkout.objects.get().number}/").status_code == 404
