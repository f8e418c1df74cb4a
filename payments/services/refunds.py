"""Sending money back: reserve it on the attempt, ask the provider outside any transaction, post what it paid out."""

import datetime as dt
import logging
import uuid
from typing import Any

from django.db import transaction
from django.db.models import F

from core import outbox
from core.claims import each_claimed
from core.doorbell import ring
from core.ids import uuid7
from core.states import StaleState, move_to
from payments import gateways, postings, rules
from payments.errors import HeldInEscrow, NotCaptured, PaymentNotFound, RefundExceedsCaptured, RefundNotFailed
from payments.events import RefundFailed, RefundSucceeded
from payments.gateways.base import GatewayError, NotAtProvider, NotSent, Outcome, ProviderRefund, Refused, outside_transaction
from payments.models import CashCollection, EscrowHold, PaymentAttempt, Refund
from payments.services import ledger
from payments.states import CAPTURED, REFUND_LIVE, RefundStatus

log = logging.getLogger(__name__)
ACTOR = "system:refunds"


def request_refund(
    *, attempt_id: uuid.UUID, reference: uuid.UUID, amount_minor: int, reason: str, at: dt.datetime, cause: uuid.UUID | None = None
) -> Refund:
    """Reserve `amount_minor` minor units of a captured payment and queue them for the provider; `cause` is `reference` unless said.

    Only for services that explain the money in the same transaction (escrow) or have none to explain (a late payment).

    Raises:
        RefundExceedsCaptured: less than that is left, or the payment was never captured.
    """
    with transaction.atomic():
        # One conditional UPDATE decides among parallel refunds; the CHECK constraint is the wall behind it.
        free = F("amount_minor") - F("disputed_minor") - amount_minor
        left = PaymentAttempt.objects.filter(pk=attempt_id, status__in=CAPTURED, refunded_minor__lte=free)
        if not left.update(refunded_minor=F("refunded_minor") + amount_minor):
            raise RefundExceedsCaptured
        attempt = PaymentAttempt.objects.get(pk=attempt_id)
        refund_id = uuid7()
        refund = Refund.objects.create(
            id=refund_id,
            created_at=at,
            attempt=attempt,
            reference=reference,
            cause=cause or reference,
            amount_minor=amount_minor,
            currency=attempt.currency,
            reason=reason[:200],
            idempotency_key=refund_id.hex,
            next_poll_at=at,
        )
        ring("payments.tasks.send_refunds")
    return refund


def refund_attempt(*, attempt_id: uuid.UUID, reason: str, at: dt.datetime) -> Refund:
    """Send a late or surplus payment back whole; a second call returns the first one's refund.

    Raises:
        PaymentNotFound: there is no such attempt.
        NotCaptured: it has no money.
        HeldInEscrow: orders hold this money; refund those.
    """
    with transaction.atomic():
        attempt = PaymentAttempt.objects.select_for_update().filter(pk=attempt_id).first()
        if attempt is None:
            raise PaymentNotFound
        if attempt.status not in CAPTURED:
            raise NotCaptured
        # The row lock keeps escrow.hold out until we are done, so a hold cannot appear after this look.
        # What is held of a purchase paid in cash is points and credit, never a payment.
        holds = EscrowHold.objects.filter(purchase=attempt.reference)
        is_held = holds.exists() and not CashCollection.objects.filter(purchase=attempt.reference).exists()
        if attempt.status == "succeeded" and is_held:
            raise HeldInEscrow
        done = attempt.refunds.exclude(status=RefundStatus.FAILED).first()
        if done is not None:
            return done
        return request_refund(attempt_id=attempt.pk, reference=attempt.reference, amount_minor=attempt.amount_minor, reason=reason, at=at)


def retry_refund(*, refund_id: uuid.UUID, actor: str, at: dt.datetime) -> Refund:
    """Ask again for a refund the provider refused, under a new key; a second call returns the first one's refund.

    Raises:
        RefundNotFailed: it is on its way or paid.
    """
    with transaction.atomic():
        refused = Refund.objects.get(pk=refund_id)
        PaymentAttempt.objects.select_for_update().get(pk=refused.attempt_id)
        if refused.status != RefundStatus.FAILED:
            raise RefundNotFailed
        same = Refund.objects.filter(attempt=refused.attempt_id, reference=refused.reference, cause=refused.cause)
        done = same.exclude(status=RefundStatus.FAILED).first()
        if done is not None:
            return done
        reason = f"again by {actor}: {refused.reason}"
        return request_refund(
            attempt_id=refused.attempt_id,
            reference=refused.reference,
            cause=refused.cause,
            amount_minor=refused.amount_minor,
            reason=reason,
            at=at,
        )


