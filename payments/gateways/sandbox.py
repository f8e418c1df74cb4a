"""The built-in practice provider: a page with approve and decline, signed webhooks, no real money."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from payments.gateways import notices
from payments.gateways import sandbox_books as books
from payments.gateways.base import Outcome, ProviderPayment, ProviderRefund, WebhookEvent
from payments.models import PaymentAttempt, Refund, SandboxPayment, SandboxRefund
from payments.states import Subject

SIGNATURE_HEADER = "Sandbox-Signature"
SALT = "payments.gateways.sandbox"


class SandboxGateway:
    code = "sandbox"
    label = _("Practice payment")

    def is_available(self) -> bool:
        return bool(settings.SANDBOX_GATEWAY)

    def create(self, attempt: PaymentAttempt) -> ProviderPayment:
        opened = books.open_payment(
            key=attempt.idempotency_key,
            amount_minor=attempt.amount_minor,
            currency=attempt.currency,
            description=attempt.description,
            return_url=attempt.return_url,
            reference=str(attempt.pk),
        )
        return _payment(opened)

    def fetch(self, attempt: PaymentAttempt) -> ProviderPayment:
        return _payment(books.payment_by_key(attempt.idempotency_key))

    def cancel(self, attempt: PaymentAttempt) -> ProviderPayment:
        return _payment(books.close_payment(attempt.idempotency_key))

    def refund(self, refund: Refund) -> ProviderRefund:
        made = books.open_refund(payment_key=refund.attempt.idempotency_key, key=refund.idempotency_key, amount_minor=refund.amount_minor)
        return _refund(made)

    def fetch_refund(self, refund: Refund) -> ProviderRefund:
        return _refund(books.refund_by_key(refund.idempotency_key))

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        notices.verify(SALT, headers, SIGNATURE_HEADER, body)
        message: dict[str, Any] = json.loads(body)
        about = message["payment"]
        return WebhookEvent(
            event_id=message["id"],
            kind=message["type"],
            object_id=about["id"],
            body=message,
            subject=Subject.PAYMENT,
            attempt_id=uuid.UUID(about["reference"]),
        )


def sign(body: bytes, *, moment: int) -> str:
    """The signature header of a body sent at that Unix second."""
    return notices.sign(SALT, body, moment=moment)


def _payment(row: SandboxPayment) -> ProviderPayment:
    outcome, code = Outcome.OPEN, ""
    if row.status in {books.Status.DECLINED, books.Status.CANCELLED}:
        outcome, code = Outcome.FAILED, row.status
    elif books.is_effective(row):
        outcome = Outcome.SUCCEEDED
    return ProviderPayment(str(row.pk), outcome, row.amount_minor, row.currency, row.reference, f"/sandbox/{row.pk}/", code)


def _refund(row: SandboxRefund) -> ProviderRefund:
    return ProviderRefund(str(row.pk), Outcome.SUCCEEDED, row.amount_minor, row.payment.currency)
