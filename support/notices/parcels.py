"""What shopper and merchant read about a parcel that was not taken, came back or got lost, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.i18n import translated
from logistics.models import CarrierClaim, Shipment
from orders.models import MerchantOrder, UndeliveredParcel
from orders.states import OrderStatus
from support.content import Notice, Row, address_of, language, money, parcel_of
from support.links import merchant_undelivered_url, merchant_url, order_url


def delivery_failed(order: MerchantOrder, shipment: Shipment) -> Notice:
    """Nobody took the parcel at the door."""
    return Notice(
        kind="delivery_failed",
        subject=_("Your parcel from %(merchant)s could not be delivered") % {"merchant": _name(order)},
        heading=_("Your parcel could not be delivered."),
        lead=[
            _("The carrier was at your door and could not hand over your parcel."),
            _("It tries again or keeps the parcel for you; the order page says what it does. Is the address right? Then just wait."),
            _("If the parcel goes back to the shop, you get it once more or your money back, and we write to you."),
        ],
        button=_("Follow your parcel"),
        url=order_url(order.checkout),
        facts=_facts(order, shipment),
        address=address_of(order.checkout),
    )


def merchant_delivery_failed(order: MerchantOrder, shipment: Shipment) -> Notice:
    """For the merchant: nobody took the parcel at the door."""
    return Notice(
        kind="merchant_delivery_failed",
        subject=_("A parcel of order %(number)s could not be delivered") % {"number": order.number},
        heading=_("A parcel could not be delivered."),
        lead=[
            _("Nobody took it at the door. The carrier tries again or brings it back; the buyer was told."),
            _("If it comes back, its goods go on your shelf and you decide whether to send them again or to pay them back."),
        ],
        button=_("Open your shop"),
        url=merchant_url(),
        facts=_facts(order, shipment),
    )


def came_back(order: MerchantOrder, entry: UndeliveredParcel) -> Notice:
    """The parcel is with its shop again."""
    return Notice(
        kind="parcel_returned",
        subject=_("Your parcel from %(merchant)s went back to the shop") % {"merchant": _name(order)},
        heading=_("Your parcel went back to the shop."),
        lead=[
            _("It could not be handed over to you, so the carrier has brought it back to %(merchant)s.") % {"merchant": _name(order)},
            _("The shop now sends it again or gives you the money back. We write to you as soon as it has decided."),
            *_until_then(order),
        ],
        button=_("See your order"),
        url=order_url(order.checkout),
        facts=_facts(order, entry.shipment),
        address=address_of(order.checkout),
    )


def got_lost(order: MerchantOrder, entry: UndeliveredParcel) -> Notice:
    """The carrier does not find the parcel."""
    return Notice(
        kind="parcel_lost",
        subject=_("Your parcel from %(merchant)s is lost") % {"merchant": _name(order)},
        heading=_("Your parcel is lost."),
        lead=[
            _("The carrier cannot find your parcel. That is not your loss: whoever sends the goods bears it."),
            _("The shop now sends the goods once more or gives you the money back. We write to you as soon as it has decided."),
            *_until_then(order),
        ],
        button=_("See your order"),
        url=order_url(order.checkout),
        facts=_facts(order, entry.shipment),
    )


def merchant_came_back(order: MerchantOrder, entry: UndeliveredParcel) -> Notice:
    """For the merchant: a parcel is back."""
    return Notice(
        kind="merchant_parcel_returned",
        subject=_("A parcel of order %(number)s came back") % {"number": order.number},
        heading=_("A parcel came back to you."),
        lead=[
            _("Its goods are on your shelf again, and the buyer waits."),
            _("Please decide: send them again, best after asking the buyer for the address, or pay them back."),
        ],
        button=_("Decide"),
        url=merchant_undelivered_url(entry.pk),
        facts=_facts(order, entry.shipment),
        parcels=[parcel_of(order)],
    )


def merchant_got_lost(order: MerchantOrder, entry: UndeliveredParcel, claim: CarrierClaim | None) -> Notice:
    """For the merchant: a parcel is lost, and what was claimed of the carrier."""
    claimed = [Row(_("Claimed from the carrier"), money(claim.amount_minor, claim.currency), is_total=True)] if claim else []
    return Notice(
        kind="merchant_parcel_lost",
        subject=_("A parcel of order %(number)s is lost") % {"number": order.number},
        heading=_("A parcel is lost."),
        lead=[
            _("The carrier cannot find it. A claim for what its goods were sold for is prepared; write down there what the carrier pays."),
            _("The buyer does not wait for the carrier: please send the goods again or pay them back."),
        ],
        button=_("Decide"),
        url=merchant_undelivered_url(entry.pk),
        facts=[*_facts(order, entry.shipment), *claimed],
        parcels=[parcel_of(order)],
    )


def sent_again(order: MerchantOrder, shipments: Iterable[Shipment]) -> Notice:
    """The same goods are on their way once more."""
    return Notice(
        kind="parcel_sent_again",
        subject=_("%(merchant)s has sent your goods again") % {"merchant": _name(order)},
        heading=_("Your goods are on their way again."),
        lead=[_("%(merchant)s has sent a new parcel. It replaces the one that did not arrive.") % {"merchant": _name(order)}],
        button=_("Follow your parcel"),
        url=order_url(order.checkout),
        facts=[Row(_("Order number"), order.checkout.number), *(Row(row.carrier, row.tracking_number) for row in shipments)],
        address=address_of(order.checkout),
    )


def paid_back(order: MerchantOrder, entry: UndeliveredParcel, refunded_minor: int) -> Notice:
    """What was in the parcel is paid back; the rest of the order goes on."""
    return Notice(
        kind="parcel_refunded",
        subject=_("Your money for a parcel of order %(number)s") % {"number": order.number},
        heading=_("Your money is on its way back."),
        lead=[
            _("%(merchant)s gives you back what the goods in the parcel cost that did not arrive.") % {"merchant": _name(order)},
            *([] if order.status == OrderStatus.REFUNDED else [_("The rest of your order goes on as before.")]),
        ],
        button=_("See your order"),
        url=order_url(order.checkout),
        facts=[*_facts(order, entry.shipment), Row(_("Refund"), money(refunded_minor, order.currency), is_total=True)],
    )


def _until_then(order: MerchantOrder) -> list[str]:
    return [] if order.checkout.is_cash else [_("Until then we keep your money: the shop is not paid for this order.")]


def _name(order: MerchantOrder) -> str:
    return translated({"name": order.merchant.name}, order.merchant.i18n, "name", language())


def _facts(order: MerchantOrder, shipment: Shipment) -> list[Row]:
    return [Row(_("Order number"), order.checkout.number), Row(shipment.carrier, shipment.tracking_number)]
