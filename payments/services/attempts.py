"""Collecting the total of one purchase: start, look again, give up. The provider is never called inside a transaction."""

import datetime as dt
import logging
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core.claims import each_claimed
from core.compiled import compiled, first, insert
from core.doorbell import ring
from core.ids import uuid7
from core.states import StaleState, move_to, record_change, write_changes
from payments import gateways, rules
from payments.errors import AlreadyPaid, GatewayUnavailable, PaymentInProgress, PaymentNotFound, ProviderSilent
from payments.gateways.base import GatewayError, NotAtProvider, NotSent, OutcomeUnknown, Refused, outside_transaction
from payments.models import PaymentAttempt
from payments.services import settlement
from payments.states import CAPTURED, LIVE, AttemptStatus

log = logging.getLogger(__name__)


def start_attempt(
    *, reference: uuid.UUID, amount_minor: int, currency: str, gateway: str, return_url: str, description: str, at: dt.datetime
) -> PaymentAttempt:
    """Open a payment of `amount_minor` minor units for a purchase, or return the one that is open already.

    One that is open at another provider is closed first. The answer may be failed (the provider refused; start another), unknown
    (no answer within ten seconds; it is being polled and no other may start) or still new (the provider was not asked now; the
    same call tries again, and so does the poller). Send the shopper to `redirect_url` when it is sent.

    Raises:
        AlreadyPaid: the purchase has its money.
        PaymentInProgress: one over another sum is open.
        GatewayUnavailable, UnknownGateway: this provider takes no payments.
    """
    outside_transaction()
    if not gateways.gateway(gateway).is_available():
        raise GatewayUnavailable
    fresh_id = uuid7()
    fresh = PaymentAttempt(
        id=fresh_id,
        created_at=at,
        reference=reference,
        amount_minor=amount_minor,
        currency=currency,
        gateway=gateway,
        return_url=return_url,
        description=description[:200],
        idempotency_key=fresh_id.hex,
        next_poll_at=at + rules.FIRST_LOOK,
    )
    attempt = _elsewhere(_existing(fresh), gateway, at) or _insert(fresh)
    return _send(attempt, at) if attempt.status == AttemptStatus.NEW else attempt


def _existing(fresh: PaymentAttempt) -> PaymentAttempt | None:
    rows = [row for row in _of_reference(fresh.reference) if row.status != AttemptStatus.FAILED]
    if any(row.status in CAPTURED for row in rows):
        raise AlreadyPaid
    for row in rows:
        if (row.amount_minor, row.currency) != (fresh.amount_minor, fresh.currency):
            raise PaymentInProgress
        return row
    return None


def _elsewhere(found: PaymentAttempt | None, gateway: str, at: dt.datetime) -> PaymentAttempt | None:
    """The shopper has thought again and wants to pay another way: nothing stays open where they were before."""
    if found is None or found.gateway == gateway:
        return found
    close_attempt(reference=found.reference, at=at)
    return None


def close_attempt(*, reference: uuid.UUID, at: dt.datetime) -> None:
    """See to it that nothing is open for a purchase at any provider, because it is paid another way.

    Raises:
        AlreadyPaid: the money had come in.
        PaymentInProgress: it cannot be closed at this moment.
    """
    outside_transaction()
    live = PaymentAttempt.objects.filter(reference=reference, status__in=LIVE).first()
    if live is None:
        return
    cancel_attempt(reference=reference, at=at)
    closed = refresh_attempt(attempt_id=live.pk, at=at)
    if closed.status in CAPTURED:
        raise AlreadyPaid
    if closed.status != AttemptStatus.FAILED:
        raise PaymentInProgress


@compiled
def _of_reference(reference: uuid.UUID) -> QuerySet[PaymentAttempt]:
    return PaymentAttempt.objects.filter(reference=reference)


def _insert(fresh: PaymentAttempt) -> PaymentAttempt:
    """Transaction 1: the row and its idempotency key exist before the provider hears of them."""
    try:
        with transaction.atomic(durable=True):
            insert([fresh])
    except IntegrityError:  # another tab was faster: the unique index lets one live attempt through
        first = _existing(fresh)
        if first is None:
            raise PaymentInProgress from None
        return first
    return fresh


def _send(attempt: PaymentAttempt, at: dt.datetime) -> PaymentAttempt:
    """The provider call, then transaction 2 with its answer."""
    outside_transaction()
    try:
        seen = gateways.gateway(attempt.gateway).create(attempt)
    except Refused as error:
        log.warning("provider refused a payment", extra={"attempt": str(attempt.pk), "gateway": attempt.gateway, "code": error.code})
        return _unless_stale(attempt, AttemptStatus.FAILED, error.code, at)
    except NotSent as error:
        # The row stays as it is: another tab may be inside the call. The shopper may try again at once, the poller does in a minute.
        log.warning("payment not sent", extra={"attempt": str(attempt.pk), "gateway": attempt.gateway, "reason": str(error)})
        return attempt
    except GatewayError as error:
        log.warning("payment outcome unknown", extra={"attempt": str(attempt.pk), "gateway": attempt.gateway, "error": str(error)})
        return _unless_stale(attempt, AttemptStatus.UNKNOWN, "", at)
    return settlement.record(attempt=attempt, seen=seen, at=at)


