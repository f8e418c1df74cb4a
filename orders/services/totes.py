"""What a wave means to its orders: they are being prepared once it is picked, and a checked tote leaves as a parcel."""

import datetime as dt
import uuid

from django.db import transaction

from core.states import StaleState, move_to
from logistics.errors import NotFound
from logistics.floor.errors import ToteEnded, ToteNotChecked
from logistics.floor.services.packing import is_checked, picks_of
from logistics.models import WaveTote
from logistics.services.bookings import book_parcel
from logistics.states import ToteStatus
from orders.models import MerchantOrder
from orders.services.dispatching import follow
from orders.services.fulfilment import ship_order
from orders.services.moves import locked_order
from orders.states import OrderStatus


@transaction.atomic
def prepare_orders(*, wave_id: uuid.UUID, actor: str, at: dt.datetime) -> None:
    """The paid orders of a wave are being prepared: somebody walks for their goods, so they are no longer cancelled without a question."""
    waiting = WaveTote.objects.filter(wave=wave_id, status=ToteStatus.OPEN).values_list("reference", flat=True)
    paid = MerchantOrder.objects.filter(pk__in=list(waiting), status=OrderStatus.PAID)
    for order in paid.select_for_update().order_by("pk"):
        move_to(order, OrderStatus.PREPARING, actor=actor, at=at)


@transaction.atomic
def send_tote(
    *,
    tote_id: uuid.UUID,
    merchant_id: uuid.UUID,
    way: str,
    actor: str,
    at: dt.datetime,
    carrier: str = "",
    tracking_number: str = "",
) -> MerchantOrder:
    """Hand the parcel of a tote over to a carrier: what was checked leaves the warehouse of its wave. Again changes nothing.

    The order is locked first and the wave last, as by everybody who sends or cancels an order.

    Args:
        way: "manual", "simulated", or the key of one of the merchant's carriers.
        carrier: its name, where the parcel goes by hand.
        tracking_number: where the carrier does not make it.

    Raises:
        NotFound: the tote is not this merchant's.
        ToteEnded: it was taken out of its wave.
        ToteNotChecked: not everything that was picked has passed the check.
        StaleState: somebody else changed the tote at this moment.
        CarrierNotAvailable, InvalidTracking, TrackingUsed, IllegalTransition: as `dispatch_order`.
    """
    reference = WaveTote.objects.filter(pk=tote_id, merchant=merchant_id).values_list("reference", flat=True).first()
    if reference is None:
        raise NotFound
    order = locked_order(reference)
    tote = WaveTote.objects.get(pk=tote_id)
    if tote.status == ToteStatus.PACKED:
        return order
    if tote.status != ToteStatus.OPEN:
        raise ToteEnded
    picks = picks_of(tote)
    if not is_checked(picks):
        raise ToteNotChecked
    handover = book_parcel(way=way, merchant_id=merchant_id, reference=reference, carrier=carrier, tracking_number=tracking_number)
    order = ship_order(
        order_id=reference, carrier=handover.carrier, tracking_number=handover.tracking_number, actor=actor, at=at,
        pieces={pick.stock.variant_id: pick.packed for pick in picks if pick.packed}, warehouse_id=tote.warehouse_id,
    )  # fmt: skip
    follow(order, handover, at)
    # Whoever took a piece out of the parcel meanwhile had the wave: then another parcel was checked than was sent.
    tote.refresh_from_db()
    if tote.status != ToteStatus.PACKED:
        raise StaleState
    return order
