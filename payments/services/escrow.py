"""Holding the shopper's money per merchant order until it is released to the merchant or goes back, whole or in parts."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from core.compiled import compiled, insert
from core.money import charge_step
from core.states import move_to
from payments import postings, rules
from payments.errors import DisputedAtProvider, HoldFrozen, HoldNotFound, NotCaptured, RefundExceedsHold
from payments.models import CashCollection, EscrowFreeze, EscrowHold, EscrowReturn, PaymentAttempt, Refund
from payments.services import credit, ledger, refunds
from payments.services.steps import refuse_odd
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
    commission_tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class Returned:
    """What went back, in minor units: by the provider (`refund`), to credit at once, and in points, which orders gives back."""

    refund: Refund | None
    cash_minor: int
    credit_minor: int
    points_minor: int


def hold(*, purchase: uuid.UUID, shares: Sequence[HoldShare], currency: str, at: dt.datetime) -> list[EscrowHold]:
    """Hold a paid purchase's money for its merchant orders.

    Raises:
        NotCaptured: the cash parts are not exactly what was captured and spent in credit, or it was refunded meanwhile.
        AlreadyPosted: it is held already.
    """
    with transaction.atomic():
        cash = sum(share.amount_minor - share.points_minor for share in shares)
        if cash and not _is_paid(purchase, cash, currency):
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
                commission_tax_minor=share.commission_tax_minor,
                currency=currency,
            )
            for share in shares
        ]
        ledger.post(posting=postings.hold(purchase, holds, currency), at=at)
        insert(holds)
        return holds


def _is_paid(purchase: uuid.UUID, cash: int, currency: str) -> bool:
    """Locks the payment, so that it cannot be sent back as a late one while it is being held."""
    captured = _paid(purchase)
    if captured == [(cash, currency, 0)]:
        return True
    rest = cash - sum(amount for amount, _, _ in captured)
    is_whole = all(row[1:] == (currency, 0) for row in captured)
    return is_whole and rest > 0 and credit.spent(purchase) == rest


@compiled
def _paid(purchase: uuid.UUID) -> QuerySet[Any]:
    rows = PaymentAttempt.objects.select_for_update().filter(reference=purchase, status=AttemptStatus.SUCCEEDED)
    return rows.values_list("amount_minor", "currency", "refunded_minor")


def is_gone(reference: uuid.UUID) -> bool:
    """Whether nothing is left of what was held: it went back to the shopper, or a bank has kept it."""
    return EscrowHold.objects.filter(reference=reference, status=EscrowStatus.REFUNDED).exists()


@transaction.atomic
def release(*, reference: uuid.UUID, at: dt.datetime, actor: str = ACTOR) -> EscrowHold:
    """Give what is left of a completed order's money to its merchant, less what is left of commission.

    Raises:
        HoldNotFound: nothing is held under this reference.
        HoldFrozen: somebody claims it.
        IllegalTransition, StaleState: it was released or refunded before.
    """
    row = _locked(reference)
    if row.freezes.filter(lifted_at=None).exists():
        raise HoldFrozen
    move_to(row, EscrowStatus.RELEASED, actor=actor, at=at, released_at=at, settled_at=at)
    ledger.post(posting=postings.release(row), at=at)
    return row


def refund_hold(*, reference: uuid.UUID, reason: str, at: dt.datetime, actor: str = ACTOR) -> Returned:
    """Take all that is left of an order's money back from where it is, held or released, for the shopper.

    Raises:
        HoldNotFound: nothing is held under this reference.
        IllegalTransition, StaleState: it was refunded before.
    """
    return refund_part(reference=reference, cause=reference, amount_minor=None, reason=reason, at=at, actor=actor)


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
    """Take a part of an order's money back for the shopper, once per `cause`: points, cash by the provider, then credit.

    Args:
        amount_minor: how much of the hold in minor units; None is all that is left.
        commission_minor, commission_tax_minor: what the operator gives back of its own; in proportion unless said.

    Raises:
        HoldNotFound: nothing is held under this reference.
        RefundExceedsHold: less is left.
        AmountNotInSteps: a card cannot be refunded so much of this currency.
        DisputedAtProvider: the shopper's bank has the money already.
        IllegalTransition, StaleState: all of it was refunded before.
    """
    row = _locked(reference)
    done = row.returns.filter(cause=cause).first()
    if done is not None and cause != reference:
        return Returned(_refund_of(row, cause), done.cash_minor, done.credit_minor, done.points_minor)
    amount = row.left_minor if amount_minor is None else amount_minor
    if amount_minor is None and not amount:
        # An order that cost nothing still ends; one that was refunded already is refused by its status.
        move_to(row, EscrowStatus.REFUNDED, actor=actor, at=at, reason=reason[:200], settled_at=at)
        return Returned(None, 0, 0, 0)
    taken = _taking(row, cause, amount, commission_minor, commission_tax_minor)
    refuse_odd(amount, whole_minor=row.left_minor, currency=row.currency)
    points = rules.share_taken(
        row.points_minor,
        taken_before=row.refunded_points_minor,
        part_after=row.refunded_minor + amount,
        total=row.amount_minor,
        step=charge_step(row.currency),
    )
    taken.points_minor = min(points, amount)  # a lost dispute may have taken more than its share of the cash before
    cash = taken.amount_minor - taken.points_minor
    in_cash = CashCollection.objects.filter(purchase=OuterRef("reference"))
    payments = PaymentAttempt.objects.select_for_update().filter(~Exists(in_cash), reference=row.purchase, status=AttemptStatus.SUCCEEDED)
    paid = payments.first()
    taken.cash_minor = min(cash, paid.amount_minor - paid.refunded_minor - paid.disputed_minor) if paid else 0
    taken.credit_minor = cash - taken.cash_minor
    if paid and paid.disputed_minor and taken.credit_minor > credit.spent(row.purchase):
        raise DisputedAtProvider
    _take(row, taken, reason, actor, at)
    refund = None
    if paid and taken.cash_minor:
        refund = refunds.request_refund(
            attempt_id=paid.pk, reference=reference, cause=cause, amount_minor=taken.cash_minor, reason=reason, at=at
        )
    credit.give_back(purchase=row.purchase, amount_minor=taken.credit_minor, cause=cause, at=at)
    return Returned(refund, taken.cash_minor, taken.credit_minor, taken.points_minor)


@transaction.atomic
def charge_back(*, reference: uuid.UUID, cause: uuid.UUID, amount_minor: int, at: dt.datetime, actor: str = ACTOR) -> None:
    """A dispute was lost at the provider, which has kept `amount_minor` of this order's cash: the merchant bears it, once per cause.

    Raises:
        HoldNotFound: nothing is held under this reference.
        RefundExceedsHold: less is left.
    """
    row = _locked(reference)
    if row.returns.filter(cause=cause).exists():
        return
    taken = _taking(row, cause, amount_minor, None, None)
    taken.is_chargeback = True
    _take(row, taken, "dispute lost", actor, at)


def _taking(row: EscrowHold, cause: uuid.UUID, amount: int, commission: int | None, tax: int | None) -> EscrowReturn:
    if not 0 < amount <= row.left_minor:
        raise RefundExceedsHold
    after, total = row.refunded_minor + amount, row.amount_minor
    if commission is None:
        commission = rules.share_taken(row.commission_minor, taken_before=row.refunded_commission_minor, part_after=after, total=total)
    if tax is None:
        tax = rules.share_taken(row.commission_tax_minor, taken_before=row.refunded_commission_tax_minor, part_after=after, total=total)
    is_last = after == total
    return EscrowReturn(
        hold=row,
        cause=cause,
        amount_minor=amount,
        commission_minor=row.commission_left_minor if is_last else min(commission, row.commission_left_minor),
        commission_tax_minor=row.commission_tax_left_minor if is_last else min(tax, row.commission_tax_left_minor),
    )


def _take(row: EscrowHold, taken: EscrowReturn, reason: str, actor: str, at: dt.datetime) -> None:
    """The row is locked, so its sums are what they seem; the CHECKs are the wall behind that."""
    sums = {
        "refunded_minor": row.refunded_minor + taken.amount_minor,
        "refunded_points_minor": row.refunded_points_minor + taken.points_minor,
        "refunded_commission_minor": row.refunded_commission_minor + taken.commission_minor,
        "refunded_commission_tax_minor": row.refunded_commission_tax_minor + taken.commission_tax_minor,
    }
    taken.created_at = at
    taken.save(force_insert=True)
    ledger.post(posting=postings.taken_back(row, taken), at=at)
    if sums["refunded_minor"] == row.amount_minor:
        changes: dict[str, Any] = {**sums, "settled_at": at}
        move_to(row, EscrowStatus.REFUNDED, actor=actor, at=at, reason=reason[:200], **changes)
    else:
        EscrowHold.objects.filter(pk=row.pk).update(**sums)


@transaction.atomic
def freeze(*, reference: uuid.UUID, cause: uuid.UUID, at: dt.datetime, amount_minor: int | None = None) -> None:
    """Claim an order's money: held, it cannot be released; released, the merchant's share of `amount_minor` is set aside from payouts.

    Again with the same cause changes nothing, and so does a claim on what has gone back already.

    Raises:
        HoldNotFound: nothing is held under this reference.
    """
    row = _locked(reference)
    if row.status == EscrowStatus.REFUNDED or row.freezes.filter(cause=cause, lifted_at=None).exists():
        return
    amount = row.left_minor if amount_minor is None else min(amount_minor, row.left_minor)
    reserved = 0
    if row.released_at is not None and amount:
        share = _taking(row, cause, amount, None, None)
        reserved = share.amount_minor - share.commission_minor - share.commission_tax_minor
    claim = EscrowFreeze.objects.create(created_at=at, hold=row, cause=cause, reserved_minor=reserved)
    ledger.post(posting=postings.frozen(claim, lifted=False), at=at)


@transaction.atomic
def lift(*, cause: uuid.UUID, at: dt.datetime) -> None:
    """End a claim on all orders it was made on; again changes nothing. What follows from it is posted by whoever decided."""
    holds = EscrowHold.objects.filter(freezes__cause=cause).order_by("pk").values_list("pk", flat=True)
    list(EscrowHold.objects.select_for_update().filter(pk__in=list(holds)).order_by("pk"))
    for claim in EscrowFreeze.objects.filter(cause=cause, lifted_at=None).select_related("hold").order_by("pk"):
        if EscrowFreeze.objects.filter(pk=claim.pk, lifted_at=None).update(lifted_at=at):
            ledger.post(posting=postings.frozen(claim, lifted=True), at=at)


def _refund_of(row: EscrowHold, cause: uuid.UUID) -> Refund | None:
    return Refund.objects.filter(attempt__reference=row.purchase, reference=row.reference, cause=cause).order_by("-created_at").first()


def _locked(reference: uuid.UUID) -> EscrowHold:
    found: EscrowHold | None = EscrowHold.objects.select_for_update().filter(reference=reference).first()
    if found is None:
        raise HoldNotFound
    return found
