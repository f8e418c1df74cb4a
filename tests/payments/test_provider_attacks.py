"""What goes wrong between a shop and its provider, against a provider whose books say what was really charged."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from core.models import OutboxEvent
from core.states import history
from orders.services import expiry
from orders.services import payment as paying
from payments import rules
from payments.errors import AlreadyPaid, PaymentInProgress
from payments.models import InboxMessage, LedgerTransaction, PaymentAttempt, Refund
from payments.services import attempts, inbox, reconciliation, refunds
from tests.drain import drain
from tests.factories.orders import make_cart, place
from tests.factories.payments import RETURN_URL, start
from tests.provider_double.client import ProviderDouble

pytestmark = pytest.mark.django_db
now = timezone.now
SECOND = dt.timedelta(seconds=1)


def paid(double: ProviderDouble, **overrides: Any) -> PaymentAttempt:
    attempt = start(gateway="stripe", **overrides)
    double.pay(attempt.provider_id)
    return attempts.refresh_attempt(attempt_id=attempt.pk, at=now())


def forget_answer(attempt: PaymentAttempt) -> None:
    """As if the process had died before it wrote down what the provider said."""
    first_look = attempt.created_at + rules.FIRST_LOOK
    PaymentAttempt.objects.filter(pk=attempt.pk).update(status="new", provider_id="", redirect_url="", next_poll_at=first_look)


def receive(double: ProviderDouble, identity: str, kind: str, **changes: Any) -> InboxMessage:
    headers, body = double.message(identity, kind, **changes)
    inbox.receive_webhook(gateway="stripe", headers=headers, body=body, at=now())
    inbox.process_inbox(at=now())
    return InboxMessage.objects.order_by("-created_at")[0]


def poll(attempt: PaymentAttempt, seconds: int) -> PaymentAttempt:
    """Let the poller come by as often as it would in that time."""
    clock = attempt.created_at
    while clock <= attempt.created_at + seconds * SECOND:
        attempts.poll_attempts(at=clock)
        clock += 5 * SECOND
    attempt.refresh_from_db()
    return attempt


def test_a_process_that_dies_after_the_provider_accepted_charges_once_and_the_money_is_found_in_a_minute(
    stripe_double: ProviderDouble,
) -> None:
    """MON05."""
    attempt = start(gateway="stripe")
    forget_answer(attempt)
    stripe_double.pay(stripe_double.sessions()[0]["id"])

    attempt = poll(attempt, 59)

    assert attempt.status == "succeeded"
    assert len(stripe_double.charges(attempt_id=attempt.pk)) == len(stripe_double.sessions()) == 1
    assert OutboxEvent.objects.filter(name="PaymentSucceeded").count() == 1


def test_a_process_that_dies_before_the_call_is_continued_with_the_same_key_and_row(stripe_double: ProviderDouble) -> None:
    """MON06."""
    stripe_double.turn("drop_before", method="POST")
    attempt = start(gateway="stripe")
    forget_answer(attempt)
    stripe_double.clear("drop_before")

    attempt = poll(attempt, 90)

    assert (attempt.status, PaymentAttempt.objects.count()) == ("sent", 1)
    assert [row["key"] for row in stripe_double.answers()] == [attempt.idempotency_key]
    assert len(stripe_double.sessions(attempt_id=attempt.pk)) == 1


def test_a_500_that_is_replayed_for_its_key_is_looked_up_and_the_key_left_alone(stripe_double: ProviderDouble) -> None:
    """MON08: Stripe answers the same 500 for a day, and has applied the first."""
    stripe_double.turn("error_after", method="POST")
    attempt = start(gateway="stripe")
    assert attempt.status == "unknown"

    attempt = poll(attempt, 600)

    assert attempt.status == "sent"
    assert len(stripe_double.calls("POST")) == 1
    assert len(stripe_double.sessions()) == 1


def test_a_500_that_applied_nothing_is_repeated_some_times_and_then_left_to_a_person(stripe_double: ProviderDouble) -> None:
    """MON08."""
    stripe_double.turn("error_stored", method="POST")
    attempt = start(gateway="stripe")

    attempt = poll(attempt, 3600)

    assert attempt.status == "unknown"
    assert len(stripe_double.calls("POST")) <= rules.LAST_POLL_TO_SEND + 1
    assert not stripe_double.sessions()


def test_after_a_day_the_provider_is_asked_but_the_old_key_never_sent(
    stripe_double: ProviderDouble, caplog: pytest.LogCaptureFixture
) -> None:
    """MON09."""
    stripe_double.turn("drop_before", method="POST")
    attempt = start(gateway="stripe")
    stripe_double.clear("drop_before")
    before = len(stripe_double.calls("POST"))

    attempts.poll_attempts(at=attempt.created_at + dt.timedelta(hours=25))

    attempt.refresh_from_db()
    assert (attempt.status, attempt.failure_code) == ("failed", "lost")
    assert stripe_double.calls("GET", "/v1/checkout/sessions")
    assert len(stripe_double.calls("POST")) == before
    assert "never reached the provider" in caplog.text


def test_after_a_day_what_did_arrive_is_taken(stripe_double: ProviderDouble) -> None:
    """MON09."""
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)
    forget_answer(attempt)

    attempts.poll_attempts(at=attempt.created_at + dt.timedelta(hours=25))

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"


@pytest.mark.parametrize("attack", ["forged", "altered", "unsigned", "nonsense"])
def test_a_webhook_that_is_not_genuine_is_refused_and_nothing_kept(stripe_double: ProviderDouble, client: Client, attack: str) -> None:
    """MON10."""
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)
    headers, body = stripe_double.message(attempt.provider_id, secret="whsec_guessed" if attack == "forged" else "whsec_new")
    sent = {
        "forged": (headers, body),
        "altered": (headers, body.replace(b"10000", b"10001", 1)),
        "unsigned": ({}, body),
        "nonsense": ({"Stripe-Signature": "t=,v1=é"}, body),
    }[attack]

    answer = client.post("/api/webhooks/stripe/", sent[1], content_type="application/json", headers=sent[0])

    assert answer.status_code == 400
    assert not InboxMessage.objects.exists()
    attempt.refresh_from_db()
    assert attempt.status == "sent"


def test_a_right_signature_of_another_hour_is_refused_and_the_clock_suspected(
    stripe_double: ProviderDouble, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """MON29."""
    attempt = start(gateway="stripe")
    headers, body = stripe_double.message(attempt.provider_id, age_seconds=3600)

    answer = client.post("/api/webhooks/stripe/", body, content_type="application/json", headers=headers)

    assert (answer.status_code, InboxMessage.objects.count()) == (400, 0)
    assert "our clock is wrong" in caplog.text


def test_the_same_message_a_thousand_times_has_one_effect(stripe_double: ProviderDouble, client: Client) -> None:
    """MON11."""
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)
    headers, body = stripe_double.message(attempt.provider_id)

    answers = {
        client.post("/api/webhooks/stripe/", body, content_type="application/json", headers=headers).status_code for _ in range(1_000)
    }
    inbox.process_inbox(at=now())

    assert answers == {200}
    assert InboxMessage.objects.count() == 1
    assert [row.kind for row in LedgerTransaction.objects.all()] == ["capture"]


@pytest.mark.parametrize(
    "order",
    [
        ["payment_intent.succeeded", "payment_intent.created"],
        ["charge.refunded", "payment_intent.succeeded", "payment_intent.created"],
        ["payment_intent.succeeded", "payment_intent.payment_failed"],
        ["checkout.session.completed", "checkout.session.expired", "payment_intent.canceled"],
    ],
)
def test_messages_in_any_order_end_in_the_state_of_the_providers_object(stripe_double: ProviderDouble, order: list[str]) -> None:
    """MON12."""
    attempt = start(gateway="stripe")
    session = stripe_double.pay(attempt.provider_id)
    objects = {"checkout": session["id"], "payment_intent": session["payment_intent"], "charge": stripe_double.charges()[0]["id"]}

    for number, kind in enumerate(order):
        identity = objects[kind.split(".", maxsplit=1)[0]]
        receive(stripe_double, identity, "", id=f"evt_{number}", type=kind)

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert [change.to_status for change in history(attempt)] == ["sent", "succeeded"]
    assert [row.kind for row in LedgerTransaction.objects.all()] == ["capture"]


def test_a_payment_whose_webhook_never_comes_is_settled_within_five_minutes(stripe_double: ProviderDouble) -> None:
    """MON13."""
    attempt = start(gateway="stripe")
    poll(attempt, 600)
    stripe_double.pay(attempt.provider_id)
    clock = attempt.created_at + 605 * SECOND

    while attempt.status != "succeeded":
        clock += 5 * SECOND
        attempts.poll_attempts(at=clock)
        attempt.refresh_from_db()

    assert clock - attempt.created_at <= dt.timedelta(seconds=605, minutes=5)


@pytest.mark.parametrize("knob", ["wrong_amount", "wrong_currency", "wrong_livemode"])
def test_a_genuine_message_about_another_payment_than_agreed_is_quarantined(stripe_double: ProviderDouble, knob: str) -> None:
    """MON14."""
    stripe_double.turn(knob)
    attempt = start(gateway="stripe", amount_minor=200_000)
    stripe_double.pay(attempt.provider_id)

    message = receive(stripe_double, attempt.provider_id, "checkout.session.completed")

    attempt.refresh_from_db()
    assert message.status == "quarantined"
    assert attempt.status != "succeeded"
    assert not LedgerTransaction.objects.exists()
    assert OutboxEvent.objects.filter(name__in=["MessageQuarantined", "PaymentSuspended"]).exists()


@pytest.mark.parametrize("change", ["another order", "another account", "another mode"])
def test_a_genuine_message_that_is_not_ours_pays_nothing(stripe_double: ProviderDouble, change: str) -> None:
    """MON14."""
    dear, cheap = start(gateway="stripe", amount_minor=200_000), start(gateway="stripe", amount_minor=100)
    stripe_double.pay(cheap.provider_id)
    about = stripe_double.change(cheap.provider_id, client_reference_id=str(dear.pk))
    forged: dict[str, Any] = {
        "another order": {"data": {"object": about}},
        "another account": {"account": "acct_1Stranger"},
        "another mode": {"livemode": True},
    }[change]

    message = receive(stripe_double, cheap.provider_id, "checkout.session.completed", **forged)

    dear.refresh_from_db()
    assert message.status == "quarantined"
    assert dear.status == "sent"
    assert not LedgerTransaction.objects.exists()


@pytest.mark.parametrize("knob", ["drop_after", "error_after"])
def test_a_refund_whose_answer_was_lost_is_found_and_not_paid_again(stripe_double: ProviderDouble, knob: str) -> None:
    """MON16."""
    attempt = paid(stripe_double)
    stripe_double.turn(knob, method="POST", path="/v1/refunds")
    refund = refunds.refund_attempt(attempt_id=attempt.pk, reason="late", at=now())
    refunds.send_refunds(at=now())
    stripe_double.clear(knob)

    for seconds in (30, 60, 120):
        refunds.send_refunds(at=now() + seconds * SECOND)

    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert [row["amount"] for row in stripe_double.refunds(attempt_id=attempt.pk)] == [10_000]
    assert invariants.violations() == {}


def test_what_is_paid_cancelled_or_over_another_sum_is_refused_without_asking_the_provider(stripe_double: ProviderDouble) -> None:
    """MON17."""
    taken = paid(stripe_double)
    waiting = start(gateway="stripe", amount_minor=5_000)
    before = len(stripe_double.calls())

    with pytest.raises(AlreadyPaid):
        start(gateway="stripe", reference=taken.reference)
    with pytest.raises(PaymentInProgress):
        start(gateway="stripe", reference=waiting.reference, amount_minor=9_000)
    for _ in range(3):
        attempts.refresh_attempt(attempt_id=taken.pk, at=now())

    assert len(stripe_double.calls()) == before
    assert len(stripe_double.charges()) == 1
    assert LedgerTransaction.objects.filter(kind="capture").count() == 1


@pytest.mark.parametrize(("currency", "ours", "theirs"), [("JPY", 1_500, 1_500), ("KRW", 20_000, 20_000), ("KWD", 12_340, 12_340)])
def test_sums_reach_the_provider_in_its_own_minor_units(stripe_double: ProviderDouble, currency: str, ours: int, theirs: int) -> None:
    """MON22."""
    attempt = paid(stripe_double, currency=currency, amount_minor=ours)

    (charge,) = stripe_double.charges()
    assert (charge["amount"], charge["currency"]) == (theirs, currency.lower())
    assert attempt.status == "succeeded"


def test_two_tabs_pay_once_and_a_second_payment_goes_back_by_itself(stripe_double: ProviderDouble) -> None:
    """MON27."""
    first = start(gateway="stripe")
    assert start(gateway="stripe", reference=first.reference).pk == first.pk
    PaymentAttempt.objects.filter(pk=first.pk).update(status="failed", next_poll_at=None)
    second = paid(stripe_double, reference=first.reference)
    stripe_double.pay(first.provider_id)
    receive(stripe_double, first.provider_id, "checkout.session.completed")
    for _ in range(2):
        refunds.send_refunds(at=now())

    first.refresh_from_db()
    assert (first.status, second.status) == ("surplus", "succeeded")
    assert len(stripe_double.charges(reference=first.reference)) == 2
    assert [row["amount"] for row in stripe_double.refunds(reference=first.reference)] == [10_000]
    assert Refund.objects.get().attempt_id == first.pk
    assert invariants.violations() == {}


def test_money_for_an_expired_purchase_goes_back_whole_once_and_the_shopper_is_told(stripe_double: ProviderDouble) -> None:
    """MON28."""
    checkout = place(make_cart())
    attempt = paying.start_payment(checkout=checkout, gateway="stripe", return_url=RETURN_URL, at=now())
    stripe_double.turn("drop_before", path="/v1/checkout/sessions", method="POST")  # the session cannot be closed in time
    expiry.expire_unpaid(at=checkout.expires_at)
    stripe_double.pay(attempt.provider_id)
    stripe_double.clear("drop_before")

    for _ in range(2):
        receive(stripe_double, attempt.provider_id, "checkout.session.completed", id=f"evt_{uuid7()}")
        drain()

    checkout.refresh_from_db()
    assert checkout.status == "expired"
    assert [row["amount"] for row in stripe_double.refunds(reference=checkout.pk)] == [checkout.total_minor]
    assert OutboxEvent.objects.filter(name="LatePaymentRefunded").count() == 1
    assert invariants.violations() == {}


def test_the_days_list_of_stripe_and_our_books_agree(stripe_double: ProviderDouble) -> None:
    """Payments of both kinds, a refund; and a charge that nobody here knows is found."""
    kept, back = paid(stripe_double), paid(stripe_double, amount_minor=7_000)
    refunds.refund_attempt(attempt_id=back.pk, reason="late", at=now())
    refunds.send_refunds(at=now())
    today = now().astimezone(dt.UTC).date()

    agreed = reconciliation.reconcile_day(gateway="stripe", day=today, at=now())
    assert (agreed.status, agreed.differences.count()) == ("clean", 0)

    stripe_double.change(stripe_double.charges(attempt_id=kept.pk)[0]["id"], amount=9_999)
    differs = reconciliation.reconcile_day(gateway="stripe", day=today, at=now() + SECOND)
    assert [row.kind for row in differs.differences.all()] == ["amount_differs"]
