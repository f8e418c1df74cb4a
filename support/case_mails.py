"""Mails to both sides for each step of an after-sales case."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db.models import Prefetch
from django.utils import timezone

from core.outbox import handles
from logistics.models import Shipment
from orders.events import CaseMessageWritten, CaseMoved, CaseOpened
from orders.models import AfterSalesCase, CaseLine, CaseMessage
from orders.states import CaseKind, CaseReason, CaseSide, CaseStatus
from support import case_notices as notices
from support.content import Notice, Reader
from support.selectors import operators, readers_at
from support.services import notify

Write = Callable[[AfterSalesCase], Notice]


@handles(CaseOpened)
def mail_case_opened(event: CaseOpened) -> None:
    case = _case(event.case_id)
    _to_shopper(case, case.pk, notices.opened)
    _to_merchant(case, case.pk, notices.merchant_opened)


@handles(CaseMoved)
def mail_case_moved(event: CaseMoved) -> None:
    case, occasion = _case(event.case_id), uuid.UUID(event.occasion)
    status = CaseStatus(event.to_status)
    # A step that was passed through at once is told by the step it led to.
    if case.status == status or status in {CaseStatus.REFUNDED, CaseStatus.VERDICT}:
        _tell_both(case, status, occasion)
    if event.by_deadline:
        _tell_of_silence(case, event.from_status, status, occasion)
    if status == CaseStatus.ESCALATED:
        for reader in operators():
            notify(subject_id=occasion, reader=reader, write=lambda: notices.operator_escalated(case), at=timezone.now())


def _tell_both(case: AfterSalesCase, status: CaseStatus, occasion: uuid.UUID) -> None:
    # The receipt of a withdrawal has said already that it is approved.
    if status in TO_SHOPPER and not (status == CaseStatus.APPROVED and case.reason == CaseReason.WITHDRAWAL):
        _to_shopper(case, occasion, TO_SHOPPER[status])
    if status in TO_MERCHANT:
        _to_merchant(case, occasion, TO_MERCHANT[status])


def _tell_of_silence(case: AfterSalesCase, before: str, status: CaseStatus, occasion: uuid.UUID) -> None:
    if status == CaseStatus.APPROVED:
        _to_merchant(case, occasion, notices.merchant_approved)
    if status == CaseStatus.CLOSED and before in {CaseStatus.APPROVED, CaseStatus.REFUSED}:
        _to_shopper(case, occasion, notices.ran_out)


@handles(CaseMessageWritten)
def mail_case_message(event: CaseMessageWritten) -> None:
    case, message = _case(event.case_id), CaseMessage.objects.get(pk=event.message_id)
    if message.side != CaseSide.SHOPPER:
        _to_shopper(case, message.pk, lambda row: notices.written(row, message, to_merchant=False))
    if message.side != CaseSide.MERCHANT:
        _to_merchant(case, message.pk, lambda row: notices.written(row, message, to_merchant=True))


def _refused(case: AfterSalesCase) -> Notice:
    said = case.messages.filter(side=CaseSide.MERCHANT).order_by("-created_at").values_list("text", flat=True).first()
    return notices.refused(case, said or "")


def _parcels(case: AfterSalesCase, direction: str) -> list[Shipment]:
    return list(Shipment.objects.filter(reference=case.pk, direction=direction).order_by("created_at", "pk"))


def _on_its_way(case: AfterSalesCase) -> Notice:
    return notices.on_its_way(case, _parcels(case, Shipment.Direction.TO_SHOPPER))


TO_SHOPPER: dict[CaseStatus, Write] = {
    CaseStatus.APPROVED: notices.approved,
    CaseStatus.OFFERED: notices.offered,
    CaseStatus.REFUSED: _refused,
    CaseStatus.REFUNDED: notices.refunded,
    CaseStatus.REPLACED: _on_its_way,
    CaseStatus.REPAIRED: _on_its_way,
    CaseStatus.VERDICT: lambda case: notices.verdict(case, case.verdict, to_merchant=False),
}
TO_MERCHANT: dict[CaseStatus, Write] = {
    CaseStatus.REQUESTED: notices.merchant_asked_again,
    CaseStatus.SENT_BACK: lambda case: notices.merchant_sent_back(case, _parcels(case, Shipment.Direction.TO_MERCHANT)),
    CaseStatus.ESCALATED: notices.merchant_escalated,
    CaseStatus.WITHDRAWN: notices.merchant_withdrawn,
    CaseStatus.VERDICT: lambda case: notices.verdict(case, case.verdict, to_merchant=True),
}


def _case(case_id: str) -> AfterSalesCase:
    lines = Prefetch("lines", CaseLine.objects.select_related("order_line").order_by("order_line_id"))
    rows = AfterSalesCase.objects.select_related("order__checkout", "merchant").prefetch_related(lines)
    case: AfterSalesCase = rows.get(pk=uuid.UUID(case_id))
    return case


def _to_shopper(case: AfterSalesCase, occasion: uuid.UUID, write: Write) -> None:
    checkout = case.order.checkout
    # The mail about the cancelled order says all there is to say.
    if case.kind == CaseKind.CANCELLATION and case.status in {CaseStatus.REFUNDED, CaseStatus.CLOSED} and case.refunded_minor:
        return
    notify(subject_id=occasion, reader=Reader(checkout.email, checkout.language), write=lambda: write(case), at=timezone.now())


def _to_merchant(case: AfterSalesCase, occasion: uuid.UUID, write: Write) -> None:
    for reader in readers_at(case.merchant):
        notify(subject_id=occasion, reader=reader, write=lambda: write(case), at=timezone.now())
