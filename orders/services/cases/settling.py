"""How a case ends well: the money goes back."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from core.states import IllegalTransition
from logistics import services as logistics
from orders import case_rules as rules
from orders.models import AfterSalesCase, CaseLine, OrderLine, OrderRefund
from orders.services import returns_of_money
from orders.services.cases.moves import end, locked_case, move
from orders.services.returns_of_money import Part
from orders.states import CaseStatus
from payments.services import escrow


def pay_back(case: AfterSalesCase, *, actor: str, at: dt.datetime, reason: str) -> OrderRefund:
    """Give the agreed amount back, once; the caller has locked order and case.

    Less goes back where a lost dispute at the provider, or another refund, has taken a part before. The case is closed when the
    provider has paid, at once where there is nothing to wait for.
    """
    if case.agreed_minor is None:
        raise IllegalTransition(status=case.get_status_display())
    lines = list(CaseLine.objects.filter(case=case).order_by("order_line_id"))
    goods = rules.shared(case.agreed_minor - case.agreed_shipping_minor, [line.asked_minor for line in lines], case.currency)
    wanted = [Part(line.order_line_id, _pieces(line), minor) for line, minor in zip(lines, goods, strict=True)]
    parts, shipping = returns_of_money.fitting(case.order, wanted, case.agreed_shipping_minor)
    refund = returns_of_money.refund_part(
        order_id=case.order_id, cause=case.pk, parts=parts, shipping_minor=shipping, actor=actor, reason=reason, at=at
    )
    _note(lines, parts)
    move(case, CaseStatus.REFUNDED, actor=actor, at=at, refunded_minor=refund.amount_minor, due_at=at + rules.current_terms().close)
    escrow.lift(cause=case.pk, at=at)
    if not refund.cash_minor:
        end(case, CaseStatus.CLOSED, actor=actor, at=at, is_settled=True)
    else:
        logistics.release_reservations(reference=case.pk, at=at, reason="refunded", actor=actor)
    return refund


def _pieces(line: CaseLine) -> int:
    """How many pieces the money is for: those that came back, where somebody counted."""
    return line.quantity if line.received_quantity is None else line.received_quantity


def _note(lines: Sequence[CaseLine], parts: Sequence[Part]) -> None:
    for line, part in zip(lines, parts, strict=True):
        line.refunded_minor = part.amount_minor
    CaseLine.objects.bulk_update(lines, ["refunded_minor"])
    for line in lines:
        missing = line.quantity - _pieces(line)
        if missing:
            OrderLine.objects.filter(pk=line.order_line_id).update(claimed_quantity=F("claimed_quantity") - missing)


@transaction.atomic
def refund_arrived(*, case_id: uuid.UUID, at: dt.datetime) -> bool:
    """The provider has paid a refund; returns whether that ended a case (its cause may be none of ours)."""
    if not AfterSalesCase.objects.filter(pk=case_id, status=CaseStatus.REFUNDED).exists():
        return False
    case = locked_case(case_id)
    if case.status != CaseStatus.REFUNDED:
        return False
    end(case, CaseStatus.CLOSED, actor="system:payments", at=at, is_settled=True)
    return True
