import datetime as dt

import pytest
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from core.models import OutboxEvent
from merchants.models import Merchant
from payments import selectors
from payments.errors import HeldInEscrow, NotCaptured, PaymentNotFound, RefundExceedsCaptured, RefundNotFailed
from payments.gateways import gateway
from payments.models import PaymentAttempt, Refund, SandboxPayment, SandboxRefund
from payments.services import refunds
from tests.factories.payments import make_hold, make_paid_attempt, start

pytestmark = pytest.mark.django_db
now = timezone.now


def request(paid: PaymentAttempt, amount_minor: int) -> Refund:
    return refunds.request_refund(attempt_id=paid.pk, reference=uuid7(), amount_minor=amount_minor, reason="late", at=now())


def test_a_late_payment_goes_back_whole_and_once() -> None:
    paid = make_paid_attempt()

    first = refunds.refund_attempt(attempt_id=paid.pk, reason="purchase expired", at=now())
    again = refunds.refund_attempt(attempt_id=paid.pk, reason="purchase expired", at=now())
    refunds.send_refunds(at=now())
    refunds.send_refunds(at=now() + dt.timedelta(hours=1))

    assert first == again
    assert Refund.objects.get().status == "succeeded"
    assert SandboxRefund.objects.get().amount_minor == 10_000
    assert selectors.provider_clearing(paid.reference) == 0
    assert OutboxEvent.objects.filter(name="RefundSucceeded").count() == 1
    assert invariants.violations() == {}


def test_a_payment_held_for_orders_is_not_refunded_beside_them(merchant: Merchant) -> None:
    held = make_hold(merchant)
    paid = selectors.latest_attempt(held.purchase)
    assert paid is not None

    with pytest.raises(HeldInEscrow):
        refunds.refund_attempt(attempt_id=paid.pk, reason="", at=now())

    assert not Refund.objects.exists()
    paid.refresh_from_db()
    assert paid.refunded_minor == 0


def test_only_captured_money_is_refunded() -> None:
    attempt = start()

    with pytest.raises(NotCaptured):
        refunds.refund_attempt(attempt_id=attempt.pk, reason="", at=now())
    with pytest.raises(PaymentNotFound):
        refunds.refund_attempt(attempt_id=uuid7(), reason="", at=now())
    with pytest.raises(RefundExceedsCaptured):
        request(attempt, 1)

    assert not Refund.objects.exists()


def test_refunds_never_exceed_what_was_captured() -> None:
    paid = make_paid_attempt()
    request(paid, 6_000)

    with pytest.raises(RefundExceedsCaptured):
        request(paid, 4_001)

    request(paid, 4_000)
    paid.refresh_from_db()
    assert paid.refunded_minor == 10_000
    assert Refund.objects.count() == 2


def test_a_refund_whose_process_died_after_the_provider_paid_is_settled_once() -> None:
    paid = make_paid_attempt()
    refund = request(paid, 2_500)
    gateway("sandbox").refund(refund)
    Refund.objects.update(polls=1)

    refunds.send_refunds(at=now())

    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert SandboxRefund.objects.count() == 1
    assert SandboxPayment.objects.get().refunded_minor == 2_500
    assert invariants.violations().keys() <= {"invariant_clearing_returns_to_zero"}


def test_a_refund_the_provider_refuses_frees_the_amount_and_stays_visible() -> None:
    paid = make_paid_attempt()
    refund = request(paid, 2_500)
    SandboxPayment.objects.update(refunded_minor=9_000)

    refunds.send_refunds(at=now())

    refund.refresh_from_db()
    paid.refresh_from_db()
    assert (refund.status, paid.refunded_minor) == ("failed", 0)
    assert OutboxEvent.objects.filter(name="RefundFailed").exists()


def test_a_refund_key_is_never_sent_again_after_a_day() -> None:
    paid = make_paid_attempt()
    refund = request(paid, 2_500)
    Refund.objects.update(status="unknown", polls=5, created_at=now() - dt.timedelta(hours=24), next_poll_at=now())

    refunds.send_refunds(at=now())

    refund.refresh_from_db()
    assert refund.status == "failed"
    assert not SandboxRefund.objects.exists()


def test_a_refused_refund_is_asked_for_again_once() -> None:
    paid = make_paid_attempt()
    refused = request(paid, 2_500)
    SandboxPayment.objects.update(refunded_minor=9_000)
    refunds.send_refunds(at=now())
    SandboxPayment.objects.update(refunded_minor=0)

    again = [refunds.retry_refund(refund_id=refused.pk, actor="operator:1", at=now()) for _ in range(2)]
    refunds.send_refunds(at=now())

    assert again[0] == again[1] != refused
    assert SandboxRefund.objects.get().amount_minor == 2_500
    paid.refresh_from_db()
    assert paid.refunded_minor == 2_500


def test_a_refund_on_its_way_is_not_asked_for_again() -> None:
    refund = request(make_paid_attempt(), 2_500)

    with pytest.raises(RefundNotFailed):
        refunds.retry_refund(refund_id=refund.pk, actor="operator:1", at=now())

    assert Refund.objects.count() == 1
