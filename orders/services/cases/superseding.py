"""Cases that something bigger has settled: the whole order was cancelled or refunded, or it was sent after all."""

import datetime as dt

from orders.models import AfterSalesCase, MerchantOrder
from orders.services.cases.moves import end, move
from orders.states import CASE_UNSETTLED, CaseKind, CaseStatus


def unsettled_cases(order: MerchantOrder) -> list[AfterSalesCase]:
    """Open cases of an order whose row the caller has locked, locked too, in key order."""
    rows = AfterSalesCase.objects.select_for_update().filter(order=order, status__in=CASE_UNSETTLED)
    cases = list(rows.order_by("pk"))
    for case in cases:
        case.order = order
    return cases


def end_with_order(order: MerchantOrder, *, actor: str, reason: str, at: dt.datetime) -> list[AfterSalesCase]:
    """All of the order goes back: its cases end, before the money moves."""
    cases = unsettled_cases(order)
    for case in cases:
        if case.kind == CaseKind.CANCELLATION:
            _grant_cancellation(case, actor=actor, at=at)
        end(case, CaseStatus.CLOSED, actor=actor, at=at, reason=reason, is_settled=True)
    return cases


def _grant_cancellation(case: AfterSalesCase, *, actor: str, at: dt.datetime) -> None:
    """What was asked for happens: the whole order, of which nothing had gone back before."""
    if case.status == CaseStatus.REQUESTED:
        shipping = case.asked_shipping_minor
        move(case, CaseStatus.APPROVED, actor=actor, at=at, agreed_minor=case.asked_minor, agreed_shipping_minor=shipping, due_at=at)
    move(case, CaseStatus.REFUNDED, actor=actor, at=at, refunded_minor=case.asked_minor, due_at=at)


def refuse_cancellation(order: MerchantOrder, *, actor: str, at: dt.datetime) -> None:
    """The order was sent while the shopper was asking to cancel it; it can be sent back now."""
    for case in unsettled_cases(order):
        if case.kind == CaseKind.CANCELLATION and case.status == CaseStatus.REQUESTED:
            move(case, CaseStatus.REFUSED, actor=actor, at=at, reason="already sent", due_at=at)
            end(case, CaseStatus.CLOSED, actor=actor, at=at, reason="already sent")
