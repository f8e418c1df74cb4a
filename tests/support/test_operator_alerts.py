"""Whom a machine calls when money needs a person, and how often."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User
from core import invariants, outbox
from core.ids import uuid7
from core.models import OutboxEvent
from payments.models import InboxMessage, PaymentAttempt, SandboxPayment
from payments.services import attempts, inbox, refunds
from support.models import Mail
from support.selectors import operators
from tests.factories.accounts import make_user
from tests.factories.payments import answer, make_paid_attempt, start
from tests.payments.test_inbox import message_of, receive
from tests.support.test_order_mails import relay

pytestmark = pytest.mark.django_db
now = timezone.now


@pytest.fixture
def operator() -> User:
    return make_user(email="ann@market.example", is_staff=True, is_superuser=True)


def paid_another_sum() -> PaymentAttempt:
    attempt = start()
    answer(attempt, "lose")
    SandboxPayment.objects.update(amount_minor=100)
    return attempt


def test_a_payment_that_differs_is_quarantined_not_paid_and_the_operator_called_once(operator: User) -> None:
    """MON14."""
    attempt = paid_another_sum()
    for number in range(3):
        receive(message_of(attempt, id=f"evt_{number}"))

    inbox.process_inbox(at=now())
    attempts.refresh_attempt(attempt_id=attempt.pk, at=now())
    relay()

    attempt.refresh_from_db()
    mail = Mail.objects.get()
    assert attempt.status == "unknown"
    assert InboxMessage.objects.filter(status="quarantined").count() == 3
    assert (mail.to, mail.kind) == (operator.email, "operator_payment_differs")
    assert f"/admin/payments/paymentattempt/{attempt.pk}/change/" in mail.text
    assert "$100.00" in mail.text


def test_messages_about_something_unknown_call_the_operator_once_for_each_thing(operator: User) -> None:
    attempt = start()
    for about in (first := str(uuid7()), first, str(uuid7())):
        receive(message_of(attempt, id=f"evt_{uuid7()}", payment={"id": about, "reference": str(uuid7())}))
    InboxMessage.objects.update(attempts=99)

    inbox.process_inbox(at=now())
    relay()

    assert list(Mail.objects.values_list("kind", flat=True)) == ["operator_message_quarantined"] * 2


def test_a_refused_refund_calls_the_operator(operator: User) -> None:
    paid = make_paid_attempt()
    refund = refunds.refund_attempt(attempt_id=paid.pk, reason="late", at=now())
    SandboxPayment.objects.update(status="declined")

    refunds.send_refunds(at=now())
    relay()

    mail = Mail.objects.get()
    assert (mail.to, mail.kind) == (operator.email, "operator_refund_failed")
    assert f"/admin/payments/refund/{refund.pk}/change/" in mail.text


def test_those_are_called_who_may_see_payments_each_in_their_language(operator: User) -> None:
    finance = make_user(email="bo@market.example", is_staff=True, language="zh-hans")
    finance.user_permissions.add(Permission.objects.get(codename="view_paymentattempt"))
    make_user(email="warehouse@market.example", is_staff=True)
    make_user(email="gone@market.example", is_staff=True, is_superuser=True, is_active=False)
    make_user(email="shopper@example.com")

    assert [tuple(reader) for reader in operators()] == [("ann@market.example", "en"), ("bo@market.example", "zh-hans")]


def test_an_alert_waits_for_nobody_where_there_is_no_operator() -> None:
    attempts.refresh_attempt(attempt_id=paid_another_sum().pk, at=now())

    while outbox.relay(now=now()):
        pass

    assert not Mail.objects.exists()


def test_broken_invariants_call_the_operator(operator: User) -> None:
    at = now()
    dead = OutboxEvent.objects.create(name="Tried", payload={}, created_at=at, next_try_at=at, attempts=12, dead_at=at, last_error="no")

    check = invariants.check_if_due(at=at)
    assert check is not None
    dead.delete()
    relay()

    mail = Mail.objects.get()
    assert (mail.to, mail.kind) == (operator.email, "operator_invariants_broken")
    assert "invariant_no_dead_outbox_event" in mail.text
    assert f"/admin/core/invariantcheck/{check.pk}/change/" in mail.text
