import datetime as dt
from itertools import pairwise

import pytest
from django.conf import settings
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from core.models import OutboxEvent
from core.states import history
from payments import selectors
from payments.errors import PaymentNotFound
from payments.models import LedgerTransaction, PaymentAttempt, Refund, SandboxPayment
from payments.services import attempts, refunds
from tests.factories.payments import answer, make_paid_attempt, start

pytestmark = pytest.mark.django_db
now = timezone.now


def events() -> list[str]:
    return list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))


def refresh(attempt: PaymentAttempt, at: dt.datetime | None = None) -> PaymentAttempt:
    return attempts.refresh_attempt(attempt_id=attempt.pk, at=at or now())


def test_an_approved_payment_is_captured_once_however_often_one_looks() -> None:
    attempt = start()
    answer(attempt, "approve")

    for _ in range(3):
        attempt = refresh(attempt)

    assert attempt.status == "succeeded"
    assert events() == ["PaymentSucceeded"]
    assert [row.kind for row in LedgerTransaction.objects.all()] == ["capture"]
    assert [change.to_status for change in history(attempt)] == ["sent", "succeeded"]


def test_a_declined_payment_fails_with_its_code() -> None:
    attempt = start()
    answer(attempt, "decline")

    attempt = refresh(attempt)

    assert (attempt.status, attempt.failure_code) == ("failed", "declined")
    assert events() == ["PaymentFailed"]
    assert not LedgerTransaction.objects.exists()


def test_an_open_payment_stays_open() -> None:
    attempt = refresh(start())

    assert attempt.status == "sent"
    assert events() == []


def test_a_delayed_payment_is_open_until_it_counts() -> None:
    attempt = start()
    answer(attempt, "delay")
    assert refresh(attempt).status == "sent"

    SandboxPayment.objects.update(effective_at=now() - dt.timedelta(seconds=1))

    assert refresh(attempt).status == "succeeded"


def test_a_lost_answer_is_found_by_the_poller_within_a_minute() -> None:
    attempt = start()
    answer(attempt, "lose")

    polled = attempts.poll_attempts(at=attempt.created_at + dt.timedelta(seconds=60))

    attempt.refresh_from_db()
    assert polled == 1
    assert attempt.status == "succeeded"


def test_the_poller_leaves_alone_what_is_not_due() -> None:
    attempt = start()

    assert attempts.poll_attempts(at=attempt.created_at + dt.timedelta(seconds=5)) == 0


def next_look(attempt: PaymentAttempt) -> dt.timedelta:
    """How old the attempt will be when the poller looks at it next."""
    attempt.refresh_from_db()
    assert attempt.next_poll_at is not None
    return attempt.next_poll_at - attempt.created_at


def looks_until(age: dt.timedelta, attempt: PaymentAttempt) -> list[dt.timedelta]:
    """Let the poller look while the attempt is younger than that; its age at each look."""
    looks = [dt.timedelta()]
    while (look := next_look(attempt)) <= age:
        attempts.poll_attempts(at=attempt.created_at + look)
        looks.append(look)
    return looks


def test_an_open_attempt_is_looked_at_after_1_2_5_15_and_60_minutes_and_then_hourly() -> None:
    looks = looks_until(dt.timedelta(hours=4), start())

    assert {dt.timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 120, 180, 240)} <= set(looks)
    gaps = [later - earlier for earlier, later in pairwise(looks)]
    assert gaps == sorted(gaps)
    assert gaps[-1] == dt.timedelta(hours=1)


def test_while_a_purchase_can_be_paid_looks_are_at_most_five_minutes_apart() -> None:
    """MON13."""
    payable = dt.timedelta(minutes=settings.UNPAID_ORDER_MINUTES)

    looks = looks_until(payable, start())

    assert max(later - earlier for earlier, later in pairwise(looks)) <= dt.timedelta(minutes=5)


@pytest.mark.parametrize("minutes", [0, 4, 14, 29])
def test_a_webhook_that_never_arrives_is_made_good_within_five_minutes_whenever_the_shopper_pays(minutes: int) -> None:
    """MON13."""
    attempt = start()
    looks_until(dt.timedelta(minutes=minutes), attempt)
    answer(attempt, "lose")

    found_at = next_look(attempt)
    attempts.poll_attempts(at=attempt.created_at + found_at)

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert found_at <= dt.timedelta(minutes=minutes + 5)


