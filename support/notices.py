"""One function per mail; each is called while the reader's language is active."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.models import Shipment
from orders.models import Checkout, MerchantOrder
from orders.services import charged_back
from orders.states import CheckoutStatus
from payments.models import GiftCardPurchase
from payments.services.bank_transfers import Instructions
from support.content import Notice, Row, address_of, checkout_amounts, day, moment, money, order_amounts, parcel_of, parcels_of
from support.links import gift_url, merchant_url, order_url, payment_url, shop_url


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


def gift_card(bought: GiftCardPurchase, code: str) -> Notice:
    """For the recipient: the code, shown here and nowhere else."""
    giver = bought.giver or _("Somebody")
    return Notice(
        kind="gift_card",
        subject=_("%(giver)s sends you a gift card of %(value)s") % {"giver": giver, "value": money(bought.value_minor, bought.currency)},
        heading=_("A gift card for you."),
        lead=[
            *([f"“{bought.message}”"] if bought.message else []),
            _("Enter the code at checkout, or load it onto your store credit. Keep it like cash: whoever has the code can use it."),
        ],
        button=_("To the market"),
        url=shop_url(),
        facts=[Row(_("Code"), code), Row(_("Value"), money(bought.value_minor, bought.currency), is_total=True)],
    )


def gift_card_sent(bought: GiftCardPurchase) -> Notice:
    """For the giver: that it is on its way, without the code."""
    return Notice(
        kind="gift_card_sent",
        subject=_("Your gift card is on its way"),
        heading=_("Your gift card is on its way."),
        lead=[_("We have mailed it to %(recipient)s. While nothing of it is used you can give it back.") % {"recipient": bought.recipient}],
        button=_("See the gift card"),
        url=gift_url(bought),
        facts=[Row(_("Value"), money(bought.value_minor, bought.currency), is_total=True)],
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
        lead=[_("You have not been charged."), *_points_back(checkout.points)],
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
        lead=[_("Your order from %(merchant)s will not be sent.") % {"merchant": parcel.merchant}, *_money_back(order, refunded_minor)],
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
            *_money_back(order, refunded_minor),
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


def _money_back(order: MerchantOrder, refunded_minor: int) -> list[str]:
    """What goes back, and how."""
    words = []
    amount = money(refunded_minor, order.currency)
    if refunded_minor and order.checkout.is_cash:
        text = _("%(amount)s is on your store credit.") if order.checkout.user_id else _("The seller pays you %(amount)s back.")
        words.append(text % {"amount": amount})
    elif refunded_minor:
        words.append(_("%(amount)s goes back the way you paid; banks take a few days to show it.") % {"amount": amount})
    return [*words, *_points_back(order.points_minor)]


def _points_back(points: int) -> list[str]:
    return [_("The points you used are back in your account.")] if points else []


def _refund_facts(order: MerchantOrder, reason: str, refunded_minor: int) -> list[Row]:
    facts = [Row(_("Order number"), order.number)]
    if reason:
        facts.append(Row(_("Reason"), reason))
    return [*facts, Row(_("Refund"), money(refunded_minor, order.currency), is_total=True)]
