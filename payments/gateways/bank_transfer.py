"""Bank transfer: the shopper is given an account and a payment reference; the operator imports what came in."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from payments.gateways import bank_books as books
from payments.gateways import notices
from payments.gateways.base import Outcome, ProviderPayment, ProviderRefund, WebhookEvent
from payments.models import ExpectedTransfer, OutgoingTransfer, PaymentAttempt, Refund
from payments.states import OutgoingStatus, Subject

SIGNATURE_HEADER = "Bank-Signature"
SALT = "payments.gateways.bank_transfer"
OUTCOMES = {books.Status.OPEN: Outcome.OPEN, books.Status.PAID: Outcome.SUCCEEDED, books.Status.CLOSED: Outcome.FAILED}
REFUND_OUTCOMES = {
    OutgoingStatus.TO_MAKE: Outcome.OPEN,
    OutgoingStatus.MADE: Outcome.SUCCEEDED,
    OutgoingStatus.IMPOSSIBLE: Outcome.FAILED,
}


class BankTransferGateway:
    code = "bank_transfer"
    label = _("Bank transfer")

    def is_available(self) -> bool:
        return bool(settings.BANK_TRANSFER_ACCOUNT)

    def time_to_pay(self) -> dt.timedelta:
        """Banks take days, so a purchase waits longer for its payment than it otherwise would."""
        return dt.timedelta(days=settings.BANK_TRANSFER_DAYS)

    def create(self, attempt: PaymentAttempt) -> ProviderPayment:
        opened = books.expect(
            key=attempt.idempotency_key,
            attempt=attempt.pk,
            amount_minor=attempt.amount_minor,
            currency=attempt.currency,
            description=attempt.description,
        )
        return _payment(opened, attempt.return_url)

    def fetch(self, attempt: PaymentAttempt) -> ProviderPayment:
        return _payment(books.transfer_by_key(attempt.idempotency_key), attempt.return_url)

    def cancel(self, attempt: PaymentAttempt) -> ProviderPayment:
        return _payment(books.stop_expecting(attempt.idempotency_key), attempt.return_url)

    def refund(self, refund: Refund) -> ProviderRefund:
        listed = books.open_outgoing(
            transfer_key=refund.attempt.idempotency_key,
            key=refund.idempotency_key,
            refund=refund.pk,
            amount_minor=refund.amount_minor,
        )
        return _refund(listed)

    def fetch_refund(self, refund: Refund) -> ProviderRefund:
        return _refund(books.outgoing_by_key(refund.idempotency_key))

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
    """The signature header of a notice sent at that Unix second."""
    return notices.sign(SALT, body, moment=moment)


def _payment(row: ExpectedTransfer, return_url: str) -> ProviderPayment:
    """The shop's own page tells what to transfer, so that is where the shopper goes."""
    outcome = OUTCOMES[books.Status(row.status)]
    code = "closed" if outcome is Outcome.FAILED else ""
    return ProviderPayment(str(row.pk), outcome, row.amount_minor, row.currency, str(row.attempt), return_url, code)


def _refund(row: OutgoingTransfer) -> ProviderRefund:
    outcome = REFUND_OUTCOMES[OutgoingStatus(row.status)]
    code = "impossible" if outcome is Outcome.FAILED else ""
    return ProviderRefund(str(row.pk), outcome, row.amount_minor, row.currency, code)
