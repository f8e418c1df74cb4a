"""Parcels: handing goods over to a carrier and following them."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from core import outbox
from core.ids import uuid7
from core.outbox import Event
from core.states import move_to, record_change, write_changes
from logistics.errors import InvalidQuantity, InvalidTracking, MoreThanDue, NotFound, NothingToShip, TrackingUsed
from logistics.events import DeliveryFailed, ShipmentDelivered, ShipmentLost, ShipmentReturned
from logistics.models import Reservation, Shipment, ShipmentEvent, ShipmentLine, StockMovement
from logistics.services.levels import Change, must_shift
from logistics.services.totes import settle_sent
from logistics.states import ReservationStatus, ShipmentStatus

LONGEST = 60
LEADS_TO_THE_DOOR = [status for status, following in Shipment.TRANSITIONS.items() if ShipmentStatus.DELIVERED in following]
# A lost parcel may be found, but nobody who has the others has said so.
UNDER_WAY = [status for status in LEADS_TO_THE_DOOR if status != ShipmentStatus.LOST]
NEWS: dict[str, Callable[..., Event]] = {
    ShipmentStatus.DELIVERED: ShipmentDelivered,
    ShipmentStatus.RETURNED: ShipmentReturned,
    ShipmentStatus.LOST: ShipmentLost,
}


@transaction.atomic
def ship(
    *,
    reference: uuid.UUID,
    merchant_id: uuid.UUID,
    carrier: str,
    tracking_number: str,
    actor: str,
    at: dt.datetime,
    pieces: Mapping[uuid.UUID, int] | None = None,
    warehouse_id: uuid.UUID | None = None,
) -> list[Shipment]:
    """Hand goods of a merchant order over: one shipment per warehouse, goods leave the books.

    The same tracking number for the same goods again returns the same shipments and changes nothing.

    Args:
        reference: the merchant order, which is the `group` of its reservations.
        pieces: how many of which variant go; everything that is left when not given.
        warehouse_id: what goes leaves this warehouse; wherever it lies when not given.

    Raises:
        NothingToShip: nothing of this order is committed for this merchant, or it was shipped under another number.
        MoreThanDue: more pieces than are left of a variant.
        TrackingUsed: other goods of this order went under this number.
        InvalidQuantity: a number of pieces that is none.
        InvalidTracking: carrier or number is empty or too long.
    """
    carrier, tracking_number = carrier.strip(), tracking_number.strip()
    if not (0 < len(carrier) <= LONGEST and 0 < len(tracking_number) <= LONGEST):
        raise InvalidTracking
    rows = [row for row in _committed(reference, merchant_id) if warehouse_id in {None, row.stock.warehouse_id}]
    sent = list(Shipment.objects.filter(reference=reference, merchant_id=merchant_id, tracking_number=tracking_number))
    if sent:
        return _sent_before(sent, rows, pieces, warehouse_id)
    if not rows:
        raise NothingToShip
    taken = rows if pieces is None else _taken(rows, pieces, at)
    shipments = _pack(taken, carrier=carrier, tracking_number=tracking_number, actor=actor, at=at)
    _hand_over(taken, actor=actor, at=at)
    went: dict[tuple[uuid.UUID, uuid.UUID], int] = defaultdict(int)
    for row in taken:
        went[row.stock.warehouse_id, row.stock.variant_id] += row.quantity
    settle_sent(shipments=shipments, sent=went, actor=actor, at=at)
    return shipments


def _committed(reference: uuid.UUID, merchant_id: uuid.UUID) -> list[Reservation]:
    """Locked in primary-key order: whoever ships the same order at the same moment waits here and then finds nothing left."""
    rows = Reservation.objects.filter(group=reference, merchant_id=merchant_id, status=ReservationStatus.COMMITTED)
    return list(rows.select_related("stock").order_by("pk").select_for_update(no_key=True, of=("self",)))


def _sent_before(
    sent: list[Shipment], rows: Sequence[Reservation], pieces: Mapping[uuid.UUID, int] | None, warehouse_id: uuid.UUID | None
) -> list[Shipment]:
    """The shipments under a number, where this is the same request again."""
    if warehouse_id is not None and any(shipment.warehouse_id != warehouse_id for shipment in sent):
        raise TrackingUsed
    if pieces is None:
        is_same = not rows
    else:
        went: dict[uuid.UUID, int] = defaultdict(int)
        for line in ShipmentLine.objects.filter(shipment__in=sent):
            went[line.variant_id] += line.quantity
        is_same = dict(pieces) == went
    if not is_same:
        raise TrackingUsed
    return sorted(sent, key=lambda shipment: (shipment.created_at, shipment.pk))


def _taken(rows: Sequence[Reservation], pieces: Mapping[uuid.UUID, int], at: dt.datetime) -> list[Reservation]:
    """The rows that go, in the order in which they were planned; one of which a part goes is split in two.

    The row that stays keeps its key: whoever waits for its lock finds it with what is left of it.
    """
    if not pieces:
        raise NothingToShip
    if not all(isinstance(count, int) and count > 0 for count in pieces.values()):
        raise InvalidQuantity(lowest=1, highest=sum(row.quantity for row in rows))
    missing = dict(pieces)
    taken = []
    for row in rows:
        count = min(row.quantity, missing.get(row.stock.variant_id, 0))
        if count:
            missing[row.stock.variant_id] -= count
            taken.append(row if count == row.quantity else _split(row, count, at))
    for variant_id, count in missing.items():
        if count:
            raise MoreThanDue(variant_id=variant_id, due=pieces[variant_id] - count)
    return taken


def _split(row: Reservation, count: int, at: dt.datetime) -> Reservation:
    """Take `count` pieces off a row; they come as a row that is not saved yet."""
    Reservation.objects.filter(pk=row.pk).update(quantity=F("quantity") - count)
    copied = {name: getattr(row, name) for name in ("merchant_id", "stock", "reference", "group", "status", "expires_at", "plan")}
    return Reservation(quantity=count, created_at=at, **copied)


def _pack(rows: Sequence[Reservation], *, carrier: str, tracking_number: str, actor: str, at: dt.datetime) -> list[Shipment]:
    """One shipment per warehouse with its lines and the first event of its timeline."""
    pieces: dict[uuid.UUID, dict[uuid.UUID, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        pieces[row.stock.warehouse_id][row.stock.variant_id] += row.quantity
    shipments = {
        warehouse_id: Shipment(
            merchant_id=rows[0].merchant_id,
            warehouse_id=warehouse_id,
            reference=rows[0].group,
            status=ShipmentStatus.HANDED_OVER,
            carrier=carrier,
            tracking_number=tracking_number,
            shipped_at=at,
            created_at=at,
        )
        for warehouse_id in sorted(pieces)
    }
    made = Shipment.objects.bulk_create(shipments.values())
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipments[warehouse_id], variant_id=variant_id, quantity=quantity)
        for warehouse_id, lines in pieces.items()
        for variant_id, quantity in lines.items()
    )
    ShipmentEvent.objects.bulk_create(ShipmentEvent(shipment=row, code=row.status, at=at, created_at=at) for row in made)
    write_changes(record_change(row, "", row.status, actor=actor, reason="", at=at) for row in made)
    return made


def _hand_over(rows: Sequence[Reservation], *, actor: str, at: dt.datetime) -> None:
    """Reservations become movements out of the warehouse."""
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(status=ReservationStatus.FULFILLED)
    write_changes(record_change(row, row.status, ReservationStatus.FULFILLED, actor=actor, reason="shipped", at=at) for row in rows)
    split_off = [row for row in rows if row._state.adding]
    for row in split_off:
        row.status = ReservationStatus.FULFILLED
    Reservation.objects.bulk_create(split_off)
    StockMovement.objects.bulk_create(
        StockMovement(
            stock_id=row.stock_id,
            delta=-row.quantity,
            reason=StockMovement.Reason.SHIPPED,
            reference=str(row.group),
            actor=actor,
            created_at=at,
        )
        for row in rows
    )
    must_shift(Change(row.stock_id, on_hand=-row.quantity, reserved=-row.quantity) for row in rows)


@transaction.atomic
def record_tracking(
    *,
    shipment_id: uuid.UUID,
    code: str,
    at: dt.datetime,
    actor: str,
    place: str = "",
    note: str = "",
    merchant_id: uuid.UUID | None = None,
) -> Shipment:
    """Add what the carrier told to a parcel's timeline and move the parcel there; the same news twice is one entry.

    Args:
        code: a ShipmentStatus; the present one again is a further scan at another place.
        at: when it happened, as the carrier says.
        merchant_id: when given, parcels of other merchants do not exist.

    Raises:
        NotFound: there is no such parcel.
        IllegalTransition: a parcel cannot go from where it is to `code`.
    """
    rows = Shipment.objects.select_for_update(no_key=True).filter(pk=shipment_id)
    shipment: Shipment | None = (rows if merchant_id is None else rows.filter(merchant_id=merchant_id)).first()
    if shipment is None:
        raise NotFound
    event = {"shipment": shipment, "code": code, "place": place[:80], "note": note[:200], "at": at}
    if ShipmentEvent.objects.filter(**event).exists():
        return shipment
    if code != shipment.status:
        _move(shipment, code, actor=actor, at=at)
    ShipmentEvent.objects.create(**event)
    return shipment


@transaction.atomic
def deliver(*, reference: uuid.UUID, actor: str, at: dt.datetime) -> list[Shipment]:
    """Somebody says that all of a merchant order has arrived: its parcels that are under way are delivered, each with its event.

    Parcels that have arrived or gone back stay as they are, so again is no news. Returns the parcels that moved.
    """
    rows = Shipment.objects.filter(reference=reference, status__in=UNDER_WAY).order_by("pk")
    shipments = list(rows.select_for_update(no_key=True))
    for shipment in shipments:
        _move(shipment, ShipmentStatus.DELIVERED, actor=actor, at=at)
    ShipmentEvent.objects.bulk_create(ShipmentEvent(shipment=row, code=row.status, at=at) for row in shipments)
    return shipments


def _move(shipment: Shipment, code: str, *, actor: str, at: dt.datetime) -> None:
    changes: dict[str, Any] = {"delivered_at": at} if code == ShipmentStatus.DELIVERED else {}
    move_to(shipment, code, actor=actor, at=at, **changes)
    if code in NEWS:
        outbox.publish(NEWS[code](reference=str(shipment.reference), shipment_id=str(shipment.pk)))
    if code == ShipmentStatus.FAILED:
        outbox.publish(DeliveryFailed(reference=str(shipment.reference), shipment_id=str(shipment.pk), occasion=str(uuid7())))
