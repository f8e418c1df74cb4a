import datetime as dt
import uuid

from django.db import transaction

from core import outbox
from core.states import move_to
from orders.errors import CashNotHandedOver
from orders.events import OrderRefunded
from orders.models import MerchantOrder
from orders.services.cases.superseding import end_with_order
from orders.services.moves import locked_order
from orders.services.returns_of_money import refund_rest
from orders.states import OrderStatus


@transaction.atomic
def refund_order(*, order_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> MerchantOrder:
    """Give all that is left of a sent order's money and points back, once, and take it from the merchant, the operator and loyalty.

    Its open cases end. The goods stay with the shopper as far as stock is concerned. Again is the same answer.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: it was not sent (cancel it instead).
        CashNotHandedOver: it is to be paid at the door and has not been delivered.
    """
    order = locked_order(order_id)
    if order.status == OrderStatus.REFUNDED:
        return order
    if order.checkout.is_cash and order.status == OrderStatus.SHIPPED:
        raise CashNotHandedOver
    move_to(order, OrderStatus.REFUNDED, actor=actor, reason=reason, at=at)
    end_with_order(order, actor=actor, reason=reason, at=at)
    refund = refund_rest(order=order, actor=actor, reason=reason, at=at)
    outbox.publish(OrderRefunded(order_id=str(order.pk), reason=reason, refunded_minor=refund.cash_minor + refund.credit_minor))
    return order