@pytest.mark.parametrize("change", [{"amount_minor": 1}, {"currency": "EUR"}, {"reference": str(uuid7())}])
def test_a_payment_that_is_not_the_agreed_one_is_not_taken(change: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    attempt = start()
    answer(attempt, "lose")
    SandboxPayment.objects.update(**change)

    attempt = refresh(attempt)

    assert (attempt.status, attempt.failure_code) == ("unknown", "mismatch")
    assert events() == ["PaymentSuspended"]
    assert not LedgerTransaction.objects.exists()
    assert "another payment than agreed" in caplog.text


def test_a_failure_after_the_success_changes_nothing() -> None:
    paid = make_paid_attempt()
    SandboxPayment.objects.update(status="declined")

    assert refresh(paid).status == "succeeded"
    assert events() == ["PaymentSucceeded"]


def test_an_open_payment_is_closed_at_the_provider_when_its_purchase_expires() -> None:
    attempt = start()

    assert attempts.cancel_attempt(reference=attempt.reference, at=now())
    attempts.poll_attempts(at=now())

    attempt.refresh_from_db()
    assert (attempt.status, attempt.failure_code) == ("failed", "cancelled")
    assert SandboxPayment.objects.get().status == "cancelled"


def test_a_shopper_who_paid_before_the_cancellation_is_seen_as_paid() -> None:
    attempt = start()
    answer(attempt, "lose")
    attempts.cancel_attempt(reference=attempt.reference, at=now())

    attempts.poll_attempts(at=now())

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert events() == ["PaymentSucceeded"]


def test_cancelling_what_never_reached_the_provider_ends_it() -> None:
    attempt = start()
    SandboxPayment.objects.all().delete()
    PaymentAttempt.objects.update(status="new", provider_id="", redirect_url="")
    attempts.cancel_attempt(reference=attempt.reference, at=now())

    attempts.poll_attempts(at=now() + dt.timedelta(minutes=2))

    attempt.refresh_from_db()
    assert (attempt.status, attempt.failure_code) == ("failed", "cancelled")
    assert not SandboxPayment.objects.exists()


def test_there_is_nothing_to_cancel_without_an_open_payment() -> None:
    paid = make_paid_attempt()

    assert not attempts.cancel_attempt(reference=paid.reference, at=now())


def test_a_late_success_of_a_payment_given_up_still_counts() -> None:
    attempt = start()
    PaymentAttempt.objects.update(status="failed", failure_code="lost")
    answer(attempt, "lose")

    assert refresh(attempt).status == "succeeded"
    assert selectors.provider_clearing(attempt.reference) == -10_000


def test_a_late_success_closes_the_attempt_started_in_its_place() -> None:
    first = start()
    PaymentAttempt.objects.update(status="failed")
    second = start(reference=first.reference)
    answer(first, "lose")

    refresh(first)
    attempts.poll_attempts(at=now())

    second.refresh_from_db()
    assert (second.status, second.failure_code) == ("failed", "cancelled")


def test_a_second_payment_of_one_purchase_goes_back_once() -> None:
    first = start()
    PaymentAttempt.objects.filter(pk=first.pk).update(status="failed")
    paid = make_paid_attempt(reference=first.reference)
    answer(first, "lose")

    for _ in range(2):
        first = refresh(first)
        refunds.send_refunds(at=now())

    assert (first.status, paid.status) == ("surplus", "succeeded")
    refund = Refund.objects.get()
    assert (refund.attempt_id, refund.amount_minor, refund.status) == (first.pk, 10_000, "succeeded")
    assert events().count("PaymentSucceeded") == 1
    assert selectors.provider_clearing(first.reference) == -10_000
    assert invariants.violations() == {}


def test_an_attempt_nobody_made_is_not_found() -> None:
    with pytest.raises(PaymentNotFound):
        attempts.refresh_attempt(attempt_id=uuid7(), at=now())
