"""Mails about parcels that were not taken at the door, came back or got lost, and about what their shops decided."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.utils import timezone

from core.outbox import handles
from logistics.events import DeliveryFailed
from logistics.models import CarrierClaim, Shipment
from logistics.states import ShipmentStatus
from orders.events import UndeliveredMoved
from orders.models import MerchantOrder, OrderRefund, UndeliveredParcel
from orders.states import UndeliveredStatus
from support.content import Notice, Reader
from support.notices import parcels as notices
from support.selectors import readers_at
from support.services import notify


@handles(DeliveryFailed)
def mail_delivery_failed(event: DeliveryFailed) -> None:
    """What was overtaken, because the parcel arrived or came back, is told by that. Parcels of a case are told of by the case."""
    rows = Shipment.objects.filter(pk=event.shipment_id, direction=Shipment.Direction.TO_SHOPPER, status=ShipmentStatus.FAILED)
    shipment, order = rows.first(), _order(event.reference)
    if shipment is None or order is None:
        return
    occasion = uuid.UUID(event.occasion)
    _to_shopper(order, occasion, lambda: notices.delivery_failed(order, shipment))
    _to_merchant(order, occasion, lambda: notices.merchant_delivery_failed(order, shipment))


@handles(UndeliveredMoved)
def mail_undelivered_moved(event: UndeliveredMoved) -> None:
    entry = UndeliveredParcel.objects.select_related("shipment").get(pk=event.entry_id)
    order = _order(str(entry.order_id))
    # What a later step has overtaken is told by that one.
    if order is None or (entry.status, entry.kind) != (event.to_status, event.kind):
        return
    occasion = uuid.UUID(event.occasion)
    if entry.status == UndeliveredStatus.OPEN:
        _tell_both(entry, order, occasion)
    elif entry.status == UndeliveredStatus.SENT_AGAIN:
        shipments = list(Shipment.objects.filter(pk__in=event.shipment_ids).order_by("pk"))
        _to_shopper(order, occasion, lambda: notices.sent_again(order, shipments))
    elif entry.status == UndeliveredStatus.REFUNDED:
        _tell_of_refund(entry, order, occasion)


def _tell_both(entry: UndeliveredParcel, order: MerchantOrder, occasion: uuid.UUID) -> None:
    if entry.kind == UndeliveredParcel.Kind.LOST:
        claim = CarrierClaim.objects.filter(shipment=entry.shipment).first()
        _to_shopper(order, occasion, lambda: notices.got_lost(order, entry))
        _to_merchant(order, occasion, lambda: notices.merchant_got_lost(order, entry, claim))
    else:
        _to_shopper(order, occasion, lambda: notices.came_back(order, entry))
        _to_merchant(order, occasion, lambda: notices.merchant_came_back(order, entry))


def _tell_of_refund(entry: UndeliveredParcel, order: MerchantOrder, occasion: uuid.UUID) -> None:
    """The end of a whole order has a mail of its own."""
    refund = OrderRefund.objects.filter(order=order, cause=entry.pk).first()
    if refund is not None:
        _to_shopper(order, occasion, lambda: notices.paid_back(order, entry, refund.amount_minor))


def _order(order_id: str) -> MerchantOrder | None:
    rows = MerchantOrder.objects.select_related("checkout", "merchant").prefetch_related("lines__product", "lines__bundle")
    return rows.filter(pk=uuid.UUID(order_id)).first()


def _to_shopper(order: MerchantOrder, occasion: uuid.UUID, write: Callable[[], Notice]) -> None:
    notify(subject_id=occasion, reader=Reader(order.checkout.email, order.checkout.language), write=write, at=timezone.now())


def _to_merchant(order: MerchantOrder, occasion: uuid.UUID, write: Callable[[], Notice]) -> None:
    for reader in readers_at(order.merchant):
        notify(subject_id=occasion, reader=reader, write=write, at=timezone.now())
