"""The practice provider's own books. As if remote: only its gateway comes here, and every write commits on its own."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from core.compiled import change, compiled, first, insert
from payments.errors import AlreadyDecided, PaymentNotFound
from payments.gateways.base import NotAtProvider, Refused
from payments.models import SandboxPayment, SandboxRefund

Status = SandboxPayment.Status
DELAY = dt.timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """What the practice provider shows a shopper."""

    payment_id: uuid.UUID
    amount_minor: int
    currency: str
    description: str
    return_url: str
    status: str
    is_open: bool


def open_payment(*, key: str, amount_minor: int, currency: str, description: str, return_url: str, reference: str) -> SandboxPayment:
    """A new payment, or the one this key opened before."""
    fresh = SandboxPayment(
        idempotency_key=key,
        amount_minor=amount_minor,
        currency=currency,
        description=description,
        return_url=return_url,
        reference=reference,
    )
    try:
        with transaction.atomic(durable=True):
            insert([fresh])
    except IntegrityError:
        fresh = payment_by_key(key)
    if (fresh.amount_minor, fresh.currency) != (amount_minor, currency):
        raise Refused("key_reused")
    return fresh


def payment_by_key(key: str) -> SandboxPayment:
    found = first(_by_key(key))
    if found is None:
        raise NotAtProvider
    return found


@compiled
def _by_key(key: str) -> QuerySet[SandboxPayment]:
    return SandboxPayment.objects.filter(idempotency_key=key)


def close_payment(key: str) -> SandboxPayment:
    """Cancel a payment nobody has answered yet."""
    with transaction.atomic(durable=True):
        SandboxPayment.objects.filter(idempotency_key=key, status=Status.OPEN).update(status=Status.CANCELLED)
    return payment_by_key(key)


def is_effective(payment: SandboxPayment) -> bool:
    """Whether an approval counts already, by the provider's own clock."""
    return payment.status == Status.APPROVED and (payment.effective_at is None or payment.effective_at <= timezone.now())


def page_of(payment_id: uuid.UUID) -> PaymentPage:
    """The shopper's view of a payment.

    Raises:
        PaymentNotFound: there is none.
    """
    found = first(_by_id(payment_id))
    if found is None:
        raise PaymentNotFound
    return PaymentPage(
        found.pk, found.amount_minor, found.currency, found.description, found.return_url, found.status, found.status == Status.OPEN
    )


@compiled
def _by_id(payment_id: uuid.UUID) -> QuerySet[SandboxPayment]:
    return SandboxPayment.objects.filter(pk=payment_id)


def answer(payment_id: uuid.UUID, *, approved: bool, effective_at: dt.datetime, notify_at: dt.datetime | None) -> None:
    """Write the shopper's answer down, once.

    Raises:
        PaymentNotFound: there is no such payment.
        AlreadyDecided: it was answered or cancelled before.
    """
    status = Status.APPROVED if approved else Status.DECLINED
    with transaction.atomic(durable=True):
        decision = {"status": status, "effective_at": effective_at, "notify_at": notify_at}
        answered = change(SandboxPayment, {"id": payment_id, "status": Status.OPEN}, decision)
    if not answered:
        page_of(payment_id)
        raise AlreadyDecided


def open_refund(*, payment_key: str, key: str, amount_minor: int) -> SandboxRefund:
    """Pay back a part of an approved payment, or the refund this key made before."""
    done = SandboxRefund.objects.filter(idempotency_key=key).first()
    if done is not None:
        return done
    try:
        with transaction.atomic(durable=True):
            payment = payment_by_key(payment_key)
            left = SandboxPayment.objects.filter(
                pk=payment.pk, status=Status.APPROVED, refunded_minor__lte=F("amount_minor") - amount_minor
            )
            if not left.update(refunded_minor=F("refunded_minor") + amount_minor):
                raise Refused("exceeds_payment")
            return SandboxRefund.objects.create(payment=payment, idempotency_key=key, amount_minor=amount_minor)
    except IntegrityError:
        return refund_by_key(key)


def refund_by_key(key: str) -> SandboxRefund:
    found = SandboxRefund.objects.filter(idempotency_key=key).select_related("payment").first()
    if found is None:
        raise NotAtProvider
    return found


def due_notices(*, at: dt.datetime, limit: int = 100) -> list[SandboxPayment]:
    """Payments whose webhook the provider still has to deliver."""
    return list(SandboxPayment.objects.filter(notify_at__lte=at).order_by("notify_at")[:limit])


def notice_body(payment: SandboxPayment) -> bytes:
    """The webhook of an answered payment; its event id is the payment's, so a second delivery is recognised."""
    kind = "payment.succeeded" if payment.status == Status.APPROVED else "payment.failed"
    about = {"id": str(payment.pk), "reference": payment.reference, "amount_minor": payment.amount_minor, "currency": payment.currency}
    return json.dumps({"id": f"evt_{payment.pk.hex}", "type": kind, "payment": about}).encode()


def notice_delivered(payment_id: uuid.UUID) -> None:
    with transaction.atomic(durable=True):
        SandboxPayment.objects.filter(pk=payment_id).update(notify_at=None)


def notice_failed(payment_id: uuid.UUID, *, at: dt.datetime) -> None:
    """The shop did not answer 200; try again half a minute later."""
    with transaction.atomic(durable=True):
        SandboxPayment.objects.filter(pk=payment_id).update(notify_at=at + dt.timedelta(seconds=30))
