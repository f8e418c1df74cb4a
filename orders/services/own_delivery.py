"""A merchant brings an order to the door itself: the parcels are shipped as with any carrier and wait on the plan of a day."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from logistics.models import RouteStop, Shipment
from logistics.routes.services import Recipient, add_stop
from logistics.routes.services.stops import check_day
from orders.models import MerchantOrder
from orders.services.fulfilment import ship_order
from orders.services.moves import locked_order
from payments.models import CashCollection


@transaction.atomic
def deliver_ourselves(*, order_id: uuid.UUID, day: dt.date, note: str = "", actor: str, at: dt.datetime) -> list[RouteStop]:
    """Ship an order with the merchant's own vehicles on a day: one stop for each of its parcels. Again changes nothing.

    On the day of the slot that the shopper chose, its hours are the stops' time window.

    The shopper reads the shop's name where a carrier's would be, and the order's number where a tracking number would.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition, NothingToShip: it is not paid, has ended or was sent otherwise.
        DayPassed: the day is over.
    """
    check_day(day, at)
    order = locked_order(order_id)
    ship_order(order_id=order.pk, carrier=order.merchant.name[:60], tracking_number=order.number, actor=actor, at=at)
    parcels = Shipment.objects.filter(reference=order.pk, direction=Shipment.Direction.TO_SHOPPER, tracking_number=order.number)
    recipient = _recipient(order, note)
    slot = order.slot_day if order.slot_day is not None and order.slot_day.day == day else None
    window = (slot.starts_at, slot.ends_at) if slot else (None, None)
    said: dict[str, Any] = {"label": order.number, "recipient": recipient, "merchant": order.merchant, "window": window}
    return [add_stop(shipment=parcel, day=day, actor=actor, at=at, **said) for parcel in parcels.select_related("warehouse").order_by("pk")]


def _recipient(order: MerchantOrder, note: str) -> Recipient:
    """Who waits, as the purchase says, and what is due at the door."""
    checkout = order.checkout
    due = CashCollection.objects.filter(reference=order.pk).values_list("amount_minor", flat=True).first() if checkout.is_cash else 0
    return Recipient(
        name=checkout.name,
        phone=checkout.phone,
        address=checkout.address,
        city=checkout.city,
        postcode=checkout.postcode,
        country=checkout.country,
        currency=checkout.currency,
        note=note.strip()[:200],
        collect_minor=due or 0,
    )
