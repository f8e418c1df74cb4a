from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import pgettext_lazy

from accounts.models import User
from catalog.models import Variant
from core.models import StateChange
from core.money import charge_step
from logistics.models import Shipment
from merchants.models import Membership, Merchant
from merchants.permissions import Duty, may_view
from orders import case_rules as rules
from orders.errors import CaseNotFound, OrderNotFound
from orders.models import AfterSalesCase, CaseLine, CaseMessage, CasePhoto, CaseVerdict, Checkout, MerchantOrder, OrderLine
from orders.selectors.purchases import NUMBER, checkout_for, shipments_by_order
from orders.selectors.timeline import role_of
from orders.states import CASE_WAITING, CaseKind, CaseReason, CaseSide, CaseStatus
from payments.models import EscrowHold
from payments.rules import share_taken

CASE_NUMBER = re.compile(r"[0-9A-Z-]{1,30}")
ENDS = (CaseStatus.CLOSED, CaseStatus.WITHDRAWN)
_BACK = (CaseStatus.REQUESTED, CaseStatus.APPROVED, CaseStatus.SENT_BACK, CaseStatus.RECEIVED)
PATHS = {
    CaseKind.CANCELLATION: (CaseStatus.REQUESTED, CaseStatus.REFUNDED),
    CaseKind.REFUND_ONLY: (CaseStatus.REQUESTED, CaseStatus.REFUNDED),
    CaseKind.RETURN: (*_BACK, CaseStatus.REFUNDED),
    CaseKind.EXCHANGE: (*_BACK, CaseStatus.REPLACED),
    CaseKind.REPAIR: (*_BACK, CaseStatus.REPAIRED),
}
# What a step is called once it is taken, where that differs from how the state is called.
STEP_LABELS = {CaseStatus.REQUESTED: pgettext_lazy("after-sales", "Opened")}
MERCHANTS_TURN = [status for status, side in rules.TURN.items() if side == CaseSide.MERCHANT]


@dataclass(frozen=True)
class CaseStep:
    """A step of a case, by whom (a role, never a person)."""

    at: dt.datetime
    status: str
    label: Any
    actor: Any
    by_deadline: bool


@dataclass(frozen=True)
class Stage:
    label: Any
    is_done: bool
    is_here: bool


@dataclass(frozen=True)
class CaseView:
    """One case as its sides see it."""

    case: AfterSalesCase
    lines: list[CaseLine]
    messages: list[CaseMessage]
    steps: list[CaseStep]
    parcels: list[Shipment]
    verdict: CaseVerdict | None

    @property
    def stages(self) -> list[Stage]:
        """The way to the end as a person sees it: what is done, where it stands, what follows."""
        passed = [step.status for step in self.steps]
        path = [status for status in PATHS[CaseKind(self.case.kind)] if status in passed or self._is_ahead(status)]
        if self.case.status not in path:
            last = next((index for index in range(len(path) - 1, -1, -1) if path[index] in passed), -1)
            ahead = [] if self.case.status in ENDS else path[last + 1 :]
            path = [*path[: last + 1], CaseStatus(self.case.status), *ahead]
        here = path.index(CaseStatus(self.case.status))
        return [
            Stage(STEP_LABELS.get(CaseStatus(status), CaseStatus(status).label), index < here, index == here)
            for index, status in enumerate(path)
        ]

    def _is_ahead(self, status: str) -> bool:
        return self.case.status not in ENDS and not any(step.status == CaseStatus.REFUSED for step in self.steps[-1:])

    @property
    def turn(self) -> CaseSide | None:
        return rules.turn_of(self.case)

    @property
    def is_open(self) -> bool:
        return self.case.status in CASE_WAITING

    @property
    def can_withdraw(self) -> bool:
        movable = CaseStatus.WITHDRAWN in AfterSalesCase.TRANSITIONS.get(self.case.status, frozenset())
        return movable and self.case.received_at is None

    @property
    def can_decline(self) -> bool:
        return self.case.status == CaseStatus.OFFERED and self.case.received_at is None

    @property
    def can_escalate(self) -> bool:
        return self.case.status in {CaseStatus.REFUSED, CaseStatus.OFFERED}

    @property
    def can_write(self) -> bool:
        return self.case.status not in {CaseStatus.CLOSED, CaseStatus.WITHDRAWN}