def _unless_stale(attempt: PaymentAttempt, status: AttemptStatus, code: str, at: dt.datetime) -> PaymentAttempt:
    """Write a bad answer, unless another tab with the same key has had a good one."""
    try:
        if status == AttemptStatus.FAILED:
            settlement.fail(attempt=attempt, code=code, at=at)
        elif attempt.status == AttemptStatus.NEW:
            with transaction.atomic(durable=True):
                move_to(attempt, status, actor=settlement.ACTOR, at=at)
    except StaleState:
        attempt.refresh_from_db()
    return attempt


def refresh_attempt(*, attempt_id: uuid.UUID, at: dt.datetime) -> PaymentAttempt:
    """Read the payment at the provider again and settle it, once, if it has an outcome; an unreachable provider changes nothing.

    Raises:
        PaymentNotFound: there is no such attempt.
    """
    return refreshed(attempt=attempt_of(attempt_id), at=at)


def refreshed(*, attempt: PaymentAttempt, at: dt.datetime) -> PaymentAttempt:
    """The same for an attempt that was read this moment."""
    try:
        return look_again(attempt=attempt, at=at)
    except GatewayError as error:
        log.warning("provider did not answer about a payment", extra={"attempt": str(attempt.pk), "error": str(error)})
        return attempt


def ask_again(*, attempt_id: uuid.UUID, actor: str, at: dt.datetime) -> PaymentAttempt:
    """Ask the provider because a person wants to know now; who asked is kept in the attempt's history.

    Raises:
        PaymentNotFound: there is no such attempt.
        ProviderSilent: the provider could not be asked.
    """
    attempt = attempt_of(attempt_id)
    note = record_change(attempt, attempt.status, attempt.status, actor=actor, reason="asked the provider again", at=at)
    with transaction.atomic(durable=True):
        write_changes([note])
    try:
        return look_again(attempt=attempt, at=at)
    except GatewayError as error:
        log.warning("provider did not answer about a payment", extra={"attempt": str(attempt.pk), "error": str(error)})
        raise ProviderSilent from error


def attempt_of(attempt_id: uuid.UUID) -> PaymentAttempt:
    found = first(_by_id(attempt_id))
    if found is None:
        raise PaymentNotFound
    return found


@compiled
def _by_id(attempt_id: uuid.UUID) -> QuerySet[PaymentAttempt]:
    return PaymentAttempt.objects.filter(pk=attempt_id)


def look_again(*, attempt: PaymentAttempt, at: dt.datetime) -> PaymentAttempt:
    """As refresh_attempt, for callers that try again themselves.

    Raises:
        OutcomeUnknown, Refused: the provider could not be asked.
    """
    if attempt.status in CAPTURED:
        return attempt
    outside_transaction()
    provider = gateways.gateway(attempt.gateway)
    is_closing = attempt.cancel_requested_at is not None and attempt.status in LIVE
    try:
        seen = provider.cancel(attempt) if is_closing else provider.fetch(attempt)
    except NotAtProvider:
        return _missing(attempt, at)
    return settlement.record(attempt=attempt, seen=seen, at=at)


def _missing(attempt: PaymentAttempt, at: dt.datetime) -> PaymentAttempt:
    """The provider knows nothing of it: the process died before the call, or the call never arrived."""
    age = at - attempt.created_at
    if attempt.status == AttemptStatus.FAILED or age < rules.CALL_IS_OVER:
        return attempt
    if attempt.provider_id:
        raise OutcomeUnknown("the provider has forgotten a payment it had")
    if attempt.cancel_requested_at is not None:
        return _unless_stale(attempt, AttemptStatus.FAILED, "cancelled", at)
    if age >= rules.KEY_LIFETIME:
        log.error("payment never reached the provider", extra={"attempt": str(attempt.pk)})
        return _unless_stale(attempt, AttemptStatus.FAILED, "lost", at)
    if rules.may_send_again(first_sent=attempt.created_at, polls=attempt.polls, at=at):
        return _send(attempt, at)
    return attempt


def cancel_attempt(*, reference: uuid.UUID, at: dt.datetime) -> bool:
    """Ask for a purchase's open payment to be closed; returns whether one was open. May be called inside a transaction.

    The poller closes it at the provider. A shopper who was faster is then seen as paid, and PaymentSucceeded is published.
    """
    with transaction.atomic():
        live = PaymentAttempt.objects.filter(reference=reference, status__in=LIVE)
        asked = live.update(cancel_requested_at=at, next_poll_at=at)
        if asked:
            ring("payments.tasks.poll_attempts")
    return bool(asked)


def poll_attempts(*, at: dt.datetime, limit: int = 50) -> int:
    """Look again at live attempts that are due; returns how many. Several pollers may run at once."""
    due = PaymentAttempt.objects.filter(status__in=LIVE, next_poll_at__lte=at).order_by("next_poll_at")

    def move_on(attempt: PaymentAttempt) -> dict[str, Any]:
        polls = attempt.polls + 1
        return {"polls": polls, "next_poll_at": at + rules.look_gap(polls)}

    return each_claimed(due, limit, move_on, lambda attempt: _poll(attempt, at))


def _poll(attempt: PaymentAttempt, at: dt.datetime) -> None:
    try:
        refreshed(attempt=attempt, at=at)
    except Exception:
        log.exception("polling a payment failed", extra={"attempt": str(attempt.pk)})
