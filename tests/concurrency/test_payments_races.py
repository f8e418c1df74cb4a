"""Races over money with real threads and commits. Each has a control that does the same without the guard and must go wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from core import invariants, outbox
from core.errors import DomainError
from core.ids import uuid7
from core.models import OutboxEvent
from payments.events import PaymentSucceeded
from payments.models import EscrowHold, InboxMessage, LedgerAccount, LedgerTransaction, PaymentAttempt, Refund, SandboxPayment
from payments.postings import Account, Leg, Posting
from payments.services import attempts, escrow, inbox, ledger, refunds
from tests.factories.merchants import make_merchant
from tests.factories.payments import RETURN_URL, answer, make_hold, make_paid_attempt, share, start
from tests.payments.test_inbox import message_of, signed
from tests.rights import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
now = timezone.now


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    """Run `work` in that many threads from the same moment; each answer is what it returned or the refusal it met."""
    gate = threading.Barrier(count)

    def run() -> object:
        gate.wait(timeout=20)
        try:
            return work()
        except (DomainError, IntegrityError) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run) for _ in range(count)]]


def done(answers: list[object]) -> int:
    return sum(not isinstance(found, Exception) for found in answers)


@contextmanager
def without(index: str) -> Iterator[None]:
    """Drop a guard for a control and put it back on the emptied table."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [index])
        definition = cursor.fetchone()[0]
        cursor.execute(f"DROP INDEX {index}")
    try:
        yield
    finally:
        PaymentAttempt.objects.all().delete()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(definition)


def test_of_twenty_refunds_of_sixty_percent_exactly_one_succeeds() -> None:
    """MON15."""
    paid = make_paid_attempt()

    answers = at_once(
        20,
        lambda: refunds.request_refund(attempt_id=paid.pk, reference=uuid7(), amount_minor=6_000, reason="", at=now()),
    )

    assert done(answers) == 1
    assert Refund.objects.count() == 1
    paid.refresh_from_db()
    assert paid.refunded_minor == 6_000


def test_control_refunds_that_read_then_write_exceed_what_was_paid() -> None:
    paid = make_paid_attempt()
    looked = threading.Barrier(5)

    def careless() -> None:
        left = PaymentAttempt.objects.get(pk=paid.pk)
        looked.wait(timeout=20)
        if left.refunded_minor + 6_000 <= left.amount_minor:
            fields = {"amount_minor": 6_000, "currency": "USD", "reason": "", "next_poll_at": now()}
            Refund.objects.create(attempt=left, reference=uuid7(), cause=uuid7(), idempotency_key=uuid7().hex, **fields)

    at_once(5, careless)

    assert sum(Refund.objects.values_list("amount_minor", flat=True)) > paid.amount_minor
    assert "invariant_refunds_within_captured" in invariants.violations()


def test_an_order_refunded_ten_times_at_once_is_refunded_once() -> None:
    held = make_hold(make_merchant())

    answers = at_once(10, lambda: escrow.refund_hold(reference=held.reference, reason="", at=now()))

    assert done(answers) == 1
    assert Refund.objects.count() == 1
    assert invariants.violations() == {}


def test_a_payment_is_held_or_sent_back_as_late_but_never_both() -> None:
    paid, merchant = make_paid_attempt(), make_merchant()
    turns = iter(range(12))

    def either() -> object:
        if next(turns) % 2:
            return refunds.refund_attempt(attempt_id=paid.pk, reason="late", at=now())
        return escrow.hold(purchase=paid.reference, shares=[share(merchant, 10_000)], currency="USD", at=now())

    at_once(12, either)

    assert EscrowHold.objects.count() + Refund.objects.count() == 1
    OutboxEvent.objects.update(handled_at=now())
    assert invariants.violations() == {}


def test_control_looking_at_each_other_without_a_lock_does_both() -> None:
    paid, merchant = make_paid_attempt(), make_merchant()
    turns, looked = iter(range(2)), threading.Barrier(2)

    def careless() -> None:
        is_free = not (EscrowHold.objects.filter(purchase=paid.reference).exists() or Refund.objects.filter(attempt=paid).exists())
        looked.wait(timeout=20)
        if is_free and next(turns):
            refunds.request_refund(attempt_id=paid.pk, reference=paid.reference, amount_minor=10_000, reason="late", at=now())
        elif is_free:
            fields = {"amount_minor": 10_000, "commission_minor": 0, "currency": "USD"}
            EscrowHold.objects.create(purchase=paid.reference, merchant=merchant, reference=uuid7(), **fields)

    at_once(2, careless)

    assert EscrowHold.objects.count() + Refund.objects.count() == 2


