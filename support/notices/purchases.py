"""What shoppers read about a whole purchase: placed, paid, checked, ended."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import Checkout, MerchantOrder
from orders.states import CheckoutStatus
from payments.services.bank_transfers import Instructions
from support.content import Notice, Row, address_of, checkout_amounts, moment, money, parcels_of
from support.links import order_url, payment_url, shop_url
from support.notices.money_back import points_back


def placed(checkout: Checkout, orders: Sequence[MerchantOrder]) -> Notice:
    """We have your order; please pay by then. Somebody who has paid already is not asked again."""
    is_waiting = checkout.status == CheckoutStatus.AWAITING_PAYMENT
    deadline = _("Please pay by %(when)s. Until then we keep the goods for you.") % {"when": moment(checkout.expires_at)}
    return Notice(
        kind="order_placed",
        subject=_("We have your order %(number)s") % {"number": checkout.number},
        heading=_("Thank you, we have your order."),
        lead=[deadline] if is_waiting else [_("We will write again as soon as your payment is confirmed.")],
        button=_("Pay now") if is_waiting else _("See your order"),
        url=payment_url(checkout) if is_waiting else order_url(checkout),
        facts=[Row(_("Order number"), checkout.number)],
        parcels=parcels_of(orders),
        amounts=checkout_amounts(checkout),
        address=address_of(checkout),
    )


def paid(checkout: Checkout, orders: Sequence[MerchantOrder]) -> Notice:
    """The money is here and is held until the goods are."""
    senders = sum(not order.is_digital for order in orders)
    sellers = ngettext(
        "The seller is told to send your parcel.", "%(count)s sellers are told to send your parcels.", senders
    ) % {"count": senders}  # fmt: skip
    return Notice(
        kind="order_paid",
        subject=_("Your payment for order %(number)s arrived") % {"number": checkout.number},
        heading=_("Your payment arrived."),
        lead=[*([sellers] if senders else []), _("We keep your money safe and pay it out when you confirm that the goods have arrived.")],
        button=_("See your order"),
        url=order_url(checkout),
        facts=[Row(_("Order number"), checkout.number)],
        parcels=parcels_of(orders),
        amounts=checkout_amounts(checkout),
        address=address_of(checkout),
    )


def confirmed(checkout: Checkout, orders: Sequence[MerchantOrder]) -> Notice:
    """Nothing to pay until the goods are at the door."""
    due = money(checkout.due_minor, checkout.currency)
    return Notice(
        kind="order_confirmed",
        subject=_("Your order %(number)s is confirmed") % {"number": checkout.number},
        heading=_("Your order is confirmed."),
        lead=[
            ngettext("The seller is told to send your parcel.", "%(count)s sellers are told to send your parcels.", len(orders))
            % {"count": len(orders)},
            _("You pay %(due)s in cash at your door.") % {"due": due},
        ],
        button=_("See your order"),
        url=order_url(checkout),
        facts=[Row(_("Order number"), checkout.number), Row(_("Cash on delivery"), due)],
        parcels=parcels_of(orders),
        amounts=checkout_amounts(checkout),
        address=address_of(checkout),
    )


def in_review(checkout: Checkout, orders: Sequence[MerchantOrder]) -> Notice:
    """The money is here, and a person looks at the payment before the goods are sent."""
    return Notice(
        kind="order_in_review",
        subject=_("We are checking your payment for order %(number)s") % {"number": checkout.number},
        heading=_("Your payment arrived, and we are checking it."),
        lead=[
            _("To protect card holders a person looks at some payments before the goods are sent. You need not do anything."),
            _("We decide by %(when)s at the latest. Then the goods are sent, or you get all your money back.")
            % {"when": moment(checkout.review_by or checkout.placed_at)},
        ],
        button=_("See your order"),
        url=order_url(checkout),
        facts=[Row(_("Order number"), checkout.number)],
        parcels=parcels_of(orders),
        amounts=checkout_amounts(checkout),
    )


def payment_code(checkout: Checkout, code: str) -> Notice:
    """The code that opens the payment page."""
    return Notice(
        kind="payment_code",
        subject=_("Your code for order %(number)s") % {"number": checkout.number},
        heading=_("Your code is %(code)s") % {"code": code},
        lead=[
            _("Type it on the page where you wanted to pay. It is valid for 15 minutes, and nothing has been charged yet."),
            _("If you have not ordered anything, do not give the code to anybody: without it nobody can pay for this order."),
        ],
        button=_("Go on to pay"),
        url=payment_url(checkout),
        facts=[Row(_("Order number"), checkout.number), Row(_("Code"), code, is_total=True)],
    )


def transfer_awaited(checkout: Checkout, told: Instructions) -> Notice:
    """Account, sum and payment reference of a bank transfer."""
    lead = _("Please transfer the sum below from your bank. It has to be here by %(when)s; until then we keep the goods for you.")
    return Notice(
        kind="transfer_awaited",
        subject=_("How to pay order %(number)s by bank transfer") % {"number": checkout.number},
        heading=_("Please transfer this sum from your bank."),
        lead=[
            lead % {"when": moment(checkout.expires_at)},
            _("Write the payment reference into the transfer's text: we know your payment by nothing else."),
        ],
        button=_("See how to pay"),
        url=payment_url(checkout),
        facts=[
            Row(_("Payment reference"), told.reference),
            Row(_("Amount"), money(told.amount_minor, told.currency), is_total=True),
            Row(_("To"), told.account),
            Row(_("Order number"), checkout.number),
        ],
    )


def checkout_cancelled(checkout: Checkout, orders: Sequence[MerchantOrder]) -> Notice:
    """An unpaid purchase was cancelled."""
    return Notice(
        kind="checkout_cancelled",
        subject=_("Order %(number)s is cancelled") % {"number": checkout.number},
        heading=_("Your order is cancelled."),
        lead=[_("You have not been charged."), *points_back(checkout.points)],
        button=_("Back to the shop"),
        url=shop_url(),
        facts=[Row(_("Order number"), checkout.number)],
        parcels=parcels_of(orders),
    )


def late_payment_refunded(checkout: Checkout, refunded_minor: int) -> Notice:
    """Money came in after the purchase had ended."""
    return Notice(
        kind="late_payment_refunded",
        subject=_("Your late payment for order %(number)s is on its way back") % {"number": checkout.number},
        heading=_("Your payment came too late."),
        lead=[
            _("The order had already ended when your payment arrived, so we are sending all of it back."),
            _("If you still want the goods, please order again."),
        ],
        button=_("Back to the shop"),
        url=shop_url(),
        facts=[Row(_("Order number"), checkout.number), Row(_("Refund"), money(refunded_minor, checkout.currency), is_total=True)],
    )
