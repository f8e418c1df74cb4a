"""Cash on delivery: the merchant has the shopper's money, so it is the merchant who owes: commission, and refunds.

docs/adr/0010 says why it is no payment attempt. Points and credit that paid a part of a cash order are held in escrow as always.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core.compiled import insert
from core.money import charge_step
from core.states import move_to
from payments import postings, rules
from payments.errors import HoldNotFound, RefundExceedsHold
from payments.models import CashCollection, CashReturn, EscrowHold
from payments.services import escrow, ledger
from payments.services.escrow import HoldShare, Returned
from payments.states import CashStatus, EscrowStatus

ACTOR = "system:cash"
Way = CashReturn.Way


@dataclass(frozen=True, slots=True)
class CashShare:
    """One merchant order's part of a cash purchase in minor units: `total`, of which points and credit pay a part at once."""

    merchant_id: uuid.UUID
    reference: uuid.UUID
    total_minor: int
    points_minor: int
    credit_minor: int
    commission_minor: int
    commission_tax_minor: int = 0
    user_id: uuid.UUID | None = None

    @property
    def cash_minor(self) -> int:
        return self.total_minor - self.points_minor - self.credit_minor


@transaction.atomic
def expect(*, purchase: uuid.UUID, shares: Sequence[CashShare], currency: str, at: dt.datetime) -> None:
    """Note what each merchant collects at the door; hold what points and credit have paid.

    Raises:
        NotCaptured: the credit of the shares is not what was spent on this purchase.
    """
    held = [
        HoldShare(share.merchant_id, share.reference, share.points_minor + share.credit_minor, share.points_minor, 0) for share in shares
    ]
    escrow.hold(purchase=purchase, shares=held, currency=currency, at=at)
    insert(
        [
            CashCollection(
                created_at=at,
                merchant_id=share.merchant_id,
                purchase=purchase,
                reference=share.reference,
                user_id=share.user_id,
                total_minor=share.total_minor,
                amount_minor=share.cash_minor,
                commission_minor=share.commission_minor,
                commission_tax_minor=share.commission_tax_minor,
                currency=currency,
            )
            for share in shares
        ]
    )


@transaction.atomic
def collect(*, reference: uuid.UUID, at: dt.datetime, actor: str = ACTOR) -> CashCollection:
    """The order is complete: its merchant has the cash and owes what is left of the commission; what was held is released.

    Raises:
        HoldNotFound: this is no cash order.
        HoldFrozen: somebody claims the order's money.
        IllegalTransition: it was collected, dropped or refunded before.
    """
    row = _locked(reference)
    # Rounding may have sent the last cent of a small held part back before the order's other money.
    if EscrowHold.objects.filter(reference=reference, status=EscrowStatus.HELD).exists():
        escrow.release(reference=reference, at=at, actor=actor)
    move_to(row, CashStatus.COLLECTED, actor=actor, at=at, collected_at=at, settled_at=at)
    ledger.post(posting=postings.cash_collected(row), at=at)
    return row


@transaction.atomic
def drop(*, reference: uuid.UUID, reason: str, at: dt.datetime, actor: str = ACTOR) -> None:
    """Cancelled, or refused at the door: no cash changed hands and nothing is posted.

    What points and credit had paid is held in escrow, and whoever ends the order gives it back from there.

    Raises:
        HoldNotFound: this is no cash order.
        IllegalTransition: it was collected, dropped or refunded before.
    """
    row = _locked(reference)
    move_to(row, CashStatus.DROPPED, actor=actor, at=at, reason=reason[:200], settled_at=at)


@transaction.atomic
def refund_part(
    *,
    reference: uuid.UUID,
    cause: uuid.UUID,
    amount_minor: int | None,
    reason: str,
    at: dt.datetime,
    actor: str = ACTOR,
    commission_minor: int | None = None,
    commission_tax_minor: int | None = None,
) -> Returned:
    """Give back a part of a cash order that was handed over, once per `cause`.

    The cash part goes to the member's store credit at the merchant's cost; a guest has to be paid by the merchant, which is
    recorded. Points and credit that paid a part go back in proportion.

    Args:
        amount_minor: how much of the whole order in minor units; None is all that is left.
        commission_minor, commission_tax_minor: what the operator gives back of its own; in proportion unless said.

    Returns:
        What went back: `cash_minor` is what the merchant has to pay to a guest.

    Raises:
        HoldNotFound: this is no cash order.
        RefundExceedsHold: less is left, or nothing was collected.
    """
    row = _locked(reference)
    done = row.returns.filter(cause=cause).first()
    if done is not None:
        return _returned(done)
    amount = row.left_minor if amount_minor is None else amount_minor
    if row.status == CashStatus.DROPPED or not 0 < amount <= row.left_minor:
        raise RefundExceedsHold
    back = _taking(row, cause, amount)
    if commission_minor is not None and amount < row.left_minor:
        back.commission_minor = min(commission_minor, row.commission_left_minor)
    if commission_tax_minor is not None and amount < row.left_minor:
        back.commission_tax_minor = min(commission_tax_minor, row.commission_tax_left_minor)
    _give_back_held(row, back, reason, actor, at)
    _take(row, back, reason, actor, at)
    return _returned(back)


