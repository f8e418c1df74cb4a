from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from core.models import OutboxEvent
from core.states import history
from payments.errors import MessageNotQuarantined
from payments.models import InboxMessage, PaymentAttempt, SandboxPayment
from payments.services import attempts, inbox, quarantine
from tests.factories.payments import answer, start
from tests.payments.test_inbox import message_of, receive

pytestmark = pytest.mark.django_db
now = timezone.now
OPERATOR = "operator:ann"


def quarantined() -> tuple[PaymentAttempt, InboxMessage]:
    """A paid attempt whose message was put aside because the provider had another sum."""
    attempt = start()
    answer(attempt, "lose")
    SandboxPayment.objects.update(amount_minor=100)
    receive(message_of(attempt))
    inbox.process_inbox(at=now())
    return attempt, InboxMessage.objects.get(status="quarantined")


def events() -> list[str]:
    return list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))


def test_a_payment_that_differs_raises_one_alarm_whoever_sees_it_first() -> None:
    """MON14."""
    attempt, _ = quarantined()

    for _ in range(3):
        attempts.refresh_attempt(attempt_id=attempt.pk, at=now())

    assert events() == ["PaymentSuspended"]
    assert OutboxEvent.objects.get().payload == {"attempt_id": str(attempt.pk), "reference": str(attempt.reference), "differs": "amount"}


def test_a_released_message_is_handled_again_with_fresh_tries() -> None:
    attempt, message = quarantined()
    SandboxPayment.objects.update(amount_minor=attempt.amount_minor)

    quarantine.release_message(message_id=message.pk, actor=OPERATOR, at=now())
    inbox.process_inbox(at=now())

    message.refresh_from_db()
    attempt.refresh_from_db()
    assert (message.status, message.attempts, attempt.status) == ("handled", 1, "succeeded")
    assert [(move.to_status, move.actor) for move in history(message)] == [
        ("quarantined", "system:inbox"), ("received", OPERATOR), ("handled", "system:inbox"),
    ]  # fmt: skip


def test_a_message_released_for_nothing_goes_back_to_quarantine() -> None:
    _, message = quarantined()

    quarantine.release_message(message_id=message.pk, actor=OPERATOR, at=now())
    inbox.process_inbox(at=now())

    message.refresh_from_db()
    assert message.status == "quarantined"


def test_a_released_message_has_five_minutes_again_however_old_it_is() -> None:
    _, message = quarantined()
    InboxMessage.objects.update(created_at=now() - dt.timedelta(days=2))

    quarantine.release_message(message_id=message.pk, actor=OPERATOR, at=now())
    assert "invariant_inbox_handled_in_time" not in invariants.violations()

    InboxMessage.objects.update(released_at=now() - dt.timedelta(minutes=6))
    assert "invariant_inbox_handled_in_time" in invariants.violations()


def test_a_dismissed_message_stays_with_its_reason_and_is_never_tried_again() -> None:
    attempt, message = quarantined()

    quarantine.dismiss_message(message_id=message.pk, reason="refunded by hand", actor=OPERATOR, at=now())
    inbox.process_inbox(at=now() + dt.timedelta(days=1))

    message.refresh_from_db()
    attempt.refresh_from_db()
    last = history(message).last()
    assert (message.status, attempt.status) == ("dismissed", "unknown")
    assert last is not None
    assert (last.actor, last.reason) == (OPERATOR, "refunded by hand")


def test_only_what_is_in_quarantine_is_released_or_dismissed() -> None:
    attempt = start()
    receive(message_of(attempt))
    message = InboxMessage.objects.get()

    with pytest.raises(MessageNotQuarantined):
        quarantine.release_message(message_id=message.pk, actor=OPERATOR, at=now())
    with pytest.raises(MessageNotQuarantined):
        quarantine.dismiss_message(message_id=uuid7(), reason="no such", actor=OPERATOR, at=now())

    message.refresh_from_db()
    assert (message.status, message.released_at) == ("received", None)
    assert not history(message)


def test_messages_about_one_unknown_payment_are_one_occasion() -> None:
    attempt, stranger = start(), str(uuid7())
    for number in range(3):
        receive(message_of(attempt, id=f"evt_{number}", payment={"id": stranger, "reference": str(uuid7())}))
    InboxMessage.objects.update(attempts=99)

    inbox.process_inbox(at=now())

    raised = OutboxEvent.objects.filter(name="MessageQuarantined")
    assert InboxMessage.objects.filter(status="quarantined").count() == raised.count() == 3
    assert len({event.payload["occasion"] for event in raised}) == 1


def test_the_operator_asks_the_provider_again_and_is_named_in_the_history() -> None:
    attempt = start()
    answer(attempt, "lose")

    asked = attempts.ask_again(attempt_id=attempt.pk, actor=OPERATOR, at=now())

    assert asked.status == "succeeded"
    moves = [(move.from_status, move.to_status, move.actor) for move in history(attempt)]
    assert moves[-2:] == [("sent", "sent", OPERATOR), ("sent", "succeeded", "system:payments")]


def test_the_database_knows_no_other_end_of_a_message() -> None:
    _, message = quarantined()

    with pytest.raises(Exception, match="inbox_status"), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_inboxmessage SET status = 'forgotten' WHERE id = %s", [message.pk])
