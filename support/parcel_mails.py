"""Mails about orders that are sent in parts, and about what of them is not sent after all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from core.i18n import translated
from core.outbox import handles
from logistics.models import Shipment
from orders.events import OrderPartShipped, OrderRestGivenUp
from orders.models import MerchantOrder
from support.content import Notice, Reader, Row, address_of, language, money, parcel_of
from support.links import order_url
from support.services import notify


@handles(OrderPartShipped)
def mail_part_shipped(event: OrderPartShipped) -> None:
    """Each parcel has a mail of its own."""
    order = _order(event.order_id)
    shipments = list(Shipment.objects.filter(pk__in=event.shipment_ids).prefetch_related("lines").order_by("pk"))
    notify(subject_id=shipments[0].pk, reader=_buyer(order), write=lambda: part_shipped(order, shipments), at=timezone.now())


@handles(OrderRestGivenUp)
def mail_rest_given_up(event: OrderRestGivenUp) -> None:
    order = _order(event.order_id)
    notify(
        subject_id=order.pk,
        reader=_buyer(order),
        write=lambda: rest_given_up(order, event.reason, event.refunded_minor),
        at=timezone.now(),
    )


def part_shipped(order: MerchantOrder, shipments: Sequence[Shipment]) -> Notice:
    """Some of an order is with the carrier, the rest follows."""
    merchant = parcel_of(order).merchant
    titles = {line.variant_id: translated({"title": line.title}, line.i18n, "title", language()) for line in order.lines.all()}
    pieces = [line for shipment in shipments for line in shipment.lines.all()]
    goods = [Row(_("In this parcel"), f"{line.quantity} × {titles.get(line.variant_id, '')}") for line in pieces]
    return Notice(
        kind="order_part_shipped",
        subject=_("A part of your order from %(merchant)s is on its way") % {"merchant": merchant},
        heading=_("A part of your order is on its way."),
        lead=[_("%(merchant)s has handed a parcel to the carrier; the rest of your order follows.") % {"merchant": merchant}],
        button=_("Follow your parcel"),
        url=order_url(order.checkout),
        facts=[
            Row(_("Order number"), order.checkout.number),
            *(Row(shipment.carrier, shipment.tracking_number) for shipment in shipments),
            *goods,
        ],
        address=address_of(order.checkout),
    )


def rest_given_up(order: MerchantOrder, reason: str, refunded_minor: int) -> Notice:
    """What was not sent will not be, and is refunded."""
    merchant = parcel_of(order).merchant
    return Notice(
        kind="order_rest_given_up",
        subject=_("A part of order %(number)s will not be sent") % {"number": order.number},
        heading=_("A part of your order will not be sent."),
        lead=[_("%(merchant)s cannot send what is left of your order. You do not pay for it.") % {"merchant": merchant}],
        button=_("See your order"),
        url=order_url(order.checkout),
        facts=[
            Row(_("Order number"), order.number),
            Row(_("Reason"), reason),
            Row(_("Refund"), money(refunded_minor, order.currency), is_total=True),
        ],
    )


def _order(order_id: str) -> MerchantOrder:
    rows = MerchantOrder.objects.select_related("checkout", "merchant").prefetch_related("lines__product", "lines__bundle")
    order: MerchantOrder = rows.get(pk=uuid.UUID(order_id))
    return order


def _buyer(order: MerchantOrder) -> Reader:
    return Reader(order.checkout.email, order.checkout.language)