@dataclass(frozen=True)
class RefundShares:
    """What a refund of an amount would be made of, in minor units."""

    total_minor: int
    goods_minor: int
    shipping_minor: int
    points_minor: int

    @property
    def money_minor(self) -> int:
        return self.total_minor - self.points_minor


@dataclass(frozen=True)
class Choice:
    """A line of an order that a case may be about, and how many pieces of it are free."""

    line: OrderLine
    free: int
    siblings: list[Variant]


def case_for(number: str, user: User | None, token: str | None) -> AfterSalesCase:
    """A case, for the member whose purchase it is about or whoever holds the purchase's token.

    Raises:
        CaseNotFound: no such case, or a stranger's.
    """
    rows = AfterSalesCase.objects.select_related("order__checkout", "merchant")
    case: AfterSalesCase | None = rows.filter(number=number).first() if CASE_NUMBER.fullmatch(number) else None
    if case is None:
        raise CaseNotFound
    checkout_for(case.order.checkout.number, user, token)
    return case


def case_for_staff(number: str, user: User | None) -> AfterSalesCase | None:
    """The case, where this person works for its merchant or for the marketplace and may see cases; None for everybody else."""
    case: AfterSalesCase | None = AfterSalesCase.objects.filter(number=number).first() if user and CASE_NUMBER.fullmatch(number) else None
    if case is None or user is None:
        return None
    roles = Membership.objects.filter(user=user, merchant_id=case.merchant_id).values_list("role", flat=True)
    may_see = user.has_perm("orders.view_aftersalescase") or any(may_view(role, Duty.RETURNS) for role in roles)
    return case if may_see else None


def purchase_number_of(case_number: str) -> str:
    """The number of the purchase a case number belongs to, as it is written; it need not exist."""
    return case_number.rsplit("-", 2)[0]


def order_for_case(number: str, checkout: Checkout) -> MerchantOrder:
    """An order of this purchase.

    Raises:
        OrderNotFound: it has no such order.
    """
    rows = MerchantOrder.objects.select_related("checkout", "merchant").filter(checkout=checkout, number=number)
    found: MerchantOrder | None = rows.first() if NUMBER.fullmatch(number) else None
    if found is None:
        raise OrderNotFound
    return found


def case_view(case: AfterSalesCase) -> CaseView:
    """Everything the page of a case shows; eight statements."""
    messages = CaseMessage.objects.filter(case=case).order_by("created_at", "pk")
    return CaseView(
        case=case,
        lines=list(_lines().filter(case=case)),
        messages=list(messages.prefetch_related(Prefetch("photos", CasePhoto.objects.order_by("pk")))),
        steps=_steps(case),
        parcels=shipments_by_order([case.pk]).get(case.pk, []),
        verdict=CaseVerdict.objects.filter(case=case).first(),
    )


def _lines() -> QuerySet[CaseLine]:
    return CaseLine.objects.select_related("order_line__product", "order_line__bundle", "wanted_variant").order_by("order_line_id")


def _steps(case: AfterSalesCase) -> list[CaseStep]:
    changes = StateChange.objects.filter(entity=AfterSalesCase._meta.label_lower, entity_id=case.pk).order_by("at", "id")
    return [
        CaseStep(
            at=change.at,
            status=change.to_status,
            label=CaseStatus(change.to_status).label if change.from_status else STEP_LABELS[CaseStatus.REQUESTED],
            actor=role_of(change.actor),
            by_deadline=change.actor == "system:deadline",
        )
        for change in changes
    ]


