import datetime as dt
import uuid
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from core import outbox
from core.states import IllegalTransition, move_to
from logistics import services as logistics
from logistics.selectors import pieces_due, shipments_of
from logistics.states import ShipmentStatus
from orders.errors import PickedUpInStore
from orders.events import OrderDelivered, OrderPartShipped, OrderShipped
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
def ship_order(
    *,
    order_id: uuid.UUID,
    carrier: str,
    tracking_number: str,
    actor: str,
    at: dt.datetime,
    pieces: Mapping[uuid.UUID, int] | None = None,
    warehouse_id: uuid.UUID | None = None,
) -> MerchantOrder:
    """The merchant has handed parcels over: stock leaves. With the last of it the order is shipped and the clock for completion starts.

    Until then the order is being prepared and says since when a part of it is on its way. The same tracking number for the same goods
    again changes nothing.

    Args:
        pieces: how many of which variant are in the parcel; everything that is left when not given.
        warehouse_id: where the parcel leaves; wherever its goods lie when not given.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: it is not paid, or has ended.
        NothingToShip: it was sent already, under another tracking number.
        MoreThanDue: more pieces than are left of a variant.
        TrackingUsed: other goods of it went under this number.
        InvalidTracking, InvalidQuantity: what was typed.
        PickedUpInStore: its shopper comes to the store for it.
    """
    order = locked_order(order_id)
    if order.pickup_from_id is not None:
        raise PickedUpInStore
    return ship_locked(
        order, carrier=carrier, tracking_number=tracking_number, actor=actor, at=at, pieces=pieces, warehouse_id=warehouse_id
    )


def ship_locked(
    order: MerchantOrder,
    *,
    carrier: str,
    tracking_number: str,
    actor: str,
    at: dt.datetime,
    pieces: Mapping[uuid.UUID, int] | None = None,
    warehouse_id: uuid.UUID | None = None,
) -> MerchantOrder:
    """`ship_order` for an order whose row the caller has locked, also one that is handed over in a store."""
    if order.status not in SENT and OrderStatus.SHIPPED not in MerchantOrder.TRANSITIONS.get(order.status, frozenset()):
        raise IllegalTransition(status=order.get_status_display())
    refuse_cancellation(order, actor=actor, at=at)
    due = pieces_due(order.pk)
    shipments = logistics.ship(
        reference=order.pk,
        merchant_id=order.merchant_id,
        carrier=carrier,
        tracking_number=tracking_number,
        actor=actor,
        at=at,
        pieces=pieces,
        warehouse_id=warehouse_id,
    )
    left = pieces_due(order.pk)
    if order.status in SENT or left == due:
        return order
    if left:
        _note_part(order, [str(shipment.pk) for shipment in shipments], actor=actor, at=at)
        return order
    complete_by = at + dt.timedelta(days=settings.COMPLETE_AFTER_SHIPPING_DAYS)
    move_to(order, OrderStatus.SHIPPED, actor=actor, at=at, shipped_at=at, complete_by=complete_by)
    outbox.publish(OrderShipped(order_id=str(order.pk), shipment_ids=[str(shipment.pk) for shipment in shipments]))
    return order


def _note_part(order: MerchantOrder, shipment_ids: list[str], *, actor: str, at: dt.datetime) -> None:
    """The row is locked, so nobody else notes the first part of it at the same time."""
    if order.part_shipped_at is None:
        order.part_shipped_at = at
        order.save(update_fields=["part_shipped_at"])
    if order.status == OrderStatus.PAID:
        move_to(order, OrderStatus.PREPARING, actor=actor, at=at, reason="part sent")
    outbox.publish(OrderPartShipped(order_id=str(order.pk), shipment_ids=shipment_ids))


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


@transaction.atomic
def parcel_delivered(*, order_id: uuid.UUID, at: dt.datetime) -> bool:
    """One parcel has arrived: the order is delivered once all of it was sent and has arrived; returns whether it now is.

    Its row is locked first, so no further parcel leaves between the look at the parcels and the move. Parcels that never will arrive,
    whose goods were sent again or paid back, are not waited for.
    """
    if locked_order(order_id).status not in SENT:
        return False
    settled = [UndeliveredStatus.SENT_AGAIN, UndeliveredStatus.REFUNDED]
    parcels = shipments_of(order_id).exclude(undelivered__status__in=settled)
    if not parcels or any(parcel.status != ShipmentStatus.DELIVERED for parcel in parcels):
        return False
    mark_delivered(order_id=order_id, actor="system:logistics", at=at)
    return True
