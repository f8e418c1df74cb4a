import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import F

from core import outbox
from core.ids import uuid7
from core.states import IllegalTransition, move_to
from logistics import services as logistics
from logistics.selectors import home_of
from orders.errors import CaseNotFound, QuantityClaimed
from orders.events import CaseMoved
from orders.models import AfterSalesCase, OrderLine
from orders.services.moves import locked_order
from orders.states import CaseStatus
from payments.services import escrow, steps

DEADLINE = "system:deadline"


def locked_case(case_id: uuid.UUID, merchant_id: uuid.UUID | None = None) -> AfterSalesCase:
    """The case with its row and its order's row locked, the order first; `merchant_id`, when given, hides others' cases.

    Raises:
        CaseNotFound: there is none.
    """
    rows = AfterSalesCase.objects.filter(pk=case_id)
    if merchant_id is not None:
        rows = rows.filter(merchant_id=merchant_id)
    order_id = rows.values_list("order_id", flat=True).first()
    if order_id is None:
        raise CaseNotFound
    order = locked_order(order_id)
    case: AfterSalesCase = AfterSalesCase.objects.select_for_update().get(pk=case_id)
    case.order = order
    return case


def must_be(case: AfterSalesCase, *statuses: str) -> None:
    """Raises IllegalTransition unless the case has one of these statuses."""
    if case.status not in statuses:
        raise IllegalTransition(status=case.get_status_display())


def refuse_odd(case: AfterSalesCase, amount_minor: int) -> None:
    """Raises AmountNotInSteps for a typed amount that a card could not be refunded: rounding what people agree on is theirs to do."""
    steps.refuse_odd(amount_minor, whole_minor=case.asked_minor, currency=case.currency)


def move(case: AfterSalesCase, status: CaseStatus, *, actor: str, at: dt.datetime, reason: str = "", **changes: Any) -> None:
    """`core.states.move_to`, and the event that tells both sides."""
    previous = case.status
    move_to(case, status, actor=actor, at=at, reason=reason[:200], **changes)
    outbox.publish(CaseMoved(str(case.pk), previous, status, by_deadline=actor == DEADLINE, occasion=str(uuid7())))


def return_address(case: AfterSalesCase) -> str:
    """Where goods of this case go back to: the warehouse that sent them."""
    home = home_of(case.order_id, case.merchant_id)
    return f"{home}, {home.postcode} {home.city}".strip() if home else ""


def claim(lines: Mapping[OrderLine, int]) -> None:
    """Take pieces of order lines for a case, in key order; one conditional UPDATE each, so no piece is in two open cases.

    Raises:
        QuantityClaimed: fewer are free.
    """
    for line in sorted(lines, key=lambda line: line.pk):
        free = OrderLine.objects.filter(pk=line.pk, claimed_quantity__lte=F("quantity") - lines[line])
        if not free.update(claimed_quantity=F("claimed_quantity") + lines[line]):
            raise QuantityClaimed(title=line.title, most=max(line.quantity - line.claimed_quantity, 0))


def end(case: AfterSalesCase, status: CaseStatus, *, actor: str, at: dt.datetime, reason: str = "", is_settled: bool = False) -> None:
    """End a case: the claim on the money is lifted, what was kept for an exchange goes back on sale.

    Args:
        is_settled: its pieces were refunded, so no other case may claim them.
    """
    move(case, status, actor=actor, at=at, reason=reason, due_at=None, closed_at=at)
    escrow.lift(cause=case.pk, at=at)
    if not is_settled:
        for line in case.lines.order_by("order_line_id"):
            OrderLine.objects.filter(pk=line.order_line_id).update(claimed_quantity=F("claimed_quantity") - line.quantity)
    logistics.release_reservations(reference=case.pk, at=at, reason=reason or "case ended", actor=actor)
