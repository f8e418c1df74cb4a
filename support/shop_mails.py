"""Mails about shops that rest, are suspended, closed or opened again: to their teams, and to buyers whose parcels leave later."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from core.outbox import handles
from merchants.events import ShopMoved
from merchants.models import Holiday, Merchant
from orders.events import ShippingDelayed
from orders.models import MerchantOrder
from support.content import Notice, Reader, Row, day, parcel_of
from support.links import merchant_url, order_url, shop_state_url
from support.selectors import readers_at
from support.services import notify

Status = Merchant.Status


@handles(ShopMoved)
def mail_shop_moved(event: ShopMoved) -> None:
    """What was overtaken by a later move is told by that."""
    merchant = Merchant.objects.get(pk=event.merchant_id)
    if merchant.status != event.to_status:
        return
    for reader in readers_at(merchant):
        notify(subject_id=uuid.UUID(event.occasion), reader=reader, write=lambda: shop_moved(merchant, event.reason), at=timezone.now())


@handles(ShippingDelayed)
def mail_shipping_delayed(event: ShippingDelayed) -> None:
    rows = MerchantOrder.objects.select_related("checkout", "merchant").prefetch_related("lines__product", "lines__bundle")
    order, holiday = rows.get(pk=event.order_id), Holiday.objects.get(pk=event.holiday_id)
    if order.shipped_at is None and order.ship_by is not None:
        reader = Reader(order.checkout.email, order.checkout.language)
        subject = uuid.uuid5(holiday.pk, order.pk.hex)
        notify(subject_id=subject, reader=reader, write=lambda: shipping_delayed(order, holiday), at=timezone.now())


def shop_moved(merchant: Merchant, reason: str) -> Notice:
    """The shop's status is another, and what that means."""
    name = merchant.text("name")
    words = {
        Status.SUSPENDED: (
            _("Your shop %(shop)s is suspended"),
            _("Your goods are off sale. Orders that are placed go on: please send them on time."),
        ),
        Status.CLOSED: (
            _("Your shop %(shop)s is closed"),
            _("Your goods and pages are gone from the market. What is left of your money is paid out on your schedule."),
        ),
    }
    usual = (_("Your shop %(shop)s is open again"), _("Your published goods are on sale again."))
    subject, lead = words.get(Status(merchant.status), usual)
    return Notice(
        kind="shop_moved",
        subject=subject % {"shop": name},
        heading=subject % {"shop": name},
        lead=[lead],
        button=_("Open your shop"),
        url=shop_state_url() if merchant.status != Status.ACTIVE else merchant_url(),
        facts=[Row(_("Reason"), reason)] if reason else [],
    )


def shipping_delayed(order: MerchantOrder, holiday: Holiday) -> Notice:
    """The parcel leaves after the holiday."""
    parcel = parcel_of(order)
    notice = holiday.text("notice")
    return Notice(
        kind="shipping_delayed",
        subject=_("%(merchant)s is on holiday and sends your parcel later") % {"merchant": parcel.merchant},
        heading=_("Your parcel leaves a little later."),
        lead=[
            _("%(merchant)s is on holiday until %(day)s.") % {"merchant": parcel.merchant, "day": day(holiday.ends_at)},
            *([f"“{notice}”"] if notice else []),
            _("Do you not want to wait? Until the parcel is sent you can cancel the order on its page."),
        ],
        button=_("See your order"),
        url=order_url(order.checkout),
        facts=[Row(_("Order number"), order.checkout.number), Row(_("Ship by"), day(order.ship_by or holiday.ends_at))],
        parcels=[parcel],
    )
