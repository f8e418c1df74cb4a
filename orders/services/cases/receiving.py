"""The merchant counts and grades what came back; what is as new goes back on the shelf, once."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from logistics import services as logistics
from logistics.selectors import home_of
from orders import case_rules as rules
from orders.errors import CountsMissing, TextMissing
from orders.models import AfterSalesCase, CaseLine, CaseVerdict, OrderLine
from orders.services.cases.answers import propose
from orders.services.cases.moves import locked_case, move, must_be, refuse_odd
from orders.services.cases.settling import pay_back
from orders.services.cases.statements import say
from orders.states import CaseKind, CaseStatus, Grade


@dataclass(frozen=True, slots=True)
class Count:
    """What arrived of one line of the case, in which shape, and how many pieces of it go back on sale (grade A only)."""

    line_id: uuid.UUID
    received: int
    grade: str = Grade.A
    restock: int = 0


@transaction.atomic
def receive(
    *,
    case_id: uuid.UUID,
    counts: Sequence[Count],
    actor: str,
    at: dt.datetime,
    deduction_minor: int = 0,
    reason: str = "",
    merchant_id: uuid.UUID | None = None,
) -> AfterSalesCase:
    """Count and grade a returned parcel. A return that is complete is refunded at once.

    Fewer pieces, or a deduction, make it an offer, which the shopper takes or disputes; nothing at all is a refusal. After a
    verdict there is nothing to haggle about: what came is refunded. An exchange or repair goes on, if everything is there.

    Args:
        deduction_minor: taken off for loss of value; needs a reason.

    Raises:
        CaseNotFound, IllegalTransition
        CountsMissing: not every line is counted, or a count is impossible: what came instead of pieces that are on the shelf again
            cannot go there by the same order line.
        TextMissing: a deduction without a reason.
        AmountNotInSteps: a card cannot be refunded what the deduction would leave.
    """
    case = locked_case(case_id, merchant_id)
    must_be(case, CaseStatus.SENT_BACK)
    lines = list(CaseLine.objects.filter(case=case).select_related("order_line").order_by("order_line_id"))
    by_line = _checked(lines, counts)
    if deduction_minor < 0 or (deduction_minor and not reason.strip()):
        raise TextMissing
    refuse_odd(case, deduction_minor)
    move(case, CaseStatus.RECEIVED, actor=actor, at=at, received_at=at, due_at=at + rules.current_terms().put_right)
    _write(lines, by_line)
    _go_on(case, lines, deduction_minor, actor=actor, at=at, reason=reason)
    # Stock rows are locked last, here as everywhere.
    _restock(case, lines, actor, at)
    return case


@transaction.atomic
def receive_as_sent(*, case_id: uuid.UUID, actor: str, at: dt.datetime) -> AfterSalesCase:
    """Nobody counted what came back in time, so everything counts as received; nothing goes on the shelf unseen.

    Raises:
        CaseNotFound, IllegalTransition
    """
    case = locked_case(case_id)
    must_be(case, CaseStatus.SENT_BACK)
    lines = list(CaseLine.objects.filter(case=case).select_related("order_line").order_by("order_line_id"))
    move(case, CaseStatus.RECEIVED, actor=actor, at=at, received_at=at, due_at=at + rules.current_terms().put_right)
    for line in lines:
        line.received_quantity = line.quantity
    CaseLine.objects.bulk_update(lines, ["received_quantity"])
    _go_on(case, lines, 0, actor=actor, at=at, reason="")
    return case


def _checked(lines: Sequence[CaseLine], counts: Sequence[Count]) -> dict[uuid.UUID, Count]:
    by_line = {count.line_id: count for count in counts}
    if by_line.keys() != {line.pk for line in lines}:
        raise CountsMissing
    for line in lines:
        count = by_line[line.pk]
        most = count.received if count.grade == Grade.A else 0
        if not 0 <= count.received <= line.quantity or not 0 <= count.restock <= most or count.grade not in Grade.values:
            raise CountsMissing
    return by_line


def _write(lines: Sequence[CaseLine], counts: Mapping[uuid.UUID, Count]) -> None:
    for line in lines:
        count = counts[line.pk]
        line.received_quantity = count.received
        line.grade = count.grade if count.received else ""
        line.restocked_quantity = count.restock
    CaseLine.objects.bulk_update(lines, ["received_quantity", "grade", "restocked_quantity"])


def _go_on(case: AfterSalesCase, lines: Sequence[CaseLine], deduction: int, *, actor: str, at: dt.datetime, reason: str) -> None:
    is_complete = all(line.received_quantity == line.quantity for line in lines)
    if not any(line.received_quantity for line in lines):
        why = reason.strip() or "nothing arrived"
        say(case, why, (), actor=actor, at=at)
        move(case, CaseStatus.REFUSED, actor=actor, at=at, reason=why, due_at=at + rules.current_terms().escalate)
        return
    if case.kind != CaseKind.RETURN and is_complete and not deduction:
        return
    worth = _worth(case, lines, is_complete=is_complete)
    has_verdict = CaseVerdict.objects.filter(case=case).exists()
    amount = worth if has_verdict else max(worth - deduction, 0)
    if amount == case.agreed_minor or has_verdict:
        _agree(case, amount, is_complete=is_complete)
        pay_back(case, actor=actor, at=at, reason=case.reason)
        return
    if reason.strip():
        say(case, reason, (), actor=actor, at=at)
    propose(case, amount, actor=actor, at=at, reason=reason.strip() or "not everything arrived")


def _worth(case: AfterSalesCase, lines: Sequence[CaseLine], *, is_complete: bool) -> int:
    """The agreed amount for the pieces that came; shipping goes back only with everything."""
    agreed = (case.agreed_minor or 0) - case.agreed_shipping_minor
    goods = rules.shared(agreed, [line.asked_minor for line in lines], case.currency)
    counted = [
        rules.counted_minor(minor, line.quantity, line.received_quantity or 0, case.currency)
        for line, minor in zip(lines, goods, strict=True)
    ]
    return sum(counted) + (case.agreed_shipping_minor if is_complete else 0)


def _agree(case: AfterSalesCase, amount: int, *, is_complete: bool) -> None:
    case.agreed_minor = amount
    case.agreed_shipping_minor = case.agreed_shipping_minor if is_complete else 0
    case.save(update_fields=["agreed_minor", "agreed_shipping_minor"])


def _restock(case: AfterSalesCase, lines: Sequence[CaseLine], actor: str, at: dt.datetime) -> None:
    """Each line's pieces once (keyed by the case line), and never more of an order line than were sold (CHECK)."""
    if case.kind == CaseKind.REPAIR and case.status == CaseStatus.RECEIVED:
        CaseLine.objects.filter(case=case).update(restocked_quantity=0)  # the shopper gets these very pieces back
        return
    home = home_of(case.order_id, case.merchant_id)
    back = [line for line in lines if line.restocked_quantity]
    if home is None or not back:
        return
    for line in back:
        sold = OrderLine.objects.filter(pk=line.order_line_id, restocked_quantity__lte=F("quantity") - line.restocked_quantity)
        if not sold.update(restocked_quantity=F("restocked_quantity") + line.restocked_quantity):
            raise CountsMissing
    goods = [logistics.TakenBack(line.pk, line.order_line.variant_id, line.restocked_quantity) for line in back]
    logistics.take_back(goods=goods, warehouse_id=home.pk, actor=actor, at=at, note=case.number)


@transaction.atomic
def refund_instead(*, case_id: uuid.UUID, actor: str, at: dt.datetime, merchant_id: uuid.UUID | None = None) -> AfterSalesCase:
    """The merchant cannot replace or repair what came back, so the shopper gets the agreed money.

    Raises:
        CaseNotFound, IllegalTransition
    """
    case = locked_case(case_id, merchant_id)
    must_be(case, CaseStatus.RECEIVED)
    pay_back(case, actor=actor, at=at, reason=case.reason)
    return case
