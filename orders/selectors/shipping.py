"""What a merchant has to send: the queue, and what of each order waits in which warehouse."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from catalog.models import Variant
from core.i18n import translated
from core.money import Money
from logistics.models import Reservation, Shipment, Warehouse
from logistics.selectors import due_of
from logistics.states import ReservationStatus
from merchants.models import Merchant
from orders.models import MerchantOrder, OrderLine
from orders.selectors.purchases import orders_to_ship
from payments.models import CashCollection


@dataclass(frozen=True)
class Due:
    """So many pieces of an article of an order that are still to be sent from a warehouse; `bin` is where they lie there, or empty."""

    order_id: uuid.UUID
    variant_id: uuid.UUID
    sku: str
    title: str
    options: str
    warehouse: Warehouse
    quantity: int
    variant: Variant
    bin: str = ""


def queue_to_ship(
    merchant: Merchant, *, search: str = "", warehouse_id: uuid.UUID | None = None, overdue_at: dt.datetime | None = None
) -> QuerySet[MerchantOrder]:
    """A merchant's orders to send, the most urgent first, with purchases and lines.

    Args:
        search: a part of a number, of the buyer's name or of a SKU.
        warehouse_id: only what waits in this warehouse.
        overdue_at: only what should have been sent by then.
    """
    rows = orders_to_ship(merchant)
    if search:
        line = OrderLine.objects.filter(order=OuterRef("pk"), sku__icontains=search)
        rows = rows.filter(Q(number__icontains=search) | Q(checkout__name__icontains=search) | Exists(line))
    if warehouse_id is not None:
        rows = rows.filter(Exists(_waiting().filter(stock__warehouse=warehouse_id)))
    return rows.filter(ship_by__lt=overdue_at) if overdue_at is not None else rows


def _waiting() -> QuerySet[Reservation]:
    rows: QuerySet[Reservation] = Reservation.objects.filter(group=OuterRef("pk"), status=ReservationStatus.COMMITTED)
    return rows


def due_by_order(orders: Collection[MerchantOrder]) -> dict[uuid.UUID, list[Due]]:
    """What is still to be sent of orders whose lines are loaded, in the order of SKUs; as it was named when it was bought. One query."""
    named: dict[tuple[uuid.UUID, uuid.UUID], OrderLine] = {}
    found: dict[uuid.UUID, list[Due]] = {}
    for order in orders:
        found[order.pk] = []
        for line in order.lines.all():
            named.setdefault((order.pk, line.variant_id), line)
    for row in due_of(found):
        line = named[row.group, row.stock.variant_id]
        found[row.group].append(
            Due(
                order_id=row.group,
                variant_id=line.variant_id,
                sku=line.sku,
                title=translated({"title": line.title}, line.i18n, "title"),
                options=" · ".join(map(str, line.options.values())),
                warehouse=row.stock.warehouse,
                quantity=row.quantity,
                bin=row.stock.bin.code if row.stock.bin else "",
                variant=row.stock.variant,
            )
        )
    return found


def parcels_sent(order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many parcels of each order have left; orders without any are not in it. One query."""
    rows: Any = Shipment.objects.filter(reference__in=order_ids, direction=Shipment.Direction.TO_SHOPPER)
    return dict(rows.order_by().values_list("reference").annotate(parcels=Count("pk")))


def cash_at_the_door(orders: Collection[MerchantOrder]) -> dict[uuid.UUID, Money]:
    """What is collected for those of the orders that are paid at the door. One query, none where there are none of them."""
    ids = [order.pk for order in orders if order.checkout.is_cash]
    rows = CashCollection.objects.filter(reference__in=ids) if ids else ()
    return {row.reference: Money(row.amount_minor, row.currency) for row in rows}