def send_refunds(*, at: dt.datetime, limit: int = 50) -> int:
    """Send requested refunds and look again at those on their way; returns how many were due. Several sweeps may run at once."""
    due = Refund.objects.filter(status__in=REFUND_LIVE, next_poll_at__lte=at).order_by("next_poll_at")

    def move_on(refund: Refund) -> dict[str, Any]:
        return {"polls": refund.polls + 1, "next_poll_at": at + rules.poll_gap(refund.polls)}

    return each_claimed(due, limit, move_on, lambda refund: _send_due(refund.pk, at))


def _send_due(pk: uuid.UUID, at: dt.datetime) -> None:
    try:
        refresh_refund(refund_id=pk, at=at)
    except Exception:
        log.exception("sending a refund failed", extra={"refund": str(pk)})


def refresh_refund(*, refund_id: uuid.UUID, at: dt.datetime) -> Refund:
    """Send a refund, or find out what became of it, and settle it once; an unreachable provider changes nothing.

    Never sent again without looking first: a provider that paid and whose answer was lost is found by our key.
    """
    refund = Refund.objects.select_related("attempt").get(pk=refund_id)
    if refund.status not in REFUND_LIVE:
        return refund
    outside_transaction()
    try:
        seen = _ask_provider(refund, at)
    except Refused as error:
        seen = ProviderRefund(refund.provider_id, Outcome.FAILED, refund.amount_minor, refund.currency, error.code)
    except NotSent as error:
        log.warning("refund not sent", extra={"refund": str(refund.pk), "reason": str(error)})
        return refund
    except GatewayError as error:
        log.warning("refund outcome unknown", extra={"refund": str(refund.pk), "error": str(error)})
        _move(refund, RefundStatus.UNKNOWN, at)
        return refund
    return _record(refund, seen, at)


def _ask_provider(refund: Refund, at: dt.datetime) -> ProviderRefund:
    provider = gateways.gateway(refund.attempt.gateway)
    is_first = refund.status == RefundStatus.REQUESTED and refund.polls <= 1
    if not is_first:
        try:
            return provider.fetch_refund(refund)
        except NotAtProvider:
            if at - refund.created_at >= rules.KEY_LIFETIME:
                raise Refused("lost") from None
    return provider.refund(refund)


def _record(refund: Refund, seen: ProviderRefund, at: dt.datetime) -> Refund:
    if (seen.amount_minor, seen.currency) != (refund.amount_minor, refund.currency):
        log.error("provider has another refund than asked", extra={"refund": str(refund.pk), "provider_id": seen.provider_id})
        _move(refund, RefundStatus.UNKNOWN, at)
    elif seen.status is Outcome.SUCCEEDED:
        _move(refund, RefundStatus.SUCCEEDED, at, provider_id=seen.provider_id, next_poll_at=None, settled_at=at)
    elif seen.status is Outcome.FAILED:
        _move(refund, RefundStatus.FAILED, at, provider_id=seen.provider_id, next_poll_at=None, settled_at=at)
    else:
        _move(refund, RefundStatus.SENT, at, provider_id=seen.provider_id)
    return refund


def _move(refund: Refund, status: RefundStatus, at: dt.datetime, **changes: Any) -> None:
    """One step with what belongs to it in the same transaction; another worker's faster step wins."""
    if refund.status == status or (refund.status == RefundStatus.SENT and status == RefundStatus.UNKNOWN):
        return
    try:
        with transaction.atomic(durable=True):
            move_to(refund, status, actor=ACTOR, at=at, **changes)
            if status in {RefundStatus.SUCCEEDED, RefundStatus.FAILED}:
                _settle(refund, at)
    except StaleState:
        refund.refresh_from_db()


def _settle(refund: Refund, at: dt.datetime) -> None:
    about = (str(refund.pk), str(refund.reference), refund.amount_minor, refund.currency)
    if refund.status == RefundStatus.SUCCEEDED:
        ledger.post(posting=postings.refund_paid(refund), at=at)
        outbox.publish(RefundSucceeded(*about))
        return
    # The shopper is still owed the money: clearing of the purchase stays open and shows in the invariants until paid.
    log.error("provider refused a refund", extra={"refund": str(refund.pk)})
    PaymentAttempt.objects.filter(pk=refund.attempt_id).update(refunded_minor=F("refunded_minor") - refund.amount_minor)
    outbox.publish(RefundFailed(*about))
