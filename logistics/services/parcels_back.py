"""Parcels that come back to the warehouse they left: their goods are on the shelf again, once, whoever says it and how often."""

import datetime as dt
import uuid

from django.db import transaction

from logistics.errors import NotFound
from logistics.models import Shipment, ShipmentLine, StockMovement
from logistics.services.returns import TakenBack, take_back
from logistics.services.shipments import record_tracking
from logistics.states import ShipmentStatus

# What is with the shopper, or with nobody, does not come back.
STAYS = (ShipmentStatus.DELIVERED, ShipmentStatus.LOST)


@transaction.atomic
def take_parcel_back(*, shipment_id: uuid.UUID, actor: str, at: dt.datetime) -> int:
    """Put the goods of a returned parcel on the shelf of its warehouse, once; returns how many pieces that were not there before.

    Goods that never came off a shelf, such as a repaired piece on its way home, do not go on one.

    Raises:
        NotFound: there is no such parcel.
    """
    shipment = Shipment.objects.select_for_update(no_key=True).filter(pk=shipment_id).first()
    if shipment is None:
        raise NotFound
    left_the_shelf = StockMovement.objects.filter(reason=StockMovement.Reason.SHIPPED, reference=str(shipment.reference)).exists()
    if shipment.status != ShipmentStatus.RETURNED or not left_the_shelf:
        return 0
    lines = ShipmentLine.objects.filter(shipment=shipment).order_by("pk")
    # The key names parcel and variant, so the unique index of movements refuses the second time.
    goods = [TakenBack(uuid.uuid5(shipment.pk, str(line.variant_id)), line.variant_id, line.quantity) for line in lines]
    return take_back(goods=goods, warehouse_id=shipment.warehouse_id, actor=actor, at=at, note=str(shipment.reference))


@transaction.atomic
def take_parcels_back(*, reference: uuid.UUID, actor: str, at: dt.datetime) -> list[Shipment]:
    """Nobody took a merchant order's parcels at the door: they went back to their warehouses and are on the shelf again, once.

    Parcels that were delivered or lost stay as they are. Returns the parcels whose goods came back.
    """
    rows = Shipment.objects.filter(reference=reference).exclude(status__in=STAYS).order_by("pk")
    found = list(rows.select_for_update(no_key=True))
    for shipment in found:
        for code in (ShipmentStatus.FAILED, ShipmentStatus.RETURNED):
            if shipment.status not in {code, ShipmentStatus.RETURNED}:
                shipment.status = record_tracking(shipment_id=shipment.pk, code=code, actor=actor, at=at).status
    return [shipment for shipment in found if take_parcel_back(shipment_id=shipment.pk, actor=actor, at=at)]
