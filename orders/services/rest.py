"""Ending an order of which a part was sent and the rest cannot be."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction

from core import outbox
from core.ids import uuid7
from core.states import IllegalTransition, move_to
from logistics import services as logistics
from logistics.selectors import pieces_due
from orders.errors import CashNotHandedOver
from orders.events import OrderRestGivenUp
from orders.models import MerchantOrder, OrderLine
from orders.services.fulfilment import SENT, parcel_delivered
from orders.services.moves import locked_order
from orders.services.returns_of_money import Part, fitting, refund_part
from orders.states import OrderStatus


@transaction.atomic
def give_up_rest(*, order_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> MerchantOrder:
    """What has not been sent of an order will not be: it is for sale again, its price goes back, and the order counts as shipped.

    Shipping stays paid, as a parcel was sent. Again is the same answer.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: nothing of it was sent, which is cancelled as a whole, or it has ended.
        CashNotHandedOver: nobody has paid for it; it is sent or refused at the door as a whole.
    """
    order = locked_order(order_id)
    if order.status in SENT:
        return order
    if order.part_shipped_at is None or order.status != OrderStatus.PREPARING:
        raise IllegalTransition(status=order.get_status_display())
    if order.checkout.is_cash:
        raise CashNotHandedOver
    parts, _ = fitting(order, _unsent(order), 0)
    # Goods that were held to be sent again are interchangeable with those of the purchase, so some of either may be left.
    for reference in (order.checkout_id, *order.undelivered.order_by("pk").values_list("pk", flat=True)):
        logistics.release_reservations(reference=reference, at=at, reason=reason[:200], group=order.pk, actor=actor)
    complete_by = at + dt.timedelta(days=settings.COMPLETE_AFTER_SHIPPING_DAYS)
    move_to(order, OrderStatus.SHIPPED, actor=actor, at=at, reason=reason[:200], shipped_at=at, complete_by=complete_by)
    refund = refund_part(order_id=order.pk, cause=uuid7(), parts=parts, shipping_minor=0, actor=actor, reason=reason, at=at)
    outbox.publish(OrderRestGivenUp(order_id=str(order.pk), reason=reason, refunded_minor=refund.amount_minor))
    parcel_delivered(order_id=order.pk, at=at)
    order.refresh_from_db()
    return order


def _unsent(order: MerchantOrder) -> list[Part]:
    """The pieces that are left, on the lines they were bought by; where several lines are of one variant, the last ones first."""
    due = pieces_due(order.pk)
    parts = []
    for line in OrderLine.objects.filter(order=order, variant__in=due).order_by("-pk"):
        count = min(line.quantity - line.refunded_quantity, due[line.variant_id])
        due[line.variant_id] -= count
        if count:
            parts.append(Part(line.pk, count, line.price_minor * count))
    return parts
