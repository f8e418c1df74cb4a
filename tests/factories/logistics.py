from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from itertools import count
from typing import Any

from catalog.models import Variant
from core.ids import uuid7
from logistics import services
from logistics.models import Reservation, Shipment, Stock, Warehouse
from merchants.models import Merchant
from tests.factories.catalog import make_variant
from tests.factories.merchants import make_merchant

_number = count(1)
# The clock of the database judges what is overdue (invariant views), so tests live today.
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
SOON = NOW + dt.timedelta(minutes=30)


def make_warehouse(merchant: Merchant | None = None, **overrides: Any) -> Warehouse:
    number = next(_number)
    fields = {"code": f"W{number:03}", "name": f"Warehouse {number}", "kind": Warehouse.Kind.CENTRAL, "city": "Shanghai", **overrides}
    return services.create_warehouse(merchant=merchant or make_merchant(), **fields)


def make_stock(quantity: int = 10, *, variant: Variant | None = None, warehouse: Warehouse | None = None, at: dt.datetime = NOW) -> Stock:
    """A stock row of a published variant with `quantity` pieces received; 0 makes an empty shelf."""
    variant = variant or make_variant()
    warehouse = warehouse or make_warehouse(variant.merchant)
    if quantity:
        return services.receive_stock(variant=variant, warehouse=warehouse, quantity=quantity, actor="system:test", at=at)
    return Stock.objects.create(variant=variant, warehouse=warehouse, merchant=warehouse.merchant)


def lines_of(wanted: Mapping[Any, int], group: uuid.UUID | None = None) -> list[services.ReservationLine]:
    """Lines for reserve() of stock rows' variants or of variants; those of one merchant share a group unless one is given."""
    groups: dict[uuid.UUID, uuid.UUID] = {}
    lines = []
    for row, quantity in wanted.items():
        variant_id = row.variant_id if isinstance(row, Stock) else row.pk
        own = group or groups.setdefault(row.merchant_id, uuid7())
        lines.append(services.ReservationLine(own, row.merchant_id, variant_id, quantity))
    return lines


def make_reservations(
    wanted: Mapping[Any, int],
    *,
    reference: uuid.UUID | None = None,
    group: uuid.UUID | None = None,
    expires_at: dt.datetime = SOON,
    at: dt.datetime = NOW,
    committed: bool = False,
) -> list[Reservation]:
    """A purchase's goods held (or, with `committed`, kept for good) through the real services."""
    reference = reference or uuid7()
    rows = services.reserve(reference=reference, lines=lines_of(wanted, group), expires_at=expires_at, at=at)
    if committed:
        services.commit_reservations(reference=reference, at=at)
    return rows


def make_shipment(stock: Stock | None = None, quantity: int = 1, *, tracking_number: str = "", at: dt.datetime = NOW) -> Shipment:
    """A parcel handed over to the carrier."""
    [row] = make_reservations({stock or make_stock(): quantity}, committed=True, at=at)
    number = tracking_number or f"SF{next(_number):010}"
    [shipment] = services.ship(
        reference=row.group, merchant_id=row.merchant_id, carrier="SF Express", tracking_number=number, actor="system:test", at=at
    )
    return shipment
