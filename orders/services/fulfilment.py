import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction

from core import outbox
from core.states import IllegalTransition, move_to
from logistics import services as logistics
from logistics.selectors import shipments_of
from logistics.states import ShipmentStatus
from orders.events import OrderDelivered, OrderShipped
from orders.models import MerchantOrder
from orders.services.cases.superseding import refuse_cancellation
from orders.services.moves import locked_order
from orders.states import OrderStatus, UndeliveredStatus

SENT = {OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED, OrderStatus.REFUNDED}


@transaction.atomic
def start_preparing(*, order_id: uuid.UUID, actor: str, at: dt.datetime) -> MerchantOrder:
    """The merchant has begun to pack a paid order. Again is the same answer.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: it is not paid, or sent, or has ended.
    """
    order = locked_order(order_id)
    if order.status == OrderStatus.PREPARING:
        return order
    if order.status != OrderStatus.PAID:  # the table of states also lets unpaid ones be prepared, which is for cash at the door
        raise IllegalTransition(status=order.get_status_display())
    move_to(order, OrderStatus.PREPARING, actor=actor, at=at)
    return order


@transaction.atomic
def ship_order(*, order_id: uuid.UUID, carrier: str, tracking_number: str, actor: str, at: dt.datetime) -> MerchantOrder:
    """The merchant has handed the parcels over: stock leaves, the clock for completion starts.

    The same tracking number again changes nothing.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: it is not paid, or has ended.
        NothingToShip: it was sent already, under another tracking number.
    """
    order = locked_order(order_id)
    if order.status not in SENT and OrderStatus.SHIPPED not in MerchantOrder.TRANSITIONS.get(order.status, frozenset()):
        raise IllegalTransition(status=order.get_status_display())
    refuse_cancellation(order, actor=actor, at=at)
    shipments = logistics.ship(
        reference=order.pk, merchant_id=order.merchant_id, carrier=carrier, tracking_number=tracking_number, actor=actor, at=at
    )
    if order.status in SENT:
        return order
    complete_by = at + dt.timedelta(days=settings.COMPLETE_AFTER_SHIPPING_DAYS)
    move_to(order, OrderStatus.SHIPPED, actor=actor, at=at, shipped_at=at, complete_by=complete_by)
    outbox.publish(OrderShipped(order_id=str(order.pk), shipment_ids=[str(shipment.pk) for shipment in shipments]))
    return order


@transaction.atomic
def mark_delivered(*, order_id: uuid.UUID, actor: str, at: dt.datetime) -> MerchantOrder:
    """The shopper has the parcels; completion follows by itself after some days. Nothing happens to an order that is past this.

    Parcels of which the carrier has not said so arrive with it. Each publishes ShipmentDelivered, whose handler finds the order here
    already.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: it was not sent.
    """
    order = locked_order(order_id)
    if order.status in SENT - {OrderStatus.SHIPPED}:
        return order
    # Only what is downloaded goes from paid to delivered, and by itself; what lies on a shelf was not sent by saying so.
    if order.status != OrderStatus.SHIPPED:
        raise IllegalTransition(status=order.get_status_display())
    complete_by = at + dt.timedelta(days=settings.COMPLETE_AFTER_DELIVERY_DAYS)
    move_to(order, OrderStatus.DELIVERED, actor=actor, at=at, delivered_at=at, complete_by=complete_by)
    logistics.deliver(reference=order.pk, actor=actor, at=at)
    outbox.publish(OrderDelivered(order_id=str(order.pk)))
    return order


def parcel_delivered(*, order_id: uuid.UUID, at: dt.datetime) -> bool:
    """One parcel has arrived: the order is delivered once all of its parcels have; returns whether it now is.

    Parcels that never will, whose goods were sent again or paid back, are not waited for.
    """
    settled = [UndeliveredStatus.SENT_AGAIN, UndeliveredStatus.REFUNDED]
    parcels = shipments_of(order_id).exclude(undelivered__status__in=settled)
    if not parcels or any(parcel.status != ShipmentStatus.DELIVERED for parcel in parcels):
        return False
    mark_delivered(order_id=order_id, actor="system:logistics", at=at)
    return True
