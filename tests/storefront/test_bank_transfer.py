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


@pytest.mark.parametrize("page", ["/orders/", "/orders/{number}/"])
def test_an_order_that_awaits_a_transfer_leads_to_its_details(shopper: Client, order_form: dict[str, Any], page: str) -> None:
    shopper.post("/checkout/", {**order_form, "gateway": "sandbox"})
    number = Checkout.objects.get().number
    by_card = shopper.get(page.format(number=number)).text

    shopper.post(f"/pay/{number}/", {"gateway": "bank_transfer"})
    by_transfer = shopper.get(page.format(number=number)).text

    assert ("Pay now" in by_card, "Transfer details" in by_card) == (True, False)
    assert ("Pay now" in by_transfer, "Transfer details" in by_transfer) == (False, True)


def test_a_gift_card_paid_by_transfer_speaks_of_no_goods_and_of_no_mail(client: Client, db: None) -> None:
    wish = {"value": "5000", "recipient": "friend@example.com", "email": "giver@example.com", "gateway": "bank_transfer"}

    offer = client.get("/gift-cards/").text
    told = client.post("/gift-cards/", wish, follow=True).text

    assert "We keep the goods" not in offer
    assert "transfer-reference" in told
    assert "We have sent this to" not in told


def test_another_way_can_still_be_chosen(shopper: Client, told: str) -> None:
    number = Checkout.objects.get().number

    answer = shopper.post(f"/pay/{number}/", {"gateway": "sandbox"})

    assert answer["Location"].startswith("/sandbox/")
    assert sorted(PaymentAttempt.objects.values_list("gateway", "status")) == [("bank_transfer", "failed"), ("sandbox", "sent")]


def test_a_strangers_reference_is_not_found(told: str) -> None:
    assert Client().get(f"/pay/{Checkout.objects.get().number}/").status_code == 404
