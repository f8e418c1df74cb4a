"""Orders of which a shopper's bank has kept everything: nothing is left to wait for, so they end by themselves."""

import datetime as dt
import uuid

from django.db import transaction

from orders.models import MerchantOrder
from orders.services.cancellation import cancel_order
from orders.services.moves import locked_order
from orders.services.refunds import refund_order
from orders.states import OrderStatus
from payments.services import escrow

ACTOR = "system:disputes"
REASON = "charged back"
NOT_SENT = (OrderStatus.IN_REVIEW, OrderStatus.PAID, OrderStatus.PREPARING)
SENT = (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED)


@transaction.atomic
def end_charged_back(*, purchase_id: uuid.UUID, at: dt.datetime) -> None:
    """After a lost dispute: cancel what was not sent, so that it is for sale again, and close what was as refunded. Pays nothing.

    Orders of which something is left go on. Again changes nothing.
    """
    for order_id in MerchantOrder.objects.filter(checkout=purchase_id).order_by("pk").values_list("pk", flat=True):
        order = locked_order(order_id)
        if not escrow.is_gone(order.pk):
            continue
        if order.status in NOT_SENT:
            cancel_order(order_id=order.pk, actor=ACTOR, reason=REASON, at=at, even_in_parts=True)
        elif order.status in SENT:
            refund_order(order_id=order.pk, actor=ACTOR, reason=REASON, at=at)
