"""Sending an order by the carrier the merchant chose."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction

from logistics.selectors import shipments_of
from logistics.services.bookings import Handover, book_parcel, follow_parcels
from orders.models import MerchantOrder
from orders.services.fulfilment import ship_order
from orders.services.moves import locked_order


@transaction.atomic
def dispatch_order(
    *,
    order_id: uuid.UUID,
    way: str,
    actor: str,
    at: dt.datetime,
    carrier: str = "",
    tracking_number: str = "",
    pieces: Mapping[uuid.UUID, int] | None = None,
) -> MerchantOrder:
    """Book a carrier for what is packed and hand it over; a carrier that tells us where parcels are is listened to from now on.

    Args:
        way: "manual", "simulated", or the key of one of the merchant's carriers (`logistics.carrier_selectors.ways_of`).
        carrier: its name, where the parcel goes by hand.
        tracking_number: where the carrier does not make it.
        pieces: how many of which variant are in the parcel; everything that is left when not given.

    Raises:
        OrderNotFound: there is none.
        CarrierNotAvailable: no such choice, or of another merchant.
        InvalidTracking: a number or name is needed and missing, or too long.
        IllegalTransition, NothingToShip, MoreThanDue, TrackingUsed: as `ship_order`.
    """
    order = locked_order(order_id)
    handover = book_parcel(way=way, merchant_id=order.merchant_id, reference=order.pk, carrier=carrier, tracking_number=tracking_number)
    order = ship_order(
        order_id=order.pk, carrier=handover.carrier, tracking_number=handover.tracking_number, actor=actor, at=at, pieces=pieces
    )
    follow(order, handover, at)
    return order


def follow(order: MerchantOrder, handover: Handover, at: dt.datetime) -> None:
    """Listen to the carrier about the parcels of an order that have this number."""
    parcels = shipments_of(order.pk).filter(tracking_number=handover.tracking_number)
    follow_parcels(handover=handover, shipments=list(parcels), destination=order.checkout.city, at=at)
