"""What is special to Stripe; what it shares with the others is in the gateway contract."""

import datetime as dt
import time

import pytest
from django.utils import timezone
from pytest_django import Settings

from core.models import OutboxEvent
from core.money import charge_step
from payments.errors import InvalidSignature
from payments.gateways import gateway
from payments.gateways.base import Refused
from payments.gateways.stripe_amounts import THREE_DECIMAL, WHOLE_HUNDREDTHS, ZERO_DECIMAL, from_stripe, to_stripe
from payments.models import InboxMessage, PaymentAttempt
from payments.services import attempts, inbox
from tests.factories.payments import start
from tests.provider_double.client import OLD_SECRET, SECRET, ProviderDouble

now = timezone.now


@pytest.mark.django_db
def test_a_500_after_applying_is_looked_up_and_its_key_not_sent_again(stripe_double: ProviderDouble) -> None:
    stripe_double.turn("error_after", path="/v1/checkout")
    attempt = start(gateway="stripe")
    assert (attempt.status, attempt.provider_id) == ("unknown", "")
    stripe_double.pay(stripe_double.sessions()[0]["id"])

    attempts.poll_attempts(at=attempt.created_at + dt.timedelta(seconds=59))

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert len(stripe_double.calls("POST")) == 1
    assert OutboxEvent.objects.filter(name="PaymentSucceeded").count() == 1


@pytest.mark.django_db
def test_a_500_before_applying_is_sent_again_with_the_same_key(stripe_double: ProviderDouble) -> None:
    stripe_double.turn("error_before", times=1)
    attempt = start(gateway="stripe")

    attempts.poll_attempts(at=attempt.created_at + dt.timedelta(seconds=61))

    attempt.refresh_from_db()
    assert attempt.status == "sent"
    assert [row["key"] for row in stripe_double.answers()] == [attempt.idempotency_key]


@pytest.mark.django_db
def test_a_provider_that_does_not_answer_leaves_the_attempt_unknown_in_time(
    stripe_double: ProviderDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payments.gateways.stripe_client.TIMEOUT_SECONDS", 0.2)
    stripe_double.turn("hang")
    began = time.monotonic()

    attempt = start(gateway="stripe")

    assert time.monotonic() - began < 5
    assert attempt.status == "unknown"
    assert start(gateway="stripe", reference=attempt.reference).pk == attempt.pk
    assert PaymentAttempt.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_payment_fails_and_another_may_be_started(stripe_double: ProviderDouble) -> None:
    refused = start(gateway="stripe", amount_minor=20)

    second = start(gateway="stripe", amount_minor=5_000, reference=refused.reference)

    assert (refused.status, refused.failure_code) == ("failed", "amount_too_small")
    assert second.status == "sent"


@pytest.mark.django_db
def test_a_wrong_key_is_a_refusal_that_names_no_secret(
    stripe_double: ProviderDouble, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"

    attempt = start(gateway="stripe")

    assert attempt.status == "failed"
    assert not stripe_double.sessions()
    assert "sk_test_wrong" not in caplog.text + attempt.failure_code


@pytest.mark.django_db
def test_both_secrets_are_valid_while_one_replaces_the_other(stripe_double: ProviderDouble) -> None:
    attempt = start(gateway="stripe")

    for secret in (OLD_SECRET, SECRET):
        message = stripe_double.message(attempt.provider_id, secret=secret)
        assert gateway("stripe").read_webhook(*message).object_id == attempt.provider_id

    for forged in ({"secret": "whsec_other"}, {"age_seconds": 400}):
        with pytest.raises(InvalidSignature):
            gateway("stripe").read_webhook(*stripe_double.message(attempt.provider_id, **forged))


@pytest.mark.django_db
def test_a_message_of_the_other_mode_is_quarantined(stripe_double: ProviderDouble) -> None:
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)
    headers, body = stripe_double.message(attempt.provider_id, livemode=True)

    inbox.receive_webhook(gateway="stripe", headers=headers, body=body, at=now())
    inbox.process_inbox(at=now())

    message = InboxMessage.objects.get()
    assert (message.status, message.note) == ("quarantined", "live mode differs")
    attempt.refresh_from_db()
    assert attempt.status == "sent"


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [("USD", 1_999, 1_999), ("JPY", 1_999, 1_999), ("KWD", 12_340, 12_340), ("XOF", 50_000, 500), ("UGX", 50_000, 50_000)],
)
def test_minor_units_are_turned_into_stripes_and_back(currency: str, ours: int, theirs: int) -> None:
    assert to_stripe(ours, currency) == theirs
    assert from_stripe(theirs, currency) == ours


@pytest.mark.parametrize(("currency", "minor"), [("KWD", 12_341), ("XOF", 150), ("UGX", 150)])
def test_a_sum_stripe_cannot_collect_exactly_is_refused(currency: str, minor: int) -> None:
    with pytest.raises(Refused):
        to_stripe(minor, currency)


@pytest.mark.parametrize("currency", sorted({"USD", "EUR", "CNY", "HUF"} | ZERO_DECIMAL | THREE_DECIMAL | WHOLE_HUNDREDTHS))
def test_every_step_of_a_currency_is_a_sum_stripe_can_collect_and_refund(currency: str) -> None:
    step = charge_step(currency)

    assert from_stripe(to_stripe(7 * step, currency), currency) == 7 * step
