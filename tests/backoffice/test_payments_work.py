"""What the operator does about payments, webhooks and refunds that need a person."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.states import history
from payments.models import InboxMessage, PaymentAttempt, Refund, SandboxPayment
from payments.services import attempts, inbox, refunds
from tests.factories.accounts import make_user
from tests.factories.payments import answer, make_paid_attempt, start
from tests.payments.test_inbox import message_of, receive

pytestmark = pytest.mark.django_db
now = timezone.now


@pytest.fixture
def staff(operator: User, client: Client) -> Client:
    client.force_login(operator)
    return client


def page(browser: Client, row: Any) -> str:
    answer = browser.get(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def press(browser: Client, row: Any, button: str, **data: Any) -> Any:
    return browser.post(
        reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{button}", args=[row.pk]),
        {"_form_submitted": "1", **data},
        follow=True,
    )


def quarantined() -> tuple[PaymentAttempt, InboxMessage]:
    attempt = start()
    answer(attempt, "lose")
    SandboxPayment.objects.update(amount_minor=100)
    receive(message_of(attempt))
    inbox.process_inbox(at=now())
    return attempt, InboxMessage.objects.get()


def test_an_attempts_page_tells_its_whole_story(staff: Client) -> None:
    paid = make_paid_attempt()
    refunds.refund_attempt(attempt_id=paid.pk, reason="too late", at=now())
    refunds.send_refunds(at=now())
    receive(message_of(paid))

    text = page(staff, paid)

    for expected in (
        paid.provider_id,
        paid.idempotency_key,
        "$100.00",
        "Sent",
        "Succeeded",
        "too late",
        "payment.succeeded",
        "Payment received",
    ):
        assert expected in text, expected


def test_the_operator_asks_the_provider_about_a_payment_and_is_named(staff: Client, operator: User) -> None:
    attempt = start()
    answer(attempt, "lose")

    press(staff, attempt, "ask_again")

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert operator.email in page(staff, attempt)
    assert "Ask the provider again" not in page(staff, attempt)


def test_a_silent_provider_is_said_and_nothing_changes(staff: Client, settings: Any) -> None:
    attempt = start()
    PaymentAttempt.objects.update(gateway="stripe", provider_id="cs_1")
    settings.STRIPE_SECRET_KEY = ""

    answered = press(staff, attempt, "ask_again")

    attempt.refresh_from_db()
    assert attempt.status == "sent"
    assert "The provider did not answer" in answered.content.decode()


def test_a_quarantined_message_is_shown_whole_and_released(staff: Client, operator: User) -> None:
    attempt, message = quarantined()
    text = page(staff, message)
    assert "is not what was agreed" in text
    assert f"evt_{attempt.provider_id.replace('-', '')}" in text
    assert reverse("admin:payments_paymentattempt_change", args=[attempt.pk]) in text

    press(staff, message, "release")

    message.refresh_from_db()
    assert message.status == "received"
    last = history(message).last()
    assert last is not None
    assert last.actor == f"operator:{operator.pk}"


def test_a_message_is_dismissed_only_with_a_reason(staff: Client) -> None:
    _, message = quarantined()

    press(staff, message, "dismiss", reason="")
    message.refresh_from_db()
    assert message.status == "quarantined"

    press(staff, message, "dismiss", reason="paid back by hand")
    message.refresh_from_db()
    assert message.status == "dismissed"
    assert "paid back by hand" in page(staff, message)


def test_several_messages_are_released_at_once_and_the_others_left_alone(staff: Client) -> None:
    attempt, message = quarantined()
    receive(message_of(attempt, id="evt_other"))
    keys = list(InboxMessage.objects.values_list("pk", flat=True))

    staff.post(reverse("admin:payments_inboxmessage_changelist"), {"action": "release_selected", "_selected_action": keys})

    message.refresh_from_db()
    assert message.released_at is not None
    assert InboxMessage.objects.filter(released_at=None, status="received").count() == 1


def test_a_refused_refund_is_sent_again(staff: Client) -> None:
    paid = make_paid_attempt()
    refund = refunds.refund_attempt(attempt_id=paid.pk, reason="late", at=now())
    SandboxPayment.objects.update(status="declined")
    refunds.send_refunds(at=now())
    SandboxPayment.objects.update(status="approved")
    refund.refresh_from_db()

    press(staff, refund, "send_again")
    refunds.send_refunds(at=now())

    assert sorted(Refund.objects.values_list("status", flat=True)) == ["failed", "succeeded"]


def test_who_may_only_look_at_payments_may_not_act_on_them() -> None:
    from django.contrib.auth.models import Permission

    attempt, message = quarantined()
    clerk = make_user(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_paymentattempt", "view_inboxmessage"]))
    browser = Client()
    browser.force_login(clerk)

    assert press(browser, attempt, "ask_again").status_code == 403
    assert press(browser, message, "release").status_code == 403
    message.refresh_from_db()
    assert message.status == "quarantined"
    assert attempts.attempt_of(attempt.pk).status == "unknown"
