"""Pure decisions about after-sales cases: who may still open one, how much is asked for, how an agreed amount is shared, deadlines."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from core.money import charge_step, in_steps, split
from orders.models import AfterSalesCase, MerchantOrder, OrderLine
from orders.states import CaseKind, CaseReason, CaseSide, CaseStatus, OrderStatus


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things may take."""

    after_sales: dt.timedelta
    withdrawal: dt.timedelta
    answer: dt.timedelta
    send_back: dt.timedelta
    transit: dt.timedelta
    receive: dt.timedelta
    put_right: dt.timedelta
    escalate: dt.timedelta
    evidence: dt.timedelta
    verdict: dt.timedelta
    close: dt.timedelta


def current_terms() -> Terms:
    """The operator's numbers (shop/settings/business.py)."""
    days = {
        "after_sales": settings.AFTER_SALES_DAYS,
        "withdrawal": settings.WITHDRAWAL_DAYS,
        "answer": settings.CASE_ANSWER_DAYS,
        "send_back": settings.CASE_SEND_BACK_DAYS,
        "transit": settings.CASE_TRANSIT_DAYS,
        "receive": settings.CASE_RECEIVE_DAYS,
        "put_right": settings.CASE_PUT_RIGHT_DAYS,
        "escalate": settings.CASE_ESCALATE_DAYS,
        "evidence": settings.CASE_EVIDENCE_DAYS,
        "verdict": settings.CASE_VERDICT_DAYS,
        "close": settings.CASE_CLOSE_DAYS,
    }
    return Terms(**{name: dt.timedelta(days=count) for name, count in days.items()})


CANCELLABLE = (OrderStatus.PREPARING,)
RECEIVED = (OrderStatus.DELIVERED, OrderStatus.COMPLETED)
KINDS_AFTER_DELIVERY = (CaseKind.REFUND_ONLY, CaseKind.RETURN, CaseKind.EXCHANGE, CaseKind.REPAIR)
# Whose turn it is.
TURN = {
    CaseStatus.REQUESTED: CaseSide.MERCHANT,
    CaseStatus.OFFERED: CaseSide.SHOPPER,
    CaseStatus.APPROVED: CaseSide.SHOPPER,
    CaseStatus.SENT_BACK: CaseSide.MERCHANT,
    CaseStatus.RECEIVED: CaseSide.MERCHANT,
    CaseStatus.REFUSED: CaseSide.SHOPPER,
    CaseStatus.ESCALATED: CaseSide.OPERATOR,
}


def received_at(order: MerchantOrder) -> dt.datetime | None:
    """When the shopper had the goods: delivered, or confirmed."""
    return order.delivered_at or order.completed_at


def open_until(order: MerchantOrder, reason: str, terms: Terms) -> dt.datetime | None:
    """Until when a case with this reason can be opened; None while the goods have not arrived."""
    start = received_at(order)
    if start is None:
        return None
    return start + (terms.withdrawal if reason == CaseReason.WITHDRAWAL else terms.after_sales)


def kinds_possible(order: MerchantOrder, at: dt.datetime, terms: Terms) -> list[CaseKind]:
    """What the shopper may ask for now."""
    if order.status in CANCELLABLE:
        return [] if order.part_shipped_at else [CaseKind.CANCELLATION]
    if order.status == OrderStatus.SHIPPED:
        # Nobody has paid cash for what is on its way: it is refused at the door.
        return [] if order.checkout.is_cash else [CaseKind.REFUND_ONLY, CaseKind.RETURN]
    until = open_until(order, CaseReason.OTHER, terms)
    if order.is_digital and order.status in RECEIVED and until is not None and at <= until:
        return [CaseKind.REFUND_ONLY]
    return list(KINDS_AFTER_DELIVERY) if order.status in RECEIVED and until is not None and at <= until else []


FAULTS = (CaseReason.DAMAGED, CaseReason.FAULTY, CaseReason.WRONG_ITEM, CaseReason.NOT_AS_DESCRIBED, CaseReason.INCOMPLETE)


