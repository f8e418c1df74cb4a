"""What the practice provider's page does, and how its messages come back to the shop."""

import datetime as dt
import logging
import time
import uuid

from django.utils.translation import gettext_lazy as _

from core.doorbell import ring
from core.errors import DomainError
from payments.gateways import sandbox, sandbox_books
from payments.gateways.sandbox_books import PaymentPage
from payments.services import inbox

log = logging.getLogger(__name__)
DECISIONS = ("approve", "decline", "delay", "lose")


class UnknownDecision(DomainError):
    code = "unknown_decision"
    message = _("Please choose one of the answers.")
    status = 400


def payment_page(*, payment_id: uuid.UUID) -> PaymentPage:
    """What the practice page shows; raises PaymentNotFound."""
    return sandbox_books.page_of(payment_id)


def decide(*, payment_id: uuid.UUID, decision: str, at: dt.datetime) -> PaymentPage:
    """Answer a payment: approve, decline, delay (approved, but counts 15 s later) or lose (approved, no message is sent).

    Raises:
        PaymentNotFound: there is no such payment.
        AlreadyDecided: it was answered before; nothing changed.
        UnknownDecision: none of the four.
    """
    if decision not in DECISIONS:
        raise UnknownDecision
    effective_at = at + sandbox_books.DELAY if decision == "delay" else at
    notify_at = None if decision == "lose" else effective_at
    sandbox_books.answer(payment_id, approved=decision != "decline", effective_at=effective_at, notify_at=notify_at)
    ring("payments.tasks.send_sandbox_notices")
    return sandbox_books.page_of(payment_id)


def send_notices(*, at: dt.datetime) -> int:
    """Deliver the practice provider's due webhooks, signed, to our own inbox; returns how many arrived."""
    return sum(_deliver(payment.pk, sandbox_books.notice_body(payment), at) for payment in sandbox_books.due_notices(at=at))


def _deliver(payment_id: uuid.UUID, body: bytes, at: dt.datetime) -> bool:
    headers = {sandbox.SIGNATURE_HEADER: sandbox.sign(body, moment=int(time.time()))}
    try:
        inbox.receive_webhook(gateway="sandbox", headers=headers, body=body, at=at)
    except Exception:
        log.exception("practice webhook not delivered", extra={"payment": str(payment_id)})
        sandbox_books.notice_failed(payment_id, at=at)
        return False
    sandbox_books.notice_delivered(payment_id)
    return True
