"""After-sales cases taken to any point of their life through the real services."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.utils import timezone
from PIL import Image

from core.ids import uuid7
from orders.models import AfterSalesCase, CaseLine, MerchantOrder, OrderLine
from orders.services.cases import answers, disputes, opening, receiving, sending
from orders.services.cases.opening import Complaint, Wish
from orders.services.cases.receiving import Count
from orders.states import CaseKind, CaseReason, Grade

SHOPPER = "shopper:guest"


def merchant_of(order: MerchantOrder) -> str:
    return f"merchant:{order.merchant_id}"


def lines_of(order: MerchantOrder) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order=order).order_by("pk"))


def complaint(order: MerchantOrder, *, kind: str = CaseKind.RETURN, reason: str = CaseReason.FAULTY, **overrides: Any) -> Complaint:
    """A complaint about one piece of every line unless `wishes` or `quantity` are given."""
    quantity = overrides.pop("quantity", 1)
    wishes = overrides.pop("wishes", [Wish(line.pk, min(quantity, line.quantity)) for line in lines_of(order)])
    return Complaint(**{"key": uuid7(), "kind": kind, "reason": reason, "wishes": wishes, "text": "It does not switch on.", **overrides})


def open_case(order: MerchantOrder, *, at: dt.datetime | None = None, **overrides: Any) -> AfterSalesCase:
    return opening.open_case(order_id=order.pk, complaint=complaint(order, **overrides), actor=SHOPPER, at=at or timezone.now())


def approve(case: AfterSalesCase, **overrides: Any) -> AfterSalesCase:
    call: dict[str, Any] = {"case_id": case.pk, "actor": merchant_of(case.order), "at": timezone.now()}
    return answers.approve(**{**call, **overrides})


def refuse(case: AfterSalesCase, **overrides: Any) -> AfterSalesCase:
    call: dict[str, Any] = {"case_id": case.pk, "reason": "It was fine when it left.", "actor": merchant_of(case.order)}
    return answers.refuse(**{**call, "at": timezone.now(), **overrides})


def send_back(case: AfterSalesCase, **overrides: Any) -> AfterSalesCase:
    call: dict[str, Any] = {"carrier": "SF Express", "tracking_number": f"BACK{case.number}", "actor": SHOPPER, "at": timezone.now()}
    return sending.send_back(case_id=case.pk, **{**call, **overrides})


def counts(case: AfterSalesCase, *, grade: str = Grade.A, received: int | None = None, restock: int | None = None) -> list[Count]:
    """Every line as it was sent, and grade A back on sale, unless said otherwise."""
    found = []
    for line in CaseLine.objects.filter(case=case).order_by("pk"):
        came = line.quantity if received is None else received
        back = restock if restock is not None else came if grade == Grade.A else 0
        found.append(Count(line.pk, came, grade, back))
    return found


def receive(case: AfterSalesCase, **overrides: Any) -> AfterSalesCase:
    call: dict[str, Any] = {"counts": overrides.pop("counts", None) or counts(case), "actor": merchant_of(case.order)}
    return receiving.receive(case_id=case.pk, **{**call, "at": timezone.now(), **overrides})


def escalate(case: AfterSalesCase, **overrides: Any) -> AfterSalesCase:
    call: dict[str, Any] = {"case_id": case.pk, "text": "It was broken in the box.", "actor": SHOPPER, "at": timezone.now()}
    return disputes.escalate(**{**call, **overrides})


def decide(case: AfterSalesCase, outcome: str = "shopper", **overrides: Any) -> AfterSalesCase:
    call: dict[str, Any] = {"case_id": case.pk, "outcome": outcome, "reason": "The photos show it.", "actor": "operator:1"}
    return disputes.decide(**{**call, "at": timezone.now(), **overrides})


def case_up_to(status: str, order: MerchantOrder, **overrides: Any) -> AfterSalesCase:
    """A case of this order with that status: a return of one piece of each line unless `overrides` say otherwise."""
    case = open_case(order, **overrides)
    steps: dict[str, tuple[Any, ...]] = {
        "requested": (),
        "approved": (approve,),
        "sent_back": (approve, send_back),
        "refunded": (approve, send_back, receive),
        "refused": (refuse,),
        "escalated": (refuse, escalate),
    }
    for step in steps[status]:
        step(case)
    case.refresh_from_db()
    assert case.status == status
    return case


def photo(width: int = 60, height: int = 40) -> bytes:
    """A JPEG with a place and a camera in its metadata."""
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera maker"
    Image.new("RGB", (width, height), "tomato").save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()
