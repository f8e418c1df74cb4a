"""The money of a merchant order, wherever it is: in escrow, or with the merchant who collected it at the door."""

import datetime as dt
import uuid
from typing import Any

from payments.models import CashCollection, EscrowHold
from payments.services import cash, escrow
from payments.services.escrow import Returned
from payments.states import CashStatus


def refund_part(*, reference: uuid.UUID, **terms: Any) -> Returned:
    """Give a part of an order back, once per cause; as `escrow.refund_part`, or `cash.refund_part` where cash was handed over."""
    if _collection(reference) is None:
        return escrow.refund_part(reference=reference, **terms)
    return cash.refund_part(reference=reference, **terms)


def refund_rest(*, reference: uuid.UUID, reason: str, at: dt.datetime, actor: str) -> Returned:
    """Give all that is left of an order back."""
    if _collection(reference) is None:
        return escrow.refund_hold(reference=reference, reason=reason, at=at, actor=actor)
    return cash.refund_part(reference=reference, cause=reference, amount_minor=None, reason=reason, at=at, actor=actor)


def left_minor(reference: uuid.UUID) -> int:
    """What of an order can still go back, in minor units; of cash that was not handed over nothing can."""
    found = _collection(reference) or EscrowHold.objects.filter(reference=reference).first()
    return found.left_minor if found else 0


def is_gone(reference: uuid.UUID) -> bool:
    """Whether all of an order has gone back."""
    collection = _collection(reference)
    if collection is not None:
        return collection.status == CashStatus.REFUNDED
    return escrow.is_gone(reference)


def _collection(reference: uuid.UUID) -> CashCollection | None:
    return CashCollection.objects.filter(reference=reference).exclude(status=CashStatus.DROPPED).first()
