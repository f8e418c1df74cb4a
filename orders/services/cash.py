"""Cash on delivery: confirming a purchase without a payment, and goods that come back from the door."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Case, Value, When

from core import outbox
from core.money import charge_step, split
from core.states import move_to
from logistics import services as logistics
from logistics.errors import ReservationLost
from orders import rules
from orders.errors import CashNotOffered, NotAtTheDoor
from orders.events import CheckoutConfirmed, OrderCancelled, OrderConfirmed
from orders.models import Checkout, MerchantOrder
from orders.selectors.cash import cash_is_allowed
from orders.selectors.purchases import checkout_of
from orders.services import risk
from orders.services.cases.superseding import end_with_order
from orders.services.moves import locked_checkout, locked_order, move_orders
from orders.services.refusals import refuse_ended
from orders.services.returns_of_money import refund_rest
from orders.services.unpaid import expire
from orders.states import CheckoutStatus, OrderStatus
from payments.errors import PaymentInProgress
from payments.models import PaymentAttempt
from payments.services import attempts, cash
from payments.states import LIVE


def confirm_cash(*, checkout_id: uuid.UUID, actor: str, at: dt.datetime) -> Checkout:
    """The shopper will pay at the door: the goods are kept for good and the merchants may send them. Again is the same answer.

    A payment that was begun elsewhere is closed first, so it must not run inside a transaction.

    Raises:
        CheckoutNotFound, CheckoutPaid, CheckoutCancelled, CheckoutExpired: there is nothing to confirm.
        CashNotOffered: a merchant does not take cash, or it is too much.
        CashDeclined, ExtraCheckNeeded: it looks as if nobody would pay at the door.
        AlreadyPaid, PaymentInProgress: a payment has come in, or cannot be closed at this moment.
    """
    unpaid = checkout_of(checkout_id)
    if unpaid is not None and unpaid.status == CheckoutStatus.AWAITING_PAYMENT:
        risk.check_before_cash(checkout=unpaid, at=at)
    attempts.close_attempt(reference=checkout_id, at=at)
    with transaction.atomic():
        checkout = locked_checkout(checkout_id)
        if checkout.status != CheckoutStatus.CONFIRMED:
            refuse_ended(checkout)
            _confirm(checkout, actor, at)
    return checkout


def _confirm(checkout: Checkout, actor: str, at: dt.datetime) -> None:
    if not cash_is_allowed(checkout):
        raise CashNotOffered
    if PaymentAttempt.objects.filter(reference=checkout.pk, status__in=LIVE).exists():
        raise PaymentInProgress
    try:
        logistics.commit_reservations(reference=checkout.pk, at=at, actor=actor)
    except ReservationLost:
        expire(checkout, at)
        return
    orders = list(checkout.orders.select_related("merchant").order_by("pk"))
    move_to(checkout, CheckoutStatus.CONFIRMED, actor=actor, at=at)
    due = {order.pk: rules.ship_by(order.merchant.works_from(at), order.days_to_handle) for order in orders}
    ship_by = Case(*(When(pk=pk, then=Value(moment)) for pk, moment in due.items()))
    move_orders(orders, OrderStatus.PREPARING, actor=actor, at=at, ship_by=ship_by)
    credit = split(checkout.credit_minor, [order.total_minor - order.points_minor for order in orders], charge_step(checkout.currency))
    shares = [_share(order, part) for order, part in zip(orders, credit, strict=True)]
    cash.expect(purchase=checkout.pk, shares=shares, currency=checkout.currency, at=at)
    outbox.publish(
        CheckoutConfirmed(checkout_id=str(checkout.pk)),
        *(OrderConfirmed(order_id=str(row.pk), checkout_id=str(checkout.pk), merchant_id=str(row.merchant_id)) for row in orders),
    )


def _share(order: MerchantOrder, credit_minor: int) -> cash.CashShare:
    return cash.CashShare(
        merchant_id=order.merchant_id,
        reference=order.pk,
        total_minor=order.total_minor,
        points_minor=order.points_minor,
        credit_minor=credit_minor,
        commission_minor=order.commission_minor,
        commission_tax_minor=order.commission_tax_minor,
        user_id=order.checkout.user_id,
    )


@transaction.atomic
def refuse_at_door(*, order_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> MerchantOrder:
    """The shopper did not take the parcel: nothing was paid, the goods are back with the merchant. Again is the same answer.

    Of an order that was sent in part the rest is not sent any more.

    Raises:
        OrderNotFound: there is none.
        NotAtTheDoor: it is not on its way, or not paid in cash.
    """
    order = locked_order(order_id)
    is_cash = order.checkout.is_cash
    if is_cash and order.status == OrderStatus.CANCELLED:
        return order
    is_on_its_way = order.status == OrderStatus.SHIPPED or (order.status == OrderStatus.PREPARING and order.part_shipped_at is not None)
    if not is_cash or not is_on_its_way:
        raise NotAtTheDoor
    move_to(order, OrderStatus.CANCELLED, actor=actor, reason=reason, at=at)
    end_with_order(order, actor=actor, reason=reason, at=at)
    cash.drop(reference=order.pk, reason=reason, at=at)
    refund = refund_rest(order=order, actor=actor, reason=reason, at=at)
    outbox.publish(OrderCancelled(order_id=str(order.pk), reason=reason, refunded_minor=refund.credit_minor))
    logistics.release_reservations(reference=order.checkout_id, at=at, reason=reason, group=order.pk, actor=actor)
    logistics.take_parcels_back(reference=order.pk, actor=actor, at=at)
    return order