def cases_of_purchases(purchases: Sequence[uuid.UUID] | QuerySet[Any]) -> QuerySet[AfterSalesCase]:
    """Cases about these purchases, newest first, with shop and lines; two statements at any length."""
    rows = AfterSalesCase.objects.filter(order__checkout__in=purchases).select_related("order__checkout", "merchant")
    return rows.prefetch_related(Prefetch("lines", _lines())).order_by("-opened_at", "-pk")


def cases_of(merchant: Merchant) -> QuerySet[AfterSalesCase]:
    """A merchant's cases with their lines, those that wait for the merchant first, the most urgent in front."""
    rows: QuerySet[AfterSalesCase] = AfterSalesCase.objects.for_merchant(merchant)
    return rows.select_related("order").prefetch_related(Prefetch("lines", _lines()))


def choices_for(order: MerchantOrder) -> list[Choice]:
    """The lines of an order with what of them is free, and versions they can be exchanged for; two statements."""
    lines = list(OrderLine.objects.filter(order=order).select_related("product", "bundle").order_by("pk"))
    siblings: dict[uuid.UUID, list[Variant]] = {}
    for variant in Variant.objects.filter(product__in=[line.product_id for line in lines], is_active=True).order_by("sku"):
        siblings.setdefault(variant.product_id, []).append(variant)
    return [
        Choice(
            line=line,
            free=line.quantity - line.claimed_quantity,
            siblings=[row for row in siblings.get(line.product_id, []) if row.price_minor == line.price_minor],
        )
        for line in lines
    ]


def refund_shares(order: MerchantOrder, *, goods_minor: int, shipping_minor: int) -> RefundShares:
    """What would go back in money and in points if that much of the order were refunded now; one statement."""
    total = goods_minor + shipping_minor
    hold = EscrowHold.objects.filter(reference=order.pk).first()
    points = 0
    if hold is not None:
        points = share_taken(
            hold.points_minor,
            taken_before=hold.refunded_points_minor,
            part_after=hold.refunded_minor + total,
            total=hold.amount_minor,
            step=charge_step(hold.currency),
        )
    return RefundShares(total, goods_minor, shipping_minor, min(points, total))


def asked_preview(order: MerchantOrder, wanted: dict[uuid.UUID, int], reason: str) -> RefundShares:
    """What a case about these pieces would ask for; two statements."""
    lines = list(OrderLine.objects.filter(order=order).order_by("pk"))
    asked = rules.asked(order, lines, wanted, reason)
    return refund_shares(order, goods_minor=sum(asked.lines.values()), shipping_minor=asked.shipping_minor)


@dataclass(frozen=True)
class Options:
    """What a shopper may still do about an order, until when."""

    kinds: list[CaseKind]
    until: dt.datetime | None
    withdraw_until: dt.datetime | None

    @property
    def is_cancellation(self) -> bool:
        return self.kinds == [CaseKind.CANCELLATION]


def options_for(order: MerchantOrder, at: dt.datetime) -> Options:
    """No statement: decided from the order alone. Whether pieces are free is another question."""
    terms = rules.current_terms()
    kinds = rules.kinds_possible(order, at, terms)
    withdraw = rules.open_until(order, CaseReason.WITHDRAWAL, terms)
    return Options(
        kinds=kinds,
        until=rules.open_until(order, CaseReason.OTHER, terms),
        withdraw_until=withdraw if withdraw is not None and at <= withdraw else None,
    )


def counts_for_merchant(merchant: Merchant, at: dt.datetime) -> dict[str, int]:
    """How many cases wait for the merchant, and how many of those are overdue within a day; one statement."""
    due = list(AfterSalesCase.objects.for_merchant(merchant).filter(status__in=MERCHANTS_TURN).values_list("due_at", flat=True))
    soon = at + dt.timedelta(days=1)
    return {"cases": len(due), "cases_soon": sum(moment is not None and moment <= soon for moment in due)}


def photo_for(case: AfterSalesCase, photo_id: uuid.UUID) -> CasePhoto:
    """A picture of this case.

    Raises:
        CaseNotFound: it has none with this id.
    """
    found = CasePhoto.objects.filter(case=case, pk=photo_id).first()
    if found is None:
        raise CaseNotFound
    return found
