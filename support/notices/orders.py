"""What shoppers read about the part of a purchase that one merchant sends."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from logistics.models import Shipment
from orders.models import MerchantOrder
from orders.services import charged_back
from support.content import Notice, Row, address_of, day, money, order_amounts, parcel_of
from support.links import order_url
from support.notices.money_back import money_back


def shipped(order: MerchantOrder, shipments: Iterable[Shipment]) -> Notice:
    """The parcel is with the carrier."""
    tracking = [Row(shipment.carrier, shipment.tracking_number) for shipment in shipments]
    parcel = parcel_of(order)
    return Notice(
        kind="order_shipped",
        subject=_("Your parcel from %(merchant)s is on its way") % {"merchant": parcel.merchant},
        heading=_("Your parcel is on its way."),
        lead=[_("%(merchant)s has handed it to the carrier. You can follow it on the order page.") % {"merchant": parcel.merchant}],
        button=_("Follow your parcel"),
        url=order_url(order.checkout),
        facts=[Row(_("Order number"), order.checkout.number), *tracking],
        parcels=[parcel],
        address=address_of(order.checkout),
    )


def downloads_ready(order: MerchantOrder) -> Notice:
    """Digital goods are paid: where they can be downloaded. The files' own addresses are on that page only."""
    parcel = parcel_of(order)
    return Notice(
        kind="downloads_ready",
        subject=_("Your downloads from %(merchant)s are ready") % {"merchant": parcel.merchant},
        heading=_("Your downloads are ready."),
        lead=[
            _("You find them on the page of your order, with how often and until when you can download each of them."),
            _("With the first download your right to withdraw from them ends, as you agreed when you ordered."),
        ],
        button=_("To your downloads"),
        url=order_url(order.checkout),
        facts=[Row(_("Order number"), order.checkout.number)],
        parcels=[parcel],
    )


def delivered(order: MerchantOrder) -> Notice:
    """The parcel is there; please confirm."""
    parcel = parcel_of(order)
    until = _("Without a word from you the order completes by itself on %(day)s.")
    return Notice(
        kind="order_delivered",
        subject=_("Your parcel from %(merchant)s has arrived") % {"merchant": parcel.merchant},
        heading=_("Your parcel has arrived."),
        lead=[
            _("Is everything as it should be? Then please confirm receipt, so that the seller is paid."),
            *([until % {"day": day(order.complete_by)}] if order.complete_by else []),
        ],
        button=_("Confirm receipt"),
        url=order_url(order.checkout),
        facts=[Row(_("Order number"), order.checkout.number)],
        parcels=[parcel],
    )


def cancelled(order: MerchantOrder, reason: str, refunded_minor: int) -> Notice:
    """A paid order will not be sent."""
    if reason == charged_back.REASON:
        return _closed_by_bank(order, "order_cancelled")
    parcel = parcel_of(order)
    return Notice(
        kind="order_cancelled",
        subject=(_("Order %(number)s is cancelled") if order.checkout.is_cash else _("Order %(number)s is cancelled and refunded"))
        % {"number": order.number},
        heading=_("Your order is cancelled."),
        lead=[_("Your order from %(merchant)s will not be sent.") % {"merchant": parcel.merchant}, *money_back(order, refunded_minor)],
        button=_("See your order"),
        url=order_url(order.checkout),
        facts=_refund_facts(order, reason, refunded_minor),
        parcels=[parcel],
        amounts=order_amounts(order),
    )


def refunded(order: MerchantOrder, reason: str, refunded_minor: int) -> Notice:
    """The money of an order that had been sent goes back."""
    if reason == charged_back.REASON:
        return _closed_by_bank(order, "order_refunded")
    parcel = parcel_of(order)
    return Notice(
        kind="order_refunded",
        subject=_("Your refund for order %(number)s") % {"number": order.number},
        heading=_("Your money is on its way back."),
        lead=[
            _("Your order from %(merchant)s has been refunded.") % {"merchant": parcel.merchant},
            *money_back(order, refunded_minor),
        ],
        button=_("See your order"),
        url=order_url(order.checkout),
        facts=_refund_facts(order, reason, refunded_minor),
        parcels=[parcel],
        amounts=order_amounts(order),
    )


def _closed_by_bank(order: MerchantOrder, kind: str) -> Notice:
    """The shopper's bank has the money back already."""
    parcel = parcel_of(order)
    return Notice(
        kind=kind,
        subject=_("Order %(number)s is closed") % {"number": order.number},
        heading=_("Your order is closed."),
        lead=[
            _("Your bank has taken back what you paid to %(merchant)s, so nothing more is sent and nothing more is refunded.")
            % {"merchant": parcel.merchant}
        ],
        button=_("See your order"),
        url=order_url(order.checkout),
        facts=[Row(_("Order number"), order.number)],
        parcels=[parcel],
        amounts=order_amounts(order),
    )


def _refund_facts(order: MerchantOrder, reason: str, refunded_minor: int) -> list[Row]:
    facts = [Row(_("Order number"), order.number)]
    if reason:
        facts.append(Row(_("Reason"), reason))
    return [*facts, Row(_("Refund"), money(refunded_minor, order.currency), is_total=True)]
