"""What merchants read about a new order, and about a payment that the buyer's bank questions."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orders.models import MerchantOrder
from support.content import Notice, Row, moment, money, parcel_of
from support.links import merchant_url


def new_order(order: MerchantOrder, *, collect_minor: int = 0) -> Notice:
    """For the merchant: own lines only, and of the buyer no more than where it goes. `collect_minor` is due at the door."""
    ship_by = [Row(_("Ship by"), moment(order.ship_by))] if order.ship_by and not order.is_digital else []
    return Notice(
        kind="merchant_new_order",
        subject=(_("New order %(number)s, nothing to ship") if order.is_digital else _("New order %(number)s to ship"))
        % {"number": order.number},
        heading=_("You have a new order."),
        lead=[
            _("It is paid, and the buyer can download the files. You need not do anything.")
            if order.is_digital
            else _("It is paid in cash on delivery. Please pack it and enter the tracking number.")
            if collect_minor
            else _("It is paid. Please pack it and enter the tracking number.")
        ],
        button=_("Open orders to ship"),
        url=merchant_url(),
        facts=[
            Row(_("Order number"), order.number),
            *ship_by,
            *([] if order.is_digital else [Row(_("Goes to"), f"{order.checkout.city}, {order.checkout.country}")]),
            *([Row(_("Collect at the door"), money(collect_minor, order.currency), is_total=True)] if collect_minor else []),
        ],
        parcels=[parcel_of(order)],
        amounts=[
            Row(_("Goods"), money(order.goods_minor, order.currency)),
            Row(_("Shipping"), money(order.shipping_minor, order.currency)),
            Row(_("Total"), money(order.total_minor, order.currency), is_total=True),
        ],
    )


def merchant_dispute_opened(order: MerchantOrder) -> Notice:
    """For the merchant: the buyer's bank questions the payment, so the order's money waits."""
    return Notice(
        kind="merchant_dispute_opened",
        subject=_("The payment of order %(number)s is disputed") % {"number": order.number},
        heading=_("The buyer's bank has taken the payment back."),
        lead=[
            _("The money of this order is frozen until the bank has decided."),
            _("Please keep proof of dispatch and delivery ready; we answer the bank for you and may ask you for it."),
        ],
        button=_("Open your shop"),
        url=merchant_url(),
        facts=[Row(_("Order number"), order.number)],
        parcels=[parcel_of(order)],
    )


def merchant_dispute_closed(order: MerchantOrder, outcome: str) -> Notice:
    """For the merchant: what the bank has decided."""
    is_won = outcome == "won"
    return Notice(
        kind="merchant_dispute_closed",
        subject=_("The dispute over order %(number)s has ended") % {"number": order.number},
        heading=_("The dispute is won.") if is_won else _("The dispute is lost."),
        lead=[
            _("The money of this order is free again.")
            if is_won
            else _("The bank keeps the money; your share of it has been taken from your balance.")
        ],
        button=_("Open your shop"),
        url=merchant_url(),
        facts=[Row(_("Order number"), order.number)],
        parcels=[parcel_of(order)],
    )
