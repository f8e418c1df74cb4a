"""Paying merchants: due periods are closed in a transaction of their own each, transfers follow outside of any."""

import datetime as dt
import logging
import uuid

from django.db import transaction

from core.doorbell import ring
from payments.errors import PayoutNotFailed, PayoutNotPossible
from payments.models import Payout, PayoutSchedule, PayoutStatement
from payments.services import payout_schedules, statements, transfers
from payments.states import PayoutStatus

log = logging.getLogger(__name__)


def run_payouts(*, at: dt.datetime, limit: int = 200) -> int:
    """Close the periods that are due at `at` (the database's clock) and send what they pay out; returns how many merchants were due.

    Several sweeps may run at once, and any of them may die anywhere: a period is closed once, a payout transferred once.
    """
    payout_schedules.open_schedules(at=at)
    due = PayoutSchedule.objects.filter(next_payout_at__lte=at).order_by("next_payout_at")
    closed = sum(_close_if_due(pk, at) for pk in list(due.values_list("pk", flat=True)[:limit]))
    transfers.send_payouts(at=at)
    return closed


def _close_if_due(pk: uuid.UUID, at: dt.datetime) -> bool:
    """Claim one merchant by their schedule's row; the next payout's moment moves on in the same transaction."""
    try:
        with transaction.atomic():
            rows = PayoutSchedule.objects.select_for_update(skip_locked=True)
            schedule = rows.filter(pk=pk, next_payout_at__lte=at).first()
            if schedule is None:
                return False
            for currency in statements.currencies_of(schedule.merchant_id):
                statements.close_period(schedule=schedule, currency=currency, due_at=schedule.next_payout_at, at=at)
            schedule.next_payout_at = payout_schedules.next_moment(schedule, after=at)
            schedule.save(update_fields=["next_payout_at"])
    except Exception:
        # One merchant's broken books must not keep the others waiting.
        log.exception("closing a payout period failed", extra={"schedule": str(pk)})
        return False
    return True


def retry_payout(*, payout_id: uuid.UUID, actor: str, at: dt.datetime) -> PayoutStatement:
    """After a failure, pay the merchant's balance as it is now, by a new statement and a new payout; never the old one again.

    Raises:
        PayoutNotFailed: it is on its way or has arrived.
        PayoutNotPossible: the money has gone another way since, payouts are paused, or there is no account to pay to.
    """
    failed = Payout.objects.get(pk=payout_id)
    if failed.status != PayoutStatus.FAILED:
        raise PayoutNotFailed
    with transaction.atomic():
        schedule = PayoutSchedule.objects.select_for_update().get(merchant_id=failed.merchant_id)
        statement = statements.close_period(schedule=schedule, currency=failed.currency, due_at=at, at=at, minimum_minor=1)
        if statement is None or statement.carried:
            reason = PayoutStatement.Carried(statement.carried if statement else "nothing").label
            raise PayoutNotPossible(reason=reason)
        ring("payments.tasks.send_payouts")
    log.info("payout tried again", extra={"failed": str(failed.pk), "statement": str(statement.pk), "actor": actor})
    return statement
