"""The practice provider's own list of what moved, from its own books."""

import datetime as dt
import uuid
from collections.abc import Iterator

from django.utils import timezone

from payments.gateways.base import ProviderMovement
from payments.models import Movement, SandboxPayment, SandboxRefund, SandboxTransfer

CHUNK = 500


def list_movements(since: dt.datetime, until: dt.datetime) -> Iterator[ProviderMovement]:
    """Everything that counts at the practice provider in [since, until), kind by kind."""
    end = min(until, timezone.now())
    yield from _payments(since, end)
    yield from _refunds(since, end)
    yield from _transfers(since, end)


def _payments(since: dt.datetime, until: dt.datetime) -> Iterator[ProviderMovement]:
    rows = SandboxPayment.objects.filter(status=SandboxPayment.Status.APPROVED, effective_at__gte=since, effective_at__lt=until)
    for row in rows.order_by("effective_at", "pk").iterator(CHUNK):
        moved_at = row.effective_at or row.created_at
        yield ProviderMovement(Movement.PAYMENT, str(row.pk), row.amount_minor, row.currency, row.reference, moved_at)


def _refunds(since: dt.datetime, until: dt.datetime) -> Iterator[ProviderMovement]:
    rows = SandboxRefund.objects.filter(created_at__gte=since, created_at__lt=until).select_related("payment")
    for row in rows.order_by("created_at", "pk").iterator(CHUNK):
        yield ProviderMovement(
            Movement.REFUND, str(row.pk), row.amount_minor, row.payment.currency, _number(row.idempotency_key), row.created_at
        )


def _transfers(since: dt.datetime, until: dt.datetime) -> Iterator[ProviderMovement]:
    rows = SandboxTransfer.objects.filter(status=SandboxTransfer.Status.PAID, effective_at__gte=since, effective_at__lt=until)
    for row in rows.order_by("effective_at", "pk").iterator(CHUNK):
        yield ProviderMovement(
            Movement.TRANSFER, str(row.pk), row.amount_minor, row.currency, _number(row.idempotency_key), row.effective_at
        )


def _number(key: str) -> str:
    """Our number of a row, which is what its key is made of."""
    try:
        return str(uuid.UUID(key))
    except ValueError:
        return ""
