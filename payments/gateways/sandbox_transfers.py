"""Payouts at the practice provider. The last four characters of an account number say what becomes of it."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.compiled import insert
from payments.gateways.base import NotAtProvider, Outcome, OutcomeUnknown, ProviderTransfer, Refused
from payments.models import Payout, SandboxTransfer

Status = SandboxTransfer.Status
# Numbers to practise with: refused by the bank; paid but the answer is lost; on its way for a while.
CLOSED, LOST, SLOW = "0002", "0003", "0004"
DELAY = dt.timedelta(seconds=15)


class SandboxTransfers:
    code = "sandbox"
    label = _("Practice payout")

    def is_available(self, merchant_id: uuid.UUID) -> bool:
        return bool(settings.SANDBOX_GATEWAY)

    def transfer(self, payout: Payout) -> ProviderTransfer:
        made = _open(payout)
        if (made.amount_minor, made.currency) != (payout.amount_minor, payout.currency):
            raise Refused("key_reused")
        if payout.destination.endswith(LOST):
            raise OutcomeUnknown("the practice provider keeps its answer to itself")
        return _seen(made)

    def fetch_transfer(self, payout: Payout) -> ProviderTransfer:
        found = SandboxTransfer.objects.filter(idempotency_key=payout.idempotency_key).first()
        if found is None:
            raise NotAtProvider
        return _seen(found)


def _open(payout: Payout) -> SandboxTransfer:
    """A new transfer, or the one this key made before; commits on its own, as if remote."""
    value_date = payout.created_at
    is_closed = payout.destination.endswith(CLOSED)
    fresh = SandboxTransfer(
        idempotency_key=payout.idempotency_key,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
        destination=payout.destination,
        status=Status.FAILED if is_closed else Status.PAID,
        failure_code="account_closed" if is_closed else "",
        effective_at=value_date + DELAY if payout.destination.endswith(SLOW) else value_date,
    )
    try:
        with transaction.atomic(durable=True):
            insert([fresh])
    except IntegrityError:
        return SandboxTransfer.objects.get(idempotency_key=payout.idempotency_key)
    return fresh


def _seen(row: SandboxTransfer) -> ProviderTransfer:
    outcome = {Status.PAID: Outcome.SUCCEEDED, Status.FAILED: Outcome.FAILED}[Status(row.status)]
    if row.effective_at > timezone.now():
        outcome = Outcome.OPEN
    return ProviderTransfer(str(row.pk), outcome, row.amount_minor, row.currency, row.failure_code)
