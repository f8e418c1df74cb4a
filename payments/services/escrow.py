"""Holding the shopper's money per merchant order until it is released to the merchant or refunded."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core.compiled import compiled, insert
from core.states import move_to
from payments import postings
from payments.errors import HoldNotFound, NotCaptured
from payments.models import EscrowHold, PaymentAttempt, Refund
from payments.services import ledger, refunds
from payments.states import AttemptStatus, EscrowStatus

ACTOR = "system:escrow"


@dataclass(frozen=True, slots=True)
class HoldShare:
    """One merchant order's part of a purchase in minor units: `amount` = goods and shipping, of which `points` were paid in points."""

    merchant_id: uuid.UUID
    reference: uuid.UUID
    amount_minor: int
    points_minor: int
    commission_minor: int


def hold(*, purchase: uuid.UUID, shares: Sequence[HoldShare], currency: str, at: dt.datetime) -> list[EscrowHold]:
    """Hold a captured payment for the purchase's merchant orders.

    Raises:
        NotCaptured: the cash parts are not exactly what was captured for this purchase, or it was refunded meanwhile.
        AlreadyPosted: it is held already.
    """
    with transaction.atomic():
        cash = sum(share.amount_minor - share.points_minor for share in shares)
        if cash and not _is_captured(purchase, cash, currency):
            raise NotCaptured
        holds = [
            EscrowHold(
                created_at=at,
                purchase=purchase,
                merchant_id=share.merchant_id,
                reference=share.reference,
                amount_minor=share.amount_minor,
                points_minor=share.points_minor,
                commission_minor=share.commission_minor,
                currency=currency,
            )
            for share in shares
        ]
        ledger.post(posting=postings.hold(purchase, holds, currency), at=at)
        insert(holds)
        return holds


def _is_captured(purchase: uuid.UUID, cash: int, currency: str) -> bool:
    """Locks the payment, so that it cannot be sent back as a late one while it is being held."""
    return _paid(purchase) == [(cash, currency, 0)]


@compiled
def _paid(purchase: uuid.UUID) -> QuerySet[Any]:
    rows = PaymentAttempt.objects.select_for_update().filter(reference=purchase, status=AttemptStatus.SUCCEEDED)
    return rows.values_list("amount_minor", "currency", "refunded_minor")


def release(*, reference: uuid.UUID, at: dt.datetime, actor: str = ACTOR) -> EscrowHold:
    """Give a completed order's money to its merchant, less commission.

    Raises:
        HoldNotFound: nothing is held under this reference.
        IllegalTransition, StaleState: it was released or refunded before.
    """
    row = _hold_of(reference)
    with transaction.atomic():
        move_to(row, EscrowStatus.RELEASED, actor=actor, at=at, settled_at=at)
        ledger.post(posting=postings.release(row), at=at)
    return row


def refund_hold(*, reference: uuid.UUID, reason: str, at: dt.datetime, actor: str = ACTOR) -> Refund | None:
    """Take an order's money back from where it is, held or released, and send the cash part to the shopper.

    Returns None where all of it was paid in points (orders gives those back to their lots).

    Raises:
        HoldNotFound: nothing is held under this reference.
        IllegalTransition, StaleState: it was refunded before.
    """
    row = _hold_of(reference)
    was_released = row.status == EscrowStatus.RELEASED
    with transaction.atomic():
        move_to(row, EscrowStatus.REFUNDED, actor=actor, at=at, reason=reason[:200], settled_at=at)
        ledger.post(posting=postings.refund_released(row) if was_released else postings.refund_held(row), at=at)
        cash = row.amount_minor - row.points_minor
        if not cash:
            return None
        paid = PaymentAttempt.objects.get(reference=row.purchase, status=AttemptStatus.SUCCEEDED)
        return refunds.request_refund(attempt_id=paid.pk, reference=reference, amount_minor=cash, reason=reason, at=at)


def _hold_of(reference: uuid.UUID) -> EscrowHold:
    found: EscrowHold | None = EscrowHold.objects.filter(reference=reference).first()
    if found is None:
        raise HoldNotFound
    return found
