import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from core.ids import uuid7
from core.models import OutboxEvent
from payments import selectors
from payments.errors import AlreadyPaid, GatewayUnavailable, PaymentInProgress, UnknownGateway
from payments.gateways.base import CalledInsideTransaction
from payments.models import PaymentAttempt, SandboxPayment
from payments.services import attempts
from tests.factories.payments import RETURN_URL, answer, make_paid_attempt, sandbox_payment, start

pytestmark = pytest.mark.django_db


def test_a_started_attempt_sends_the_shopper_to_the_provider() -> None:
    attempt = start(amount_minor=4_299)

    assert attempt.status == "sent"
    assert attempt.redirect_url == f"/sandbox/{attempt.provider_id}/"
    assert sandbox_payment(attempt).amount_minor == 4_299
    assert attempt.next_poll_at is not None


def test_a_second_start_returns_the_open_attempt() -> None:
    first = start()

    second = start(reference=first.reference)

    assert second.pk == first.pk
    assert PaymentAttempt.objects.count() == SandboxPayment.objects.count() == 1


def test_a_paid_purchase_cannot_be_paid_again() -> None:
    paid = make_paid_attempt()

    with pytest.raises(AlreadyPaid):
        start(reference=paid.reference)

    assert PaymentAttempt.objects.get() == paid
    assert SandboxPayment.objects.count() == 1


def test_an_open_attempt_over_another_sum_is_not_reused() -> None:
    first = start(amount_minor=100)

    with pytest.raises(PaymentInProgress):
        start(reference=first.reference, amount_minor=200)

    assert PaymentAttempt.objects.count() == 1


def test_after_a_declined_payment_another_may_be_started() -> None:
    declined = start()
    answer(declined, "decline")
    attempts.refresh_attempt(attempt_id=declined.pk, at=timezone.now())

    second = start(reference=declined.reference)

    assert second.pk != declined.pk
    assert selectors.latest_attempt(declined.reference) == second


@pytest.mark.parametrize(("gateway", "error"), [("stripe", GatewayUnavailable), ("cowries", UnknownGateway)])
def test_a_gateway_that_takes_no_payments_is_refused(gateway: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        start(gateway=gateway)

    assert not PaymentAttempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_provider_is_never_called_inside_a_transaction() -> None:
    with pytest.raises(CalledInsideTransaction), transaction.atomic():
        start()

    assert not PaymentAttempt.objects.exists()
    assert not SandboxPayment.objects.exists()


def test_a_process_that_died_before_the_call_is_continued_with_the_same_key() -> None:
    born = timezone.now() - dt.timedelta(seconds=90)
    pk = uuid7()
    PaymentAttempt.objects.create(
        id=pk, created_at=born, reference=uuid7(), amount_minor=500, currency="USD", gateway="sandbox", return_url=RETURN_URL,
        idempotency_key=pk.hex, next_poll_at=born,
    )  # fmt: skip

    attempts.poll_attempts(at=timezone.now())

    attempt = PaymentAttempt.objects.get()
    assert attempt.status == "sent"
    assert SandboxPayment.objects.get().idempotency_key == pk.hex


def test_a_process_that_died_after_the_call_is_found_by_the_key_within_a_minute() -> None:
    attempt = start()
    answer(attempt, "lose")
    PaymentAttempt.objects.update(status="new", provider_id="", redirect_url="", next_poll_at=attempt.created_at + dt.timedelta(seconds=20))

    attempts.poll_attempts(at=attempt.created_at + dt.timedelta(seconds=59))

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert attempt.provider_id == str(sandbox_payment(attempt).pk)
    assert SandboxPayment.objects.count() == 1
    assert OutboxEvent.objects.filter(name="PaymentSucceeded").count() == 1


def test_a_key_is_never_sent_again_after_a_day() -> None:
    born = timezone.now() - dt.timedelta(hours=25)
    PaymentAttempt.objects.create(
        created_at=born, reference=uuid7(), amount_minor=500, currency="USD", gateway="sandbox", return_url=RETURN_URL,
        idempotency_key="old", next_poll_at=born, status="unknown",
    )  # fmt: skip

    attempts.poll_attempts(at=timezone.now())

    attempt = PaymentAttempt.objects.get()
    assert (attempt.status, attempt.failure_code) == ("failed", "lost")
    assert not SandboxPayment.objects.exists()


def test_an_unknown_attempt_blocks_a_new_one() -> None:
    attempt = start()
    PaymentAttempt.objects.update(status="unknown", provider_id="", redirect_url="")

    second = start(reference=attempt.reference)

    assert (second.pk, second.status) == (attempt.pk, "unknown")
    assert SandboxPayment.objects.count() == 1
