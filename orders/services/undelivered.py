"""Parcels that came back or got lost: what they were worth, and the merchant's decision to send the goods again or to pay back."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from core import outbox
from core.ids import uuid7
from core.states import IllegalTransition, move_to, record_change, write_changes
from logistics import services as logistics
from logistics.models import Shipment, ShipmentLine
from logistics.services.bookings import book_parcel
from logistics.services.claims import open_claim
from logistics.states import ShipmentStatus
from orders.errors import UndeliveredNotFound
from orders.events import UndeliveredMoved
from orders.models import MerchantOrder, OrderLine, UndeliveredParcel
from orders.services.cash import refuse_at_door
from orders.services.dispatching import follow
from orders.services.moves import locked_order
from orders.services.refunds import refund_order
from orders.services.returns_of_money import Part, fitting, refund_part
from orders.states import OrderStatus, UndeliveredStatus

ACTOR = "system:logistics"
# One that is being prepared has parcels only where a part of it was sent.
OPEN_ORDERS = (OrderStatus.PREPARING, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
KINDS = {ShipmentStatus.RETURNED: UndeliveredParcel.Kind.RETURNED, ShipmentStatus.LOST: UndeliveredParcel.Kind.LOST}
# Whoever sends again holds the goods only within this transaction.
HELD = dt.timedelta(minutes=5)


@transaction.atomic
def note_undelivered(*, shipment_id: uuid.UUID, at: dt.datetime) -> UndeliveredParcel | None:
    """A parcel to a shopper came back or got lost: it waits for its merchant's decision, once. None where there is nothing to decide.

    A lost one is claimed from its carrier for what its goods were sold for. A lost one that then comes back is the same entry.
    """
    shipment = Shipment.objects.filter(pk=shipment_id, direction=Shipment.Direction.TO_SHOPPER, status__in=KINDS).first()
    if shipment is None or not MerchantOrder.objects.filter(pk=shipment.reference).exists():
        return None
    order = locked_order(shipment.reference)
    if shipment.status == ShipmentStatus.LOST:
        amount = sum(part.amount_minor for part in _parts(order, shipment, is_whole_price=True))
        open_claim(shipment_id=shipment.pk, amount_minor=amount, currency=order.currency, actor=ACTOR, at=at)
    if order.status not in OPEN_ORDERS:
        return None
    kind = KINDS[ShipmentStatus(shipment.status)]
    entry, is_new = UndeliveredParcel.objects.get_or_create(
        shipment=shipment, defaults={"merchant_id": order.merchant_id, "order": order, "kind": kind, "created_at": at}
    )
    if is_new:
        write_changes([record_change(entry, "", entry.status, actor=ACTOR, reason=kind, at=at)])
        _tell(entry)
    elif entry.kind != kind:
        entry.kind = kind
        entry.save(update_fields=["kind"])
        _tell(entry)
    return entry


def _tell(entry: UndeliveredParcel, shipments: Iterable[Shipment] = ()) -> None:
    parcels = [str(shipment.pk) for shipment in shipments]
    outbox.publish(UndeliveredMoved(str(entry.pk), entry.kind, entry.status, occasion=str(uuid7()), shipment_ids=parcels))


@transaction.atomic
def note_arrived(*, shipment_id: uuid.UUID, at: dt.datetime) -> bool:
    """A parcel that was lost has been delivered: nothing is left to decide; returns whether something was."""
    shipment = Shipment.objects.filter(pk=shipment_id, status=ShipmentStatus.DELIVERED).first()
    order = MerchantOrder.objects.filter(pk=shipment.reference).exists() if shipment else False
    if shipment is None or not order:
        return False
    locked_order(shipment.reference)
    entry = UndeliveredParcel.objects.filter(shipment=shipment, status=UndeliveredStatus.OPEN).first()
    if entry is None:
        return False
    move_to(entry, UndeliveredStatus.ARRIVED, actor=ACTOR, at=at, decided_at=at)
    return True


@transaction.atomic
def send_again(
    *, entry_id: uuid.UUID, merchant_id: uuid.UUID, way: str, actor: str, at: dt.datetime, carrier: str = "", tracking_number: str = ""
) -> UndeliveredParcel:
    """The same goods leave in a new parcel, from whatever warehouse has them. Again is the same answer.

    Raises:
        UndeliveredNotFound: this merchant has no such parcel.
        IllegalTransition: it is decided otherwise, or its order has ended.
        OutOfStock: the goods are not there; refund them.
        CarrierNotAvailable, InvalidTracking: as `dispatch_order`.
    """
    entry, order = _locked(entry_id, merchant_id)
    if entry.status == UndeliveredStatus.SENT_AGAIN:
        return entry
    if order.status not in OPEN_ORDERS:
        raise IllegalTransition(status=order.get_status_display())
    move_to(entry, UndeliveredStatus.SENT_AGAIN, actor=actor, at=at, decided_at=at)
    lines = ShipmentLine.objects.filter(shipment=entry.shipment).order_by("pk")
    wanted = [logistics.ReservationLine(order.pk, order.merchant_id, line.variant_id, line.quantity) for line in lines]
    logistics.reserve(reference=entry.pk, lines=wanted, expires_at=at + HELD, at=at)
    logistics.commit_reservations(reference=entry.pk, at=at, actor=actor)
    handover = book_parcel(way=way, merchant_id=merchant_id, reference=order.pk, carrier=carrier, tracking_number=tracking_number)
    shipments = logistics.ship(
        reference=order.pk,
        merchant_id=merchant_id,
        carrier=handover.carrier,
        tracking_number=handover.tracking_number,
        actor=actor,
        at=at,
        pieces=_pieces(lines),  # and not what else of the order still waits to be sent
    )
    follow(order, handover, at)
    if order.status != OrderStatus.PREPARING:  # the clock starts with the last parcel of an order
        complete_by = at + dt.timedelta(days=settings.COMPLETE_AFTER_SHIPPING_DAYS)
        MerchantOrder.objects.filter(pk=order.pk).update(complete_by=complete_by)
    _tell(entry, shipments)
    return entry


def _pieces(lines: Iterable[ShipmentLine]) -> dict[uuid.UUID, int]:
    return {line.variant_id: line.quantity for line in lines}


@transaction.atomic
def refund_undelivered(*, entry_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> UndeliveredParcel:
    """The shopper gets back what the parcel's goods cost; the whole order with its delivery where nothing else of it is left.

    An order that was to be paid at the door ends unpaid. Again is the same answer.

    Raises:
        UndeliveredNotFound: this merchant has no such parcel.
        IllegalTransition: it is decided otherwise.
        CashNotHandedOver: to be paid at the door, and other parcels of it are still on their way.
    """
    entry, order = _locked(entry_id, merchant_id)
    if entry.status == UndeliveredStatus.REFUNDED:
        return entry
    move_to(entry, UndeliveredStatus.REFUNDED, actor=actor, at=at, reason=reason[:200], decided_at=at)
    if order.status not in {OrderStatus.REFUNDED, OrderStatus.CANCELLED}:
        _pay_back(entry, order, actor=actor, reason=reason, at=at)
    _tell(entry)
    return entry


@transaction.atomic
def close_as_arrived(*, entry_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> UndeliveredParcel:
    """The shopper has the goods after all, or they were settled otherwise.

    Raises:
        UndeliveredNotFound: this merchant has no such parcel.
        IllegalTransition: it is decided otherwise.
    """
    entry, _order = _locked(entry_id, merchant_id)
    if entry.status != UndeliveredStatus.ARRIVED:
        move_to(entry, UndeliveredStatus.ARRIVED, actor=actor, at=at, reason=reason[:200], decided_at=at)
    return entry


def _pay_back(entry: UndeliveredParcel, order: MerchantOrder, *, actor: str, reason: str, at: dt.datetime) -> None:
    parts = _parts(order, entry.shipment)
    left = sum(line.quantity - line.refunded_quantity for line in OrderLine.objects.filter(order=order))
    is_all = sum(part.quantity for part in parts) == left
    if is_all and order.checkout.is_cash and order.status == OrderStatus.SHIPPED:
        refuse_at_door(order_id=order.pk, actor=actor, reason=reason, at=at)
    elif is_all:
        refund_order(order_id=order.pk, actor=actor, reason=reason, at=at)
    elif parts:
        fitted, _shipping = fitting(order, parts, 0)
        refund_part(order_id=order.pk, cause=entry.pk, parts=fitted, shipping_minor=0, actor=actor, reason=reason, at=at)


def _parts(order: MerchantOrder, shipment: Shipment, *, is_whole_price: bool = False) -> list[Part]:
    """The parcel's pieces on the order's lines, each with its share of the line's price, rounded down.

    Args:
        is_whole_price: as if nothing had been refunded; else only what is left.
    """
    open_pieces = dict(ShipmentLine.objects.filter(shipment=shipment).values_list("variant_id", "quantity"))
    parts = []
    for line in OrderLine.objects.filter(order=order).order_by("pk"):
        gone, gone_minor = (0, 0) if is_whole_price else (line.refunded_quantity, line.refunded_minor)
        pieces = min(open_pieces.get(line.variant_id, 0), line.quantity - gone)
        if pieces > 0:
            open_pieces[line.variant_id] -= pieces
            parts.append(Part(line.pk, pieces, (line.total_minor - gone_minor) * pieces // (line.quantity - gone)))
    return parts


def _locked(entry_id: uuid.UUID, merchant_id: uuid.UUID) -> tuple[UndeliveredParcel, MerchantOrder]:
    """The order's lock comes first, as in everything that moves money of an order."""
    order_id = UndeliveredParcel.objects.filter(pk=entry_id, merchant_id=merchant_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise UndeliveredNotFound
    order = locked_order(order_id)
    entry = UndeliveredParcel.objects.select_for_update(of=("self",)).select_related("shipment").get(pk=entry_id)
    return entry, order
