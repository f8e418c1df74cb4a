"""Writing down what a provider was seen to have. Whoever looked (page, webhook, poller), the same effect, once."""

import datetime as dt
import logging
from typing import Any

from django.db import IntegrityError, transaction

from core import outbox
from core.states import StaleState, move_to
from payments import postings, rules
from payments.events import PaymentFailed, PaymentSucceeded, PaymentSuspended
from payments.gateways.base import Outcome, ProviderPayment
from payments.models import PaymentAttempt
from payments.services import ledger, refunds
from payments.states import CAPTURED, LIVE, AttemptStatus

log = logging.getLogger(__name__)
ACTOR = "system:payments"
ONE_SUCCESS = "attempt_one_success"


def record(*, attempt: PaymentAttempt, seen: ProviderPayment, at: dt.datetime) -> PaymentAttempt:
    """Bring an attempt to what the provider has; an attempt that has its money never goes back.

    A success with another amount, currency or reference than agreed is not taken: the attempt stays unknown for a person.
    """
    while attempt.status not in CAPTURED:
        try:
            _record(attempt, seen, at)
            return attempt
        except StaleState:  # another observer was faster: look at what it wrote, then decide again
            attempt.refresh_from_db()
    return attempt


def _record(attempt: PaymentAttempt, seen: ProviderPayment, at: dt.datetime) -> None:
    if seen.status is Outcome.FAILED:
        fail(attempt=attempt, code=seen.failure_code or "failed", at=at, provider_id=seen.provider_id, card=seen.card)
    elif wrong := _difference(attempt, seen):
        _suspend(attempt, seen, wrong, at)
    elif seen.status is Outcome.SUCCEEDED:
        _succeed(attempt, seen, at)
    elif attempt.status in {AttemptStatus.NEW, AttemptStatus.UNKNOWN}:
        found: dict[str, Any] = {
            "provider_id": seen.provider_id,
            "redirect_url": seen.redirect_url,
            "next_poll_at": at + rules.look_gap(0),
            "polls": 0,
        }
        with transaction.atomic(durable=True):
            move_to(attempt, AttemptStatus.SENT, actor=ACTOR, at=at, **found)


def _difference(attempt: PaymentAttempt, seen: ProviderPayment) -> str:
    agreed = (attempt.amount_minor, attempt.currency, str(attempt.pk))
    return ", ".join(filter(None, (rules.difference(agreed=agreed, seen=(seen.amount_minor, seen.currency, seen.reference)), seen.problem)))


def _succeed(attempt: PaymentAttempt, seen: ProviderPayment, at: dt.datetime) -> None:
    is_late = attempt.status == AttemptStatus.FAILED
    try:
        with transaction.atomic(durable=True):
            _capture(attempt, AttemptStatus.SUCCEEDED, seen, at)
            outbox.publish(PaymentSucceeded(str(attempt.pk), str(attempt.reference), attempt.amount_minor, attempt.currency))
            if is_late:  # another attempt may have been started meanwhile; close it before it is paid too
                live = PaymentAttempt.objects.filter(reference=attempt.reference, status__in=LIVE)
                live.update(cancel_requested_at=at, next_poll_at=at)
    except IntegrityError as error:
        if ONE_SUCCESS not in str(error):
            raise
        # The unique index says that this purchase has its payment: the second one goes straight back.
        attempt.refresh_from_db()
        with transaction.atomic(durable=True):
            _capture(attempt, AttemptStatus.SURPLUS, seen, at)
            refunds.request_refund(
                attempt_id=attempt.pk, reference=attempt.reference, amount_minor=attempt.amount_minor, reason="paid twice", at=at
            )
        log.warning("purchase paid twice, second payment goes back", extra={"attempt": str(attempt.pk)})


def _capture(attempt: PaymentAttempt, status: AttemptStatus, seen: ProviderPayment, at: dt.datetime) -> None:
    settled: dict[str, Any] = {
        "provider_id": seen.provider_id,
        "failure_code": "",
        "card": seen.card,
        "next_poll_at": None,
        "settled_at": at,
    }
    move_to(attempt, status, actor=ACTOR, at=at, **settled)
    ledger.post(posting=postings.capture(attempt), at=at)


def fail(*, attempt: PaymentAttempt, code: str, at: dt.datetime, provider_id: str = "", card: str = "") -> None:
    """End a live attempt without money; one that has failed already stays as it is."""
    if attempt.status == AttemptStatus.FAILED:
        return
    ended: dict[str, Any] = {
        "failure_code": code[:60],
        "provider_id": provider_id or attempt.provider_id,
        "card": card,
        "next_poll_at": None,
        "settled_at": at,
    }
    with transaction.atomic(durable=True):
        move_to(attempt, AttemptStatus.FAILED, actor=ACTOR, at=at, reason=code[:200], **ended)
        outbox.publish(PaymentFailed(str(attempt.pk), str(attempt.reference), code))


def _suspend(attempt: PaymentAttempt, seen: ProviderPayment, wrong: str, at: dt.datetime) -> None:
    """Keep a payment that is not the agreed one out of the books until a person has looked."""
    log.error(
        "provider has another payment than agreed", extra={"attempt": str(attempt.pk), "differs": wrong, "provider_id": seen.provider_id}
    )
    changes: dict[str, Any] = {
        "failure_code": rules.MISMATCH,
        "provider_id": seen.provider_id,
        "next_poll_at": at + rules.look_gap(len(rules.LOOK_GAPS)),
    }
    with transaction.atomic(durable=True):
        if attempt.status in {AttemptStatus.NEW, AttemptStatus.SENT}:
            move_to(attempt, AttemptStatus.UNKNOWN, actor=ACTOR, at=at, reason=f"differs: {wrong}", **changes)
            is_news = True
        else:
            seen_before = PaymentAttempt.objects.filter(pk=attempt.pk, status=attempt.status).exclude(failure_code=rules.MISMATCH)
            is_news = bool(seen_before.update(failure_code=rules.MISMATCH))
            attempt.failure_code = rules.MISMATCH
        if is_news:
            outbox.publish(PaymentSuspended(str(attempt.pk), str(attempt.reference), wrong))
