"""Giving money of an order back, in parts or what is left of it: written on its lines, taken from escrow, points to their lots."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from core import outbox
from core.money import charge_step, split
from core.states import IllegalTransition, move_to
from loyalty import rules as loyalty_rules
from loyalty import selectors as loyalty_selectors
from loyalty import services as loyalty
from orders.case_rules import earning_base_minor
from orders.errors import CashNotHandedOver, RefundExceedsLine
from orders.events import OrderPartRefunded, OrderRefunded
from orders.models import CommissionLine, MerchantOrder, OrderLine, OrderRefund, OrderRefundLine
from orders.rules.commission import commission_of_refund
from orders.services.moves import locked_order, note_refunded
from orders.states import OrderStatus
from payments.services import escrow, order_money
from payments.services.escrow import Returned

# One that is being prepared has sent a part, and that may be lost on its way.
REFUNDABLE = (OrderStatus.PREPARING, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class Part:
    """Money for some pieces of an order line, in minor units."""

    line_id: uuid.UUID
    quantity: int
    amount_minor: int


@transaction.atomic
def refund_part(
    *, order_id: uuid.UUID, cause: uuid.UUID, parts: Sequence[Part], shipping_minor: int, actor: str, reason: str, at: dt.datetime
) -> OrderRefund:
    """Give a part of a sent order's money back, once per `cause`; again is the first one's refund.

    A claim on the money with the same cause is lifted. When nothing is left the order is refunded.

    Args:
        shipping_minor: how much of the shipping price goes back.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: it was not sent, or has ended.
        CashNotHandedOver: it is to be paid at the door and has not been delivered.
        RefundExceedsLine: more than is left of a line or of shipping.
        RefundExceedsHold: more than is left of the order's money.
        AmountNotInSteps: a card cannot be refunded so much of this currency.
    """
    order = locked_order(order_id)
    done = OrderRefund.objects.filter(order=order, cause=cause).first()
    if done is not None:
        return done
    if order.status not in REFUNDABLE or (order.status == OrderStatus.PREPARING and order.part_shipped_at is None):
        raise IllegalTransition(status=order.get_status_display())
    if order.checkout.is_cash and order.status in {OrderStatus.PREPARING, OrderStatus.SHIPPED}:
        raise CashNotHandedOver
    _note_on_lines(order, parts, shipping_minor)
    escrow.lift(cause=cause, at=at)
    amount = sum(part.amount_minor for part in parts) + shipping_minor
    returned = Returned(None, 0, 0, 0)
    if amount:
        returned = order_money.refund_part(
            reference=order.pk,
            cause=cause,
            amount_minor=amount,
            reason=reason,
            at=at,
            actor=actor,
            **_commission(order, parts, shipping_minor),
        )
    is_whole = order.status != OrderStatus.PREPARING and order_money.is_gone(order.pk)
    refund = _written(order, cause, parts, shipping_minor, returned, actor=actor, reason=reason, at=at)
    _points_back(order, returned, shipping_minor, cause, is_whole=is_whole, at=at)
    refunded = returned.cash_minor + returned.credit_minor
    if is_whole:
        move_to(order, OrderStatus.REFUNDED, actor=actor, reason=reason[:200], at=at)
        outbox.publish(OrderRefunded(order_id=str(order.pk), reason=reason, refunded_minor=refunded, cause=str(cause)))
    else:
        outbox.publish(OrderPartRefunded(order_id=str(order.pk), cause=str(cause), reason=reason, refunded_minor=refunded))
    return refund


def refund_rest(*, order: MerchantOrder, actor: str, reason: str, at: dt.datetime) -> OrderRefund:
    """Give all that is left of an order back; whoever ends the order has locked its row and moves it."""
    lines = OrderLine.objects.filter(order=order).order_by("pk")
    rest = [Part(line.pk, line.quantity - line.refunded_quantity, line.total_minor - line.refunded_minor) for line in lines]
    parts, shipping = fitting(order, rest, order.shipping_minor - order.refunded_shipping_minor)
    _note_on_lines(order, parts, shipping)
    has_rest = shipping or any(part.amount_minor for part in parts)
    if has_rest or not order_money.is_gone(order.pk):
        returned = order_money.refund_rest(reference=order.pk, reason=reason, at=at, actor=actor)
    else:  # a lost dispute at the provider has taken all of it
        returned = Returned(None, 0, 0, 0)
    refund = _written(order, order.pk, parts, shipping, returned, actor=actor, reason=reason, at=at)
    _points_back(order, returned, shipping, order.pk, is_whole=True, at=at)
    return refund


def fitting(order: MerchantOrder, parts: Sequence[Part], shipping_minor: int) -> tuple[list[Part], int]:
    """The same refund, cut down to what is left of lines, of shipping and of the order's money, which a lost dispute may have taken."""
    left = {line.pk: line for line in OrderLine.objects.filter(order=order)}
    goods = [min(part.amount_minor, left[part.line_id].total_minor - left[part.line_id].refunded_minor) for part in parts]
    amounts = [*goods, min(shipping_minor, order.shipping_minor - order.refunded_shipping_minor)]
    *goods, shipping = split(min(sum(amounts), order_money.left_minor(order.pk)), amounts, charge_step(order.currency))
    pieces = [min(part.quantity, left[part.line_id].quantity - left[part.line_id].refunded_quantity) for part in parts]
    return [Part(part.line_id, count, minor) for part, count, minor in zip(parts, pieces, goods, strict=True)], shipping


