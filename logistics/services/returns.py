"""Goods that come back, and parcels whose goods do not come off a shelf: sent back by a shopper, or repaired and on their way home."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from catalog.models import Variant
from core.states import record_change, write_changes
from logistics.errors import InvalidQuantity, InvalidTracking, NotFound, WrongMerchant
from logistics.models import Shipment, ShipmentEvent, ShipmentLine, Stock, StockMovement, Warehouse
from logistics.services.levels import Change, must_shift
from logistics.services.shipments import LONGEST
from logistics.services.showcase import refresh_in_stock
from logistics.services.stock import MAX_QUANTITY
from logistics.states import ShipmentStatus


@dataclass(frozen=True, slots=True)
class TakenBack:
    """So many pieces of a variant that came back for `key` (a line of an after-sales case)."""

    key: uuid.UUID
    variant_id: uuid.UUID
    quantity: int


@transaction.atomic
def take_back(*, goods: Sequence[TakenBack], warehouse_id: uuid.UUID, actor: str, at: dt.datetime, note: str = "") -> int:
    """Put returned pieces on the shelf, each key once; returns how many pieces that were not there before.

    Raises:
        NotFound: there is no such warehouse.
        InvalidQuantity: not between 1 and 1,000,000.
        WrongMerchant: a variant is of another merchant than the warehouse.
    """
    if not all(0 < piece.quantity <= MAX_QUANTITY for piece in goods):
        raise InvalidQuantity(lowest=1, highest=MAX_QUANTITY)
    shelves = _shelves(goods, warehouse_id, at)
    movements = [
        StockMovement(
            stock_id=shelves[piece.variant_id],
            delta=piece.quantity,
            reason=StockMovement.Reason.RETURNED,
            reference=str(piece.key),
            note=note[:200],
            actor=actor,
            created_at=at,
        )
        for piece in goods
    ]
    # The unique index decides who was first; only what this transaction wrote is added to the counters.
    StockMovement.objects.bulk_create(movements, ignore_conflicts=True)
    ours = StockMovement.objects.filter(pk__in=[row.pk for row in movements]).values_list("stock_id", "delta")
    changes = [Change(stock_id, on_hand=delta) for stock_id, delta in ours]
    refresh_in_stock(variant_ids=must_shift(changes))
    return sum(change.on_hand for change in changes)


def _shelves(goods: Sequence[TakenBack], warehouse_id: uuid.UUID, at: dt.datetime) -> dict[uuid.UUID, uuid.UUID]:
    """The stock row of each variant in that warehouse, made where there was none."""
    warehouse = Warehouse.objects.filter(pk=warehouse_id).first()
    if warehouse is None:
        raise NotFound
    variants = sorted({piece.variant_id for piece in goods})
    if Variant.objects.filter(pk__in=variants).exclude(merchant_id=warehouse.merchant_id).exists():
        raise WrongMerchant
    rows = [Stock(variant_id=pk, warehouse=warehouse, merchant_id=warehouse.merchant_id, created_at=at) for pk in variants]
    Stock.objects.bulk_create(rows, ignore_conflicts=True)
    return dict(Stock.objects.filter(variant_id__in=variants, warehouse=warehouse).values_list("variant_id", "pk"))


@transaction.atomic
def announce_parcel(
    *,
    reference: uuid.UUID,
    warehouse_id: uuid.UUID,
    direction: Shipment.Direction,
    goods: Mapping[uuid.UUID, int],
    carrier: str,
    tracking_number: str,
    actor: str,
    at: dt.datetime,
) -> Shipment:
    """A parcel that was handed to a carrier without anything leaving the shelves; the same number again is the same parcel.

    Args:
        goods: variant → pieces in it.

    Raises:
        InvalidTracking: carrier or number is empty or too long.
        NotFound: there is no such warehouse.
    """
    carrier, tracking_number = carrier.strip(), tracking_number.strip()
    if not (0 < len(carrier) <= LONGEST and 0 < len(tracking_number) <= LONGEST):
        raise InvalidTracking
    warehouse = Warehouse.objects.filter(pk=warehouse_id).first()
    if warehouse is None:
        raise NotFound
    shipment, is_new = Shipment.objects.get_or_create(
        reference=reference,
        warehouse=warehouse,
        tracking_number=tracking_number,
        defaults={
            "merchant_id": warehouse.merchant_id,
            "direction": direction,
            "status": ShipmentStatus.HANDED_OVER,
            "carrier": carrier,
            "shipped_at": at,
            "created_at": at,
        },
    )
    if is_new:
        ShipmentLine.objects.bulk_create(ShipmentLine(shipment=shipment, variant_id=pk, quantity=count) for pk, count in goods.items())
        ShipmentEvent.objects.create(shipment=shipment, code=shipment.status, at=at, created_at=at)
        write_changes([record_change(shipment, "", shipment.status, actor=actor, reason="", at=at)])
    return shipment
