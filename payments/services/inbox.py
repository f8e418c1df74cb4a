"""Webhooks: verify the raw body, keep it once, answer at once; a worker then reads the object itself at the provider."""

import datetime as dt
import logging
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core import outbox
from core.claims import each_claimed
from core.doorbell import ring
from core.states import StaleState, move_to
from payments import gateways, rules
from payments.errors import InvalidSignature
from payments.events import MessageQuarantined
from payments.models import InboxMessage, PaymentAttempt, Refund
from payments.services import attempts, provider_disputes, refunds
from payments.states import REFUND_LIVE, MessageStatus, RefundStatus, Subject

log = logging.getLogger(__name__)
ACTOR = "system:inbox"
OCCASIONS = uuid.UUID("5a0e2f3c-7d1b-4c55-9f0a-2b7d6c1e8a90")


class NotKnownYet(Exception):
    """The message is about something we have no row of, perhaps because its transaction has not committed yet."""


class Suspicious(Exception):
    """The message is genuine, but not about what we agreed."""


class Mismatch(Suspicious):
    """What the provider has is not what was agreed; settlement has raised the alarm when it saw that."""


def receive_webhook(*, gateway: str, headers: Mapping[str, str], body: bytes, at: dt.datetime) -> bool:
    """Keep a provider's message; returns whether it is new. Answer 200 in both cases.

    Raises:
        UnknownGateway: there is no such provider.
        InvalidSignature: forged, altered, unsigned or too old; nothing is stored.
    """
    try:
        event = gateways.gateway(gateway).read_webhook(headers, body)
    except InvalidSignature:
        log.warning("webhook refused", extra={"gateway": gateway, "size": len(body)})
        raise
    message = InboxMessage(
        created_at=at,
        gateway=gateway,
        provider_event_id=event.event_id,
        kind=event.kind[:80],
        subject=event.subject,
        object_id=event.object_id,
        attempt_id=event.attempt_id,
        body=event.body,
        next_try_at=at,
        status=MessageStatus.QUARANTINED if event.problem else MessageStatus.RECEIVED,
        note=event.problem[:300],
    )
    if event.problem:
        log.error("webhook quarantined", extra={"gateway": gateway, "event": event.event_id, "problem": event.problem})
    with transaction.atomic():
        before = InboxMessage.objects.filter(gateway=gateway, provider_event_id=event.event_id).exists()
        InboxMessage.objects.bulk_create([message], ignore_conflicts=True)
        if event.problem and not before:
            outbox.publish(_quarantined(message, f"{event.problem} {at.date()}"))
        ring("payments.tasks.process_inbox")
    return not before


def _quarantined(message: InboxMessage, about: str) -> MessageQuarantined:
    """Messages about the same thing, by whatever number, are one occasion to call a person."""
    occasion = uuid.uuid5(OCCASIONS, f"{message.gateway} {about}")
    return MessageQuarantined(str(message.pk), message.gateway, str(occasion), message.note)


def process_inbox(*, at: dt.datetime, limit: int = 100) -> int:
    """Handle messages that are due; returns how many were tried. Several workers may run at once."""
    due = InboxMessage.objects.filter(status=MessageStatus.RECEIVED, next_try_at__lte=at).order_by("next_try_at")

    def move_on(message: InboxMessage) -> dict[str, Any]:
        tries = message.attempts + 1
        return {"attempts": tries, "next_try_at": at + rules.message_gap(tries)}

    return each_claimed(due, limit, move_on, lambda message: _handle(message, at))


def process_message(*, message_id: uuid.UUID, at: dt.datetime) -> bool:
    """Act on one message: re-read what it is about and settle that; returns whether the message is finished."""
    return _handle(InboxMessage.objects.get(pk=message_id), at)


def _handle(message: InboxMessage, at: dt.datetime) -> bool:
    if message.status != MessageStatus.RECEIVED:
        return True
    try:
        note = _act(message, at)
    except Suspicious as error:
        log.error("webhook quarantined", extra={"inbox_message": str(message.pk), "problem": str(error)})
        return _finish(message, MessageStatus.QUARANTINED, str(error), at, is_news=not isinstance(error, Mismatch))
    except Exception as error:  # whatever it was, the row stays due and is tried again
        log.warning("webhook not handled yet", extra={"inbox_message": str(message.pk), "error": repr(error)})
        if message.attempts >= rules.MAX_MESSAGE_TRIES:
            return _finish(message, MessageStatus.QUARANTINED, repr(error), at, is_news=True)
        return False
    return _finish(message, MessageStatus.HANDLED, note, at)


def _finish(message: InboxMessage, status: MessageStatus, note: str, at: dt.datetime, *, is_news: bool = False) -> bool:
    try:
        with transaction.atomic():
            move_to(message, status, actor=ACTOR, at=at, reason=note[:200], note=note[:300], handled_at=at)
            if is_news:
                outbox.publish(_quarantined(message, message.object_id))
    except StaleState:
        log.info("webhook handled by another worker", extra={"inbox_message": str(message.pk)})
    return True


def _act(message: InboxMessage, at: dt.datetime) -> str:
    if message.subject == Subject.PAYMENT:
        return _act_on_payment(message, at)
    if message.subject == Subject.REFUND:
        return _act_on_refund(message, at)
    if message.subject == Subject.DISPUTE:
        dispute = provider_disputes.refresh_dispute(gateway=message.gateway, provider_id=message.object_id, at=at)
        return str(dispute.status) if dispute else "an inquiry, no money has moved"
    return "nothing to do"


def _act_on_payment(message: InboxMessage, at: dt.datetime) -> str:
    attempt = _attempts_named(message).first()
    if attempt is None:
        raise NotKnownYet(message.object_id)
    if attempt.provider_id and message.object_id and attempt.provider_id != message.object_id:
        raise Suspicious("the provider names another payment of ours")
    attempt = attempts.look_again(attempt=attempt, at=at)
    if attempt.failure_code == rules.MISMATCH:
        raise Mismatch("amount, currency or reference is not what was agreed")
    return str(attempt.status)


def _attempts_named(message: InboxMessage) -> QuerySet[PaymentAttempt]:
    """By the provider's id of it where the message has that, or by ours, which the provider echoes."""
    named = Q(pk=message.attempt_id)
    if message.object_id:
        named |= Q(provider_id=message.object_id)
    return PaymentAttempt.objects.filter(named, gateway=message.gateway)


def _act_on_refund(message: InboxMessage, at: dt.datetime) -> str:
    if not message.object_id:  # something was paid back of this attempt; each refund of it is looked at
        live = Refund.objects.filter(attempt__in=_attempts_named(message), status__in=REFUND_LIVE)
        return f"{len([refunds.refresh_refund(refund_id=pk, at=at) for pk in live.values_list('pk', flat=True)])} looked at"
    refund = Refund.objects.filter(attempt__gateway=message.gateway, provider_id=message.object_id).first()
    if refund is None:
        raise NotKnownYet(message.object_id)
    if refund.status == RefundStatus.SUCCEEDED and message.kind.endswith("failed"):
        raise Suspicious("the provider took a refund back that it had paid")
    return str(refunds.refresh_refund(refund_id=refund.pk, at=at).status)
