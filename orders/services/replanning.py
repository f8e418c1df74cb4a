"""Sending an order from other warehouses than it was planned from."""

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction

from core.states import StaleState
from logistics import services as logistics
from logistics.errors import NotServed, OutOfStock
from logistics.rules import Destination
from logistics.selectors import groups_promised_from
from orders.models import MerchantOrder
from orders.selectors.purchases import TO_SHIP
from orders.services.moves import locked_order


@transaction.atomic
def replan_order(*, order_id: uuid.UUID, actor: str, at: dt.datetime, reason: str, away_from: Collection[uuid.UUID] = ()) -> int:
    """Send an order that waits to be shipped from elsewhere: what lies in closed warehouses or in `away_from` is promised from others.

    Returns how many pieces moved. An order that is not waiting to be shipped, or is picked up in a store, stays as
    it is.

    Args:
        away_from: keys of warehouses or stock rows.

    Raises:
        OrderNotFound: there is none.
        OutOfStock, NotServed: the other warehouses do not have it; nothing has changed.
        StaleState: somebody else took it at this moment.
    """
    order = locked_order(order_id)
    if order.status not in TO_SHIP or order.pickup_from_id is not None:
        return 0
    return logistics.replan(group=order.pk, destination=destination_of(order), actor=actor, at=at, reason=reason, away_from=away_from)


def destination_of(order: MerchantOrder) -> Destination:
    """Where an order goes."""
    return Destination(order.checkout.country, order.checkout.postcode)


def replan_promises(*, place_id: uuid.UUID, at: dt.datetime) -> int:
    """Plan all orders again that wait for goods of a warehouse or stock row; returns how many moved. What nobody else has stays."""
    moved = 0
    for group in groups_promised_from(place_id):
        if not MerchantOrder.objects.filter(pk=group).exists():
            continue
        try:
            with transaction.atomic():
                moved += bool(
                    replan_order(order_id=group, actor="system:logistics", at=at, reason="sent from elsewhere", away_from=[place_id])
                )
        except (OutOfStock, NotServed, StaleState):
            continue
    return moved