def _note_on_lines(order: MerchantOrder, parts: Sequence[Part], shipping_minor: int) -> None:
    """One conditional UPDATE per line, in key order; the CHECK constraints are the wall behind them."""
    if any(part.amount_minor < 0 or part.quantity < 0 for part in parts):
        raise RefundExceedsLine
    for part in sorted(parts, key=lambda part: part.line_id):
        left = OrderLine.objects.filter(
            pk=part.line_id,
            order=order,
            refunded_minor__lte=F("total_minor") - part.amount_minor,
            refunded_quantity__lte=F("quantity") - part.quantity,
        )
        changed = left.update(
            refunded_minor=F("refunded_minor") + part.amount_minor, refunded_quantity=F("refunded_quantity") + part.quantity
        )
        if not changed:
            raise RefundExceedsLine
    if not 0 <= shipping_minor <= order.shipping_minor - order.refunded_shipping_minor:
        raise RefundExceedsLine


def _commission(order: MerchantOrder, parts: Sequence[Part], shipping_minor: int) -> dict[str, int]:
    """What the operator gives back of its commission and of the tax on it, by the frozen line of each part; in proportion per line.

    The parts are noted on their lines already. Half up on each line's running sum, so the last part takes what is left.
    """
    taken: dict[uuid.UUID | None, int] = {part.line_id: part.amount_minor for part in parts}
    gone: dict[uuid.UUID | None, int] = dict(
        OrderLine.objects.filter(pk__in=[part.line_id for part in parts]).values_list("pk", "refunded_minor")
    )
    taken[None], gone[None] = shipping_minor, order.refunded_shipping_minor + shipping_minor
    back = {"commission_minor": 0, "commission_tax_minor": 0}
    for row in CommissionLine.objects.filter(order=order):
        if not taken.get(row.line_id):
            continue
        commission, tax = commission_of_refund(row, gone[row.line_id] - taken[row.line_id], taken[row.line_id])
        back["commission_minor"] += commission
        back["commission_tax_minor"] += tax
    return back


def _written(
    order: MerchantOrder,
    cause: uuid.UUID,
    parts: Sequence[Part],
    shipping_minor: int,
    returned: Returned,
    *,
    actor: str,
    reason: str,
    at: dt.datetime,
) -> OrderRefund:
    refund = OrderRefund.objects.create(
        order=order,
        cause=cause,
        amount_minor=returned.cash_minor + returned.credit_minor + returned.points_minor,
        shipping_minor=shipping_minor,
        cash_minor=returned.cash_minor,
        credit_minor=returned.credit_minor,
        points_minor=returned.points_minor,
        reason=reason[:200],
        actor=actor,
        created_at=at,
    )
    OrderRefundLine.objects.bulk_create(
        OrderRefundLine(refund=refund, order_line_id=part.line_id, quantity=part.quantity, amount_minor=part.amount_minor)
        for part in parts
        if part.quantity or part.amount_minor
    )
    return refund


def _points_back(
    order: MerchantOrder, returned: Returned, shipping_minor: int, cause: uuid.UUID, *, is_whole: bool, at: dt.datetime
) -> None:
    """Points that were spent go back to their lots; points that were earned with what went back are taken back."""
    minor_before, base_before = order.refunded_points_minor, earning_base_minor(order)
    note_refunded(order, returned, shipping_minor)
    if order.points_minor:
        # In proportion, because a point is worth a broken number of minor units in most currencies.
        spent = loyalty_selectors.spent_on(order.pk)
        points = spent * order.refunded_points_minor // order.points_minor - spent * minor_before // order.points_minor
        loyalty.give_back(reference=order.pk, at=at, points=None if is_whole else points, key=cause)
    if order.completed_at is not None:
        earned = _earned(order, base_before) - _earned(order, earning_base_minor(order))
        if earned or is_whole:
            loyalty.claw_back(reference=order.pk, at=at, points=None if is_whole else earned, key=cause)


def _earned(order: MerchantOrder, paid_minor: int) -> int:
    return loyalty_rules.points_for_purchase(paid_minor, order.currency, order.checkout.rate)
