"""Penalties: taken when a violation cannot be appealed any more, given back when it is lifted all the same."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from core import outbox
from core.states import move_to, record_change, write_changes
from merchants.models import Violation
from payments import postings
from payments.events import PenaltyMoved
from payments.models import DepositMovement, Penalty
from payments.postings import Account
from payments.services import ledger
from payments.services.deposits import deposit_row, move
from payments.states import PenaltyStatus

log = logging.getLogger(__name__)
ACTOR = "system:penalties"
Status = Violation.Status


def settle_penalties(*, at: dt.datetime, limit: int = 100) -> int:
    """Sweep: take what is due and give back what was lifted; returns how many. Several may run at once, each penalty moves once."""
    due = list(due_violations(at).order_by("appeal_by", "pk").values_list("pk", flat=True)[:limit])
    lifted = Penalty.objects.filter(status=PenaltyStatus.TAKEN, violation__status=Status.LIFTED).order_by("pk")
    taken = sum(_tried(take_penalty, pk, at) for pk in due)
    return taken + sum(_tried(return_penalty, pk, at) for pk in list(lifted.values_list("violation_id", flat=True)[:limit]))


def due_violations(at: dt.datetime) -> QuerySet[Violation]:
    """Violations whose penalty is to be taken: their appeal was refused, or nobody appealed in time."""
    rows: QuerySet[Violation] = Violation.objects.filter(penalty_minor__gt=0, taken_penalty=None)
    return rows.filter(Q(status=Status.UPHELD) | Q(status=Status.OPEN, appeal_by__lt=at))


def _tried(work: Callable[..., Penalty | None], violation_id: uuid.UUID, at: dt.datetime) -> bool:
    """Books that refuse one must not keep the others waiting."""
    try:
        return work(violation_id=violation_id, at=at) is not None
    except Exception:
        log.exception("penalty not settled", extra={"violation": str(violation_id)})
        return False


@transaction.atomic
def take_penalty(*, violation_id: uuid.UUID, at: dt.datetime) -> Penalty | None:
    """Take a violation's penalty, once: from the balance as far as it is there, then from the deposit; what is missing makes the balance
    negative and is netted with what comes. None where nothing is to be taken.

    An appeal and a decision move the violation's row, so they come before or after this, never in between.
    """
    row = Violation.objects.select_for_update(of=("self",)).filter(pk=violation_id).first()
    if row is None or not due_violations(at).filter(pk=row.pk).exists():
        return None
    deposit = deposit_row(merchant_id=row.merchant_id, at=at)
    payable = ledger.locked_balance(kind=Account.PAYABLE, owner=row.merchant_id, currency=deposit.currency)
    kept = ledger.locked_balance(kind=Account.DEPOSIT, owner=row.merchant_id, currency=deposit.currency)
    from_deposit = min(kept, row.penalty_minor - min(max(payable, 0), row.penalty_minor))
    penalty = Penalty(
        merchant_id=row.merchant_id,
        violation=row,
        amount_minor=row.penalty_minor,
        deposit_minor=from_deposit,
        currency=settings.CURRENCY,
        created_at=at,
    )
    penalty.save(force_insert=True)
    write_changes([record_change(penalty, "", penalty.status, actor=ACTOR, reason="", at=at)])
    if from_deposit:
        move(deposit, DepositMovement.Kind.PENALTY, -from_deposit, key=f"penalty:{penalty.pk.hex}", actor=ACTOR, at=at)
    ledger.post(posting=postings.penalty(penalty, returned=False), at=at)
    _tell(penalty)
    return penalty


@transaction.atomic
def return_penalty(*, violation_id: uuid.UUID, at: dt.datetime) -> Penalty | None:
    """Give a taken penalty back to where it was taken from, once: its violation was lifted. None where there is none."""
    row = Violation.objects.select_for_update(of=("self",)).filter(pk=violation_id, status=Status.LIFTED).first()
    penalty: Penalty | None = (
        Penalty.objects.select_for_update(of=("self",)).filter(violation=row, status=PenaltyStatus.TAKEN).first() if row else None
    )
    if penalty is None:
        return None
    deposit = deposit_row(merchant_id=penalty.merchant_id, at=at)
    move_to(penalty, PenaltyStatus.RETURNED, actor=ACTOR, at=at, returned_at=at)
    if penalty.deposit_minor:
        key = f"penalty_returned:{penalty.pk.hex}"
        move(deposit, DepositMovement.Kind.PENALTY_RETURNED, penalty.deposit_minor, key=key, actor=ACTOR, at=at)
    ledger.post(posting=postings.penalty(penalty, returned=True), at=at)
    _tell(penalty)
    return penalty


def _tell(penalty: Penalty) -> None:
    outbox.publish(PenaltyMoved(penalty_id=str(penalty.pk), to_status=penalty.status))
