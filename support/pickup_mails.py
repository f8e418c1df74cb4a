"""Mails about orders that shoppers pick up in a store."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from core.outbox import handles
from orders.events import OrderReadyToCollect
from orders.models import MerchantOrder, Pickup
from orders.states import PickupStatus
from support.content import Notice, Reader, Row, day, moment, money, parcel_of
from support.links import merchant_url, order_url
from support.services import notify


@handles(OrderReadyToCollect)
def mail_ready(event: OrderReadyToCollect) -> None:
    """Who has been there already is not asked to come."""
    rows = Pickup.objects.select_related("order__checkout", "order__merchant", "warehouse__pickup_point", "warehouse__merchant")
    pickup = rows.prefetch_related("order__lines__product", "order__lines__bundle").get(order=uuid.UUID(event.order_id))
    if pickup.status == PickupStatus.READY:
        buyer = Reader(pickup.order.checkout.email, pickup.order.checkout.language)
        notify(subject_id=pickup.pk, reader=buyer, write=lambda: ready(pickup), at=timezone.now())


def ready(pickup: Pickup) -> Notice:
    """The goods wait; the code itself is on the order's page only."""
    order, store = pickup.order, pickup.warehouse
    point = getattr(store, "pickup_point", None)
    kept = [Row(_("Kept until"), day(pickup.keep_until))] if pickup.keep_until else []
    where = [Row(_("Address"), f"{point.address}, {store.town}"), Row(_("Opening hours"), point.hours_text)] if point else []
    return Notice(
        kind="order_ready_to_collect",
        subject=_("Your order is ready to be picked up at %(store)s") % {"store": store.text("name")},
        heading=_("Your order is ready."),
        lead=[
            _("Please show the code on the page of your order in the store. Whoever has the code gets the goods, so keep it to yourself."),
            _("What is not picked up in time goes back on sale, and you get your money back."),
        ],
        button=_("Show the code"),
        url=order_url(order.checkout),
        facts=[Row(_("Order number"), order.checkout.number), Row(_("Store"), store.text("name")), *where, *kept],
        parcels=[parcel_of(order)],
    )


def collected(order: MerchantOrder) -> Notice:
    """The goods were handed over; please confirm."""
    until = _("Without a word from you the order completes by itself on %(day)s.")
    return Notice(
        kind="order_collected",
        subject=_("You have picked up your order from %(merchant)s") % {"merchant": parcel_of(order).merchant},
        heading=_("You have picked up your order."),
        lead=[
            _("If that was not you, please write to us at once."),
            _("Is everything as it should be? Then please confirm receipt, so that the seller is paid."),
            *([until % {"day": day(order.complete_by)}] if order.complete_by else []),
        ],
        button=_("Confirm receipt"),
        url=order_url(order.checkout),
        facts=[Row(_("Order number"), order.checkout.number)],
        parcels=[parcel_of(order)],
    )


def to_put_aside(order: MerchantOrder, *, collect_minor: int = 0) -> Notice:
    """For the merchant: somebody comes for these goods. `collect_minor` is due in the store."""
    pickup = Pickup.objects.select_related("warehouse__merchant").get(order=order)
    by = [Row(_("Ready by"), moment(pickup.promised_at))] if pickup.promised_at else []
    cash = [Row(_("Collect in the store"), money(collect_minor, order.currency), is_total=True)] if collect_minor else []
    return Notice(
        kind="merchant_new_pickup",
        subject=_("New order %(number)s to be picked up") % {"number": order.number},
        heading=_("You have a new order to be picked up."),
        lead=[_("Please put the goods aside and say so under Pick-ups. The shopper then gets a code to show in the store.")],
        button=_("Open the back office"),
        url=merchant_url(),
        facts=[Row(_("Order number"), order.number), Row(_("Store"), pickup.warehouse.text("name")), *by, *cash],
        parcels=[parcel_of(order)],
    )