def test_a_webhook_replayed_twenty_times_at_once_has_one_effect() -> None:
    """MON11."""
    attempt = start()
    answer(attempt, "approve")
    body = message_of(attempt)

    def replay() -> None:
        inbox.receive_webhook(gateway="sandbox", headers=signed(body), body=body, at=now())
        for message in InboxMessage.objects.all():
            inbox.process_message(message_id=message.pk, at=now())

    answers = at_once(20, replay)

    assert done(answers) == 20
    assert InboxMessage.objects.get().status == "handled"
    assert OutboxEvent.objects.filter(name="PaymentSucceeded").count() == 1
    assert LedgerTransaction.objects.count() == 1


def test_control_a_settlement_that_reads_then_writes_has_many_effects() -> None:
    attempt = start()
    looked = threading.Barrier(5)

    def careless() -> None:
        seen = PaymentAttempt.objects.get(pk=attempt.pk)
        looked.wait(timeout=20)
        if seen.status == "sent":
            with transaction.atomic():
                PaymentAttempt.objects.filter(pk=attempt.pk).update(status="succeeded")
                outbox.publish(PaymentSucceeded(str(seen.pk), str(seen.reference), seen.amount_minor, seen.currency))

    at_once(5, careless)

    assert OutboxEvent.objects.filter(name="PaymentSucceeded").count() == 5


def test_twelve_starts_at_once_make_one_live_attempt_and_all_shoppers_go_to_it() -> None:
    """MON03, MON27."""
    reference = uuid7()

    answers = at_once(12, lambda: start(reference=reference).redirect_url)

    assert len(set(answers)) == 1
    assert PaymentAttempt.objects.get().status == "sent"
    assert SandboxPayment.objects.count() == 1


def test_control_starts_without_the_unique_index_make_many_live_attempts() -> None:
    reference, looked = uuid7(), threading.Barrier(5)

    def careless() -> None:
        taken = PaymentAttempt.objects.filter(reference=reference).exists()
        looked.wait(timeout=20)
        if not taken:
            PaymentAttempt.objects.create(
                reference=reference, gateway="sandbox", amount_minor=1, currency="USD", idempotency_key=uuid7().hex, return_url=RETURN_URL
            )

    with without("attempt_one_live"):
        at_once(5, careless)
        assert PaymentAttempt.objects.count() == 5

    at_once(5, lambda: start(reference=reference))
    assert PaymentAttempt.objects.count() == 1


def test_pollers_and_pages_that_look_at_once_settle_once() -> None:
    attempt = start()
    answer(attempt, "lose")

    answers = at_once(10, lambda: attempts.refresh_attempt(attempt_id=attempt.pk, at=now()).status)

    assert answers == ["succeeded"] * 10
    assert LedgerTransaction.objects.count() == 1
    assert OutboxEvent.objects.filter(name="PaymentSucceeded").count() == 1


def test_first_postings_to_new_accounts_at_once_all_succeed() -> None:
    def post() -> None:
        legs = [Leg(Account.POINTS_EXPENSE, 5), Leg(Account.POINTS_LIABILITY, -5)]
        with transaction.atomic():
            ledger.post(posting=Posting("test", uuid7(), uuid7().hex, "USD", legs), at=now())

    answers = at_once(10, post)

    assert done(answers) == 10
    assert LedgerAccount.objects.count() == 2
    assert invariants.violations() == {}


def test_control_accounts_looked_up_then_created_collide() -> None:
    looked = threading.Barrier(5)

    def careless() -> None:
        found = LedgerAccount.objects.filter(code="commission:USD").first()
        looked.wait(timeout=20)
        if found is None:
            LedgerAccount.objects.create(code="commission:USD", kind="commission", currency="USD")

    assert done(at_once(5, careless)) == 1
