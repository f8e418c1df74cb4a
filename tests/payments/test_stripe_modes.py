"""Payment intents, ways to pay that take days, and what is offered when."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from payments.gateways import gateway
from payments.gateways.base import Outcome
from payments.gateways.stripe_methods import parameters
from payments.models import InboxMessage, PaymentAttempt, Refund
from payments.services import attempts, inbox, refunds
from tests.factories.payments import start
from tests.provider_double.books import CARD
from tests.provider_double.client import ProviderDouble

pytestmark = pytest.mark.django_db
now = timezone.now


@pytest.fixture
def intents(stripe_double: ProviderDouble, settings: Settings) -> ProviderDouble:
    settings.STRIPE_MODE = "payment_intents"
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_double"
    return stripe_double


def receive(double: ProviderDouble, identity: str, kind: str) -> None:
    headers, body = double.message(identity, kind)
    inbox.receive_webhook(gateway="stripe", headers=headers, body=body, at=now())
    inbox.process_inbox(at=now())


def test_an_intent_is_confirmed_on_our_page_without_our_server_seeing_a_card(intents: ProviderDouble, client: Client) -> None:
    attempt = start(gateway="stripe")

    page = client.get(f"/stripe/{attempt.pk}/")

    assert attempt.redirect_url.endswith(f"/stripe/{attempt.pk}/")
    assert page.status_code == 200
    assert f"{attempt.provider_id}_secret" in page.text
    assert "pk_test_double" in page.text
    assert "<input" not in page.text.split('id="stripe-form"')[1].split("</form>")[0]
    policy = page["Content-Security-Policy"]
    assert "script-src 'self' https://js.stripe.com" in policy
    assert "js.stripe.com" not in client.get("/cart/")["Content-Security-Policy"]


def test_a_paid_intents_page_leads_back_to_the_shop(intents: ProviderDouble, client: Client) -> None:
    attempt = start(gateway="stripe")
    intents.pay(attempt.provider_id)
    receive(intents, attempt.provider_id, "payment_intent.succeeded")

    answer = client.get(f"/stripe/{attempt.pk}/")

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert (answer.status_code, answer["Location"]) == (303, attempt.return_url)


def test_other_payments_have_no_such_page(intents: ProviderDouble, settings: Settings, client: Client) -> None:
    settings.STRIPE_MODE = "checkout"
    hosted = start(gateway="stripe")

    assert client.get(f"/stripe/{hosted.pk}/").status_code == 404
    assert client.get(f"/stripe/{start().pk}/").status_code == 404


def test_while_stripe_is_away_the_page_says_so(intents: ProviderDouble, client: Client) -> None:
    attempt = start(gateway="stripe")
    intents.turn("error_before")

    page = client.get(f"/stripe/{attempt.pk}/")

    assert page.status_code == 200
    assert "provider is busy" in page.text


def test_a_declined_card_leaves_the_intent_open_for_another_one(intents: ProviderDouble) -> None:
    attempt = start(gateway="stripe")
    intents.decline(attempt.provider_id)
    receive(intents, attempt.provider_id, "payment_intent.payment_failed")

    attempt.refresh_from_db()
    assert attempt.status == "sent"
    intents.pay(attempt.provider_id)
    assert attempts.refresh_attempt(attempt_id=attempt.pk, at=now()).status == "succeeded"


def test_an_attempt_made_before_the_mode_was_changed_is_still_found(intents: ProviderDouble, settings: Settings) -> None:
    attempt = start(gateway="stripe")
    provider_id, attempt.provider_id = attempt.provider_id, ""
    settings.STRIPE_MODE = "checkout"

    assert gateway("stripe").fetch(attempt).provider_id == provider_id


def test_without_the_publishable_key_intents_are_not_offered(intents: ProviderDouble, settings: Settings) -> None:
    settings.STRIPE_PUBLISHABLE_KEY = ""

    assert not gateway("stripe").is_available()


def test_an_intents_message_about_a_checkout_payment_settles_that(stripe_double: ProviderDouble) -> None:
    attempt = start(gateway="stripe")
    intent = stripe_double.pay(attempt.provider_id)["payment_intent"]

    receive(stripe_double, intent, "payment_intent.succeeded")

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert InboxMessage.objects.get().status == "handled"


def test_a_bank_transfer_is_open_until_the_money_comes(stripe_double: ProviderDouble) -> None:
    attempt = start(gateway="stripe")
    stripe_double.submit(attempt.provider_id)
    receive(stripe_double, attempt.provider_id, "checkout.session.completed")
    attempt.refresh_from_db()
    assert attempt.status == "sent"

    stripe_double.pay(attempt.provider_id)
    receive(stripe_double, attempt.provider_id, "checkout.session.async_payment_succeeded")

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"


def test_a_bank_transfer_that_fails_ends_the_attempt(stripe_double: ProviderDouble) -> None:
    attempt = start(gateway="stripe")
    stripe_double.submit(attempt.provider_id)
    stripe_double.decline(attempt.provider_id)

    receive(stripe_double, attempt.provider_id, "checkout.session.async_payment_failed")

    attempt.refresh_from_db()
    assert (attempt.status, attempt.failure_code) == ("failed", "card_declined")
    assert start(gateway="stripe", reference=attempt.reference).pk != attempt.pk


def test_chosen_methods_are_asked_for_where_the_currency_has_them(settings: Settings) -> None:
    settings.STRIPE_PAYMENT_METHODS = ["card", "wechat_pay", "customer_balance"]

    in_dollars, in_euros = parameters(PaymentAttempt(currency="USD")), parameters(PaymentAttempt(currency="EUR"))

    assert in_dollars["payment_method_types"] == ["card", "wechat_pay", "customer_balance"]
    assert in_dollars["payment_method_options"]["customer_balance"]["bank_transfer"] == {"type": "us_bank_transfer"}
    assert in_euros == {"payment_method_types": ["card", "wechat_pay"], "payment_method_options": {"wechat_pay": {"client": "web"}}}
    settings.STRIPE_PAYMENT_METHODS = []
    assert parameters(PaymentAttempt(currency="USD")) == {}


@pytest.mark.parametrize("mode", ["checkout", "payment_intents"])
def test_a_bank_transfer_gets_a_customer_made_once(intents: ProviderDouble, settings: Settings, mode: str) -> None:
    settings.STRIPE_MODE, settings.STRIPE_PAYMENT_METHODS = mode, ["card", "customer_balance"]
    attempt = start(gateway="stripe")
    gateway("stripe").create(attempt)

    assert attempt.status == "sent"
    assert len(intents.rows("customer")) == 1


def test_a_pending_refund_is_settled_by_the_charges_message(stripe_double: ProviderDouble) -> None:
    stripe_double.turn("refund_pending")
    refund = _refund(stripe_double)
    assert refund.status == "sent"

    stripe_double.settle_refund(refund.provider_id, "succeeded")
    receive(stripe_double, stripe_double.charges()[0]["id"], "charge.refunded")

    refund.refresh_from_db()
    assert refund.status == "succeeded"


def test_a_refund_the_provider_takes_back_after_paying_it_calls_a_person(stripe_double: ProviderDouble) -> None:
    refund = _refund(stripe_double)
    assert refund.status == "succeeded"
    stripe_double.change(refund.provider_id, status="failed")

    receive(stripe_double, refund.provider_id, "refund.failed")

    assert InboxMessage.objects.get().status == "quarantined"


def test_a_payment_of_the_other_mode_is_not_taken(stripe_double: ProviderDouble) -> None:
    """MON14."""
    stripe_double.turn("wrong_livemode")
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)

    seen = gateway("stripe").fetch(attempt)
    attempt = attempts.refresh_attempt(attempt_id=attempt.pk, at=now())

    assert (seen.status, seen.problem) == (Outcome.SUCCEEDED, "live mode")
    assert (attempt.status, attempt.failure_code) == ("unknown", "mismatch")


def _refund(double: ProviderDouble) -> Refund:
    attempt = start(gateway="stripe")
    double.pay(attempt.provider_id)
    attempts.refresh_attempt(attempt_id=attempt.pk, at=now())
    refunds.refund_attempt(attempt_id=attempt.pk, reason="late", at=now())
    refunds.send_refunds(at=now())
    return Refund.objects.get()


@pytest.mark.parametrize("mode", ["checkout", "payment_intents"])
def test_the_fingerprint_of_the_card_is_kept_with_the_payment(mode: str, intents: ProviderDouble, settings: Settings) -> None:
    settings.STRIPE_MODE = mode
    attempt = start(gateway="stripe")
    assert attempt.card == ""

    intents.pay(attempt.provider_id)
    attempts.refresh_attempt(attempt_id=attempt.pk, at=now())

    attempt.refresh_from_db()
    assert (attempt.status, attempt.card) == ("succeeded", CARD)


def test_a_way_to_pay_without_a_card_has_no_fingerprint(stripe_double: ProviderDouble) -> None:
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)
    stripe_double.change(stripe_double.charges()[0]["id"], payment_method_details={"type": "alipay", "alipay": {}})

    assert attempts.refresh_attempt(attempt_id=attempt.pk, at=now()).card == ""
