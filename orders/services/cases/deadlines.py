"""Nobody waits for ever: what happens when a side stays silent past a case's deadline."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable

from django.db import transaction

from orders.models import AfterSalesCase, MerchantOrder
from orders.services.cases import answers, disputes, receiving
from orders.services.cases.moves import DEADLINE, end, locked_case
from orders.states import CASE_WAITING, CaseStatus, Verdict

log = logging.getLogger(__name__)


def sweep_cases(*, at: dt.datetime, limit: int = 200) -> int:
    """Move cases on whose deadline has passed at `at` (by the database's clock); returns how many.

    Several sweeps may run at once: each case is judged again under its locks, in a transaction of its own.
    """
    due = AfterSalesCase.objects.filter(status__in=CASE_WAITING, due_at__lte=at).order_by("due_at")
    return sum(_sweep_if_due(case_id, order_id, at) for case_id, order_id in list(due.values_list("pk", "order_id")[:limit]))


def _sweep_if_due(case_id: uuid.UUID, order_id: uuid.UUID, at: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            if not MerchantOrder.objects.select_for_update(skip_locked=True).filter(pk=order_id).exists():
                return False
            case = locked_case(case_id)
            if case.status not in CASE_WAITING or case.due_at is None or case.due_at > at:
                return False
            ON_SILENCE[CaseStatus(case.status)](case, at)
    except Exception:
        # One broken case must not keep the others waiting.
        log.exception("a case's deadline failed", extra={"case_id": str(case_id)})
        return False
    return True


def _approve(case: AfterSalesCase, at: dt.datetime) -> None:
    answers.approve(case_id=case.pk, actor=DEADLINE, at=at)


def _take_offer(case: AfterSalesCase, at: dt.datetime) -> None:
    answers.accept_offer(case_id=case.pk, actor=DEADLINE, at=at)


def _receive_as_sent(case: AfterSalesCase, at: dt.datetime) -> None:
    receiving.receive_as_sent(case_id=case.pk, actor=DEADLINE, at=at)


def _refund_instead(case: AfterSalesCase, at: dt.datetime) -> None:
    receiving.refund_instead(case_id=case.pk, actor=DEADLINE, at=at)


def _decide_for_shopper(case: AfterSalesCase, at: dt.datetime) -> None:
    disputes.decide(case_id=case.pk, outcome=Verdict.SHOPPER, reason="No verdict was given in time.", actor=DEADLINE, at=at)


def _close(case: AfterSalesCase, at: dt.datetime) -> None:
    end(case, CaseStatus.CLOSED, actor=DEADLINE, at=at, reason="deadline", is_settled=case.status == CaseStatus.REFUNDED)


# Whoever has to act and does not loses the point: the shop what was asked, the shopper the case. The marketplace's own silence must
# not cost the shopper anything.
ON_SILENCE: dict[CaseStatus, Callable[[AfterSalesCase, dt.datetime], None]] = {
    CaseStatus.REQUESTED: _approve,
    CaseStatus.OFFERED: _take_offer,
    CaseStatus.APPROVED: _close,
    CaseStatus.SENT_BACK: _receive_as_sent,
    CaseStatus.RECEIVED: _refund_instead,
    CaseStatus.REFUSED: _close,
    CaseStatus.ESCALATED: _decide_for_shopper,
    CaseStatus.REFUNDED: _close,
    CaseStatus.REPLACED: _close,
    CaseStatus.REPAIRED: _close,
}
