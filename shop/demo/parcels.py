"""An order that is sent in two parcels, of which the first has left."""

import datetime as dt

from logistics.selectors import pieces_due
from orders.models import MerchantOrder
from orders.selectors.purchases import TO_SHIP
from orders.services.fulfilment import ship_order

ACTOR = "system:demo"


def send_a_part(now: dt.datetime) -> None:
    """One piece of the first order to ship of which there are several; again changes nothing."""
    if MerchantOrder.objects.filter(part_shipped_at__isnull=False).exists():
        return
    for order in MerchantOrder.objects.filter(status__in=TO_SHIP, pickup_from=None).order_by("ship_by", "pk"):
        due = pieces_due(order.pk)
        if sum(due.values()) > 1:
            number = f"DEMO{order.pk.int % 10**10:010d}"
            pieces = {min(due): 1}
            ship_order(order_id=order.pk, carrier="SF Express", tracking_number=number, actor=ACTOR, at=now, pieces=pieces)
            return