def _give_back_held(row: CashCollection, back: CashReturn, reason: str, actor: str, at: dt.datetime) -> None:
    """The part that points and credit had paid; a hold of nothing ends with the order."""
    held, is_last = back.amount_minor - back.cash_minor, back.amount_minor == row.left_minor
    is_open = EscrowHold.objects.filter(reference=row.reference).exclude(status=EscrowStatus.REFUNDED).exists()
    if held or (is_last and is_open):
        returned = escrow.refund_part(
            reference=row.reference, cause=back.cause, amount_minor=held or None, reason=reason, at=at, actor=actor
        )
        back.credit_minor, back.points_minor = returned.credit_minor, returned.points_minor


def _take(row: CashCollection, back: CashReturn, reason: str, actor: str, at: dt.datetime) -> None:
    """The row is locked, so its sums are what they seem; the CHECKs are the wall behind that."""
    back.created_at = at
    back.save(force_insert=True)
    ledger.post(posting=postings.cash_refunded(row, back), at=at)
    sums = {
        "refunded_minor": row.refunded_minor + back.amount_minor,
        "refunded_cash_minor": row.refunded_cash_minor + back.cash_minor,
        "refunded_commission_minor": row.refunded_commission_minor + back.commission_minor,
        "refunded_commission_tax_minor": row.refunded_commission_tax_minor + back.commission_tax_minor,
    }
    if sums["refunded_minor"] == row.total_minor:
        changes: dict[str, Any] = {**sums, "settled_at": at}
        move_to(row, CashStatus.REFUNDED, actor=actor, at=at, reason=reason[:200], **changes)
    else:
        CashCollection.objects.filter(pk=row.pk).update(**sums)


def _taking(row: CashCollection, cause: uuid.UUID, amount: int) -> CashReturn:
    """Shares by the running sum, so any sequence of parts that ends at the total takes each whole exactly."""
    after, is_last = row.refunded_minor + amount, amount == row.left_minor

    def share(whole: int, before: int, step: int = 1) -> int:
        part = rules.share_taken(whole, taken_before=before, part_after=after, total=row.total_minor, step=step)
        return whole - before if is_last else min(part, whole - before)

    return CashReturn(
        collection=row,
        cause=cause,
        way=Way.STORE_CREDIT if row.user_id else Way.MERCHANT,
        amount_minor=amount,
        cash_minor=min(share(row.amount_minor, row.refunded_cash_minor, charge_step(row.currency)), amount),
        commission_minor=share(row.commission_minor, row.refunded_commission_minor),
        commission_tax_minor=share(row.commission_tax_minor, row.refunded_commission_tax_minor),
    )


def _returned(back: CashReturn) -> Returned:
    """Store credit counts as credit; what a merchant pays by hand counts as cash without a refund of ours."""
    to_credit = back.cash_minor if back.way == Way.STORE_CREDIT else 0
    return Returned(None, back.cash_minor - to_credit, back.credit_minor + to_credit, back.points_minor)


@transaction.atomic
def note_paid_by_merchant(*, reference: uuid.UUID, at: dt.datetime) -> bool:
    """The merchant has given a guest all money of an order back that was to go back so far; returns whether this was news."""
    return bool(owed_to_guest(reference).update(paid_at=at))


def owed_to_guest(reference: uuid.UUID) -> QuerySet[CashReturn]:
    """What the merchant of a cash order has still to pay a guest."""
    return CashReturn.objects.filter(collection__reference=reference, way=Way.MERCHANT, paid_at=None)


def _locked(reference: uuid.UUID) -> CashCollection:
    found: CashCollection | None = CashCollection.objects.select_for_update().filter(reference=reference).first()
    if found is None:
        raise HoldNotFound
    return found
