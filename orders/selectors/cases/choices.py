"""What a shopper may ask for, and what would come back."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from catalog.models import Variant
from core.money import charge_step
from orders import case_rules as rules
from orders.models import MerchantOrder, OrderLine
from orders.states import CaseKind, CaseReason
from payments.models import EscrowHold
from payments.rules import share_taken


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
