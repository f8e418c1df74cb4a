import datetime as dt
import uuid

from django.db import transaction

from core import outbox
from core.states import move_to
from loyalty import services as loyalty
from orders.events import OrderRefunded
from orders.models import MerchantOrder
from orders.services.moves import locked_order, note_refunded
from orders.states import OrderStatus
from payments.services import escrow


@transaction.atomic
def refund_order(*, order_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> MerchantOrder:
    """Give a sent order's money and points back, once, and take back what the merchant, the operator and loyalty got for it.

    The goods stay with the shopper as far as stock is concerned. Again is the same answer.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: it was not sent (cancel it instead).
    """
    order = locked_order(order_id)
    if order.status == OrderStatus.REFUNDED:
        return order
    move_to(order, OrderStatus.REFUNDED, actor=actor, reason=reason, at=at)
    returned = escrow.refund_hold(reference=order.pk, reason=reason, at=at)
    note_refunded(order, returned)
    if order.points_minor:
        loyalty.give_back(reference=order.pk, at=at)
    if order.completed_at is not None:
        loyalty.claw_back(reference=order.pk, at=at)
    outbox.publish(OrderRefunded(order_id=str(order.pk), reason=reason, refunded_minor=returned.cash_minor + returned.credit_minor))
    return order