def reasons_possible(order: MerchantOrder, kind: str, at: dt.datetime, terms: Terms) -> list[CaseReason]:
    """Reasons that fit. Before the goods have arrived one can only miss them or withdraw; a withdrawal needs no reason for some days."""
    if kind == CaseKind.CANCELLATION:
        return [CaseReason.CHANGED_MIND, CaseReason.OTHER]
    if order.status == OrderStatus.SHIPPED:
        return [CaseReason.WITHDRAWAL] if kind == CaseKind.RETURN else [CaseReason.NOT_ARRIVED]
    until = open_until(order, CaseReason.WITHDRAWAL, terms)
    is_early = until is not None and at <= until
    change = CaseReason.WITHDRAWAL if is_early else CaseReason.CHANGED_MIND
    # What was not downloaded yet can be given back without anything to send.
    unused = [CaseReason.WITHDRAWAL] if is_early and order.digital_consent_at else []
    return {
        CaseKind.RETURN: [change, *FAULTS, CaseReason.OTHER],
        CaseKind.EXCHANGE: [*FAULTS, CaseReason.CHANGED_MIND, CaseReason.OTHER],
        CaseKind.REFUND_ONLY: [*FAULTS, CaseReason.NOT_ARRIVED, CaseReason.OTHER, *unused],
        CaseKind.REPAIR: [*FAULTS, CaseReason.OTHER],
    }[CaseKind(kind)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked back in minor units, by order line, and of shipping."""

    lines: dict[uuid.UUID, int]
    shipping_minor: int

    @property
    def total_minor(self) -> int:
        return sum(self.lines.values()) + self.shipping_minor


def asked(order: MerchantOrder, lines: Sequence[OrderLine], wanted: Mapping[uuid.UUID, int], reason: str) -> Asked:
    """The price of the wanted pieces, never more than is left of their line; shipping too when nothing of the order is kept.

    A change of mind after the days of withdrawal gets the goods' price only.

    Args:
        lines: all lines of the order, as they were before this case claimed its pieces.
        wanted: line → pieces.
    """
    amounts = {
        line.pk: min(line.price_minor * wanted[line.pk], line.total_minor - line.refunded_minor) for line in lines if wanted.get(line.pk)
    }
    keeps_nothing = all(line.claimed_quantity + wanted.get(line.pk, 0) >= line.quantity for line in lines)
    is_whim = reason == CaseReason.CHANGED_MIND and order.status in RECEIVED
    with_shipping = keeps_nothing and not is_whim
    return Asked(amounts, order.shipping_minor - order.refunded_shipping_minor if with_shipping else 0)


def shared(amount_minor: int, weights: Sequence[int], currency: str) -> list[int]:
    """An agreed amount over what was asked for each line and for shipping, in steps of what cards move: none exceeds what was asked."""
    return split(amount_minor, weights, charge_step(currency)) if sum(weights) else [0] * len(weights)


def counted_minor(asked_minor: int, quantity: int, received: int, currency: str) -> int:
    """What the received pieces of a line are worth of what was asked for it, rounded down to what cards move; all of them the whole."""
    return asked_minor if received == quantity else in_steps(asked_minor * received // quantity, charge_step(currency))


def earning_base_minor(order: MerchantOrder) -> int:
    """What of the goods was paid in money and is kept: points are earned on it."""
    kept = order.goods_minor - (order.refunded_minor - order.refunded_shipping_minor)
    return max(kept - (order.points_minor - order.refunded_points_minor), 0)


def side_of(actor: str) -> CaseSide:
    """The side an actor such as "merchant:<id>" or "api:<key>" is on."""
    sides = {"merchant": CaseSide.MERCHANT, "api": CaseSide.MERCHANT, "operator": CaseSide.OPERATOR}
    return sides.get(actor.partition(":")[0], CaseSide.SHOPPER)


def turn_of(case: AfterSalesCase) -> CaseSide | None:
    """Who has to act next; None when nobody has to."""
    return TURN.get(CaseStatus(case.status))
