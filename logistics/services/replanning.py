"""Sending what is promised from other warehouses than was planned."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from core.compiled import insert
from core.states import StaleState, record_change, write_changes
from logistics.models import Reservation, Stock
from logistics.rules import Destination, Line, Pick, StockLevel
from logistics.services.levels import Change, shift
from logistics.services.reservations import plan_for
from logistics.services.showcase import refresh_in_stock
from logistics.services.sites import SITE_COLUMNS, level_of
from logistics.states import ReservationStatus


@transaction.atomic
def replan(
    *,
    group: uuid.UUID,
    destination: Destination | None,
    actor: str,
    at: dt.datetime,
    reason: str,
    away_from: Collection[uuid.UUID] = (),
) -> int:
    """Move what a merchant order was promised, and has not been sent, out of closed warehouses and out of `away_from`.

    All of it or nothing; how many of each variant are promised stays the same. Returns how many pieces moved.

    Args:
        destination: where it goes; only warehouses that serve it are moved to.
        away_from: keys of warehouses or of stock rows that nothing is to be sent from.

    Raises:
        OutOfStock, NotServed: the other warehouses do not have it; nothing has changed.
        StaleState: somebody else took it at this moment; ask again.
    """
    rows = _committed(group)
    leaving = [row for row in rows if _must_leave(row, away_from)]
    if not leaving:
        return 0
    lines = [Line(group, row.merchant_id, row.stock.variant_id, row.quantity) for row in leaving]
    plan = plan_for(lines, _other_levels(lines, away_from), destination, at)
    kept = {row.stock_id: row for row in rows if row not in leaving}
    joined = [kept[pick.stock_id] for pick in plan.picks if pick.stock_id in kept]
    ended = [*leaving, *joined]
    fresh = _fresh(plan.picks, kept, rows, at)
    _release(ended, actor=actor, at=at, reason=reason)
    insert(fresh)
    write_changes(record_change(row, "", row.status, actor=actor, reason=reason, at=at) for row in fresh)
    changes = [Change(row.stock_id, reserved=-row.quantity) for row in ended] + [
        Change(row.stock_id, reserved=row.quantity) for row in fresh
    ]
    shifted = shift(changes)
    if not shifted.done:
        raise StaleState
    refresh_in_stock(variant_ids=shifted.touched_zero)
    return sum(row.quantity for row in leaving)


def _committed(group: uuid.UUID) -> list[Reservation]:
    """Locked in primary-key order: whoever ships or cancels the order at the same moment waits, or we do."""
    rows = Reservation.objects.filter(group=group, status=ReservationStatus.COMMITTED)
    return list(rows.select_related("stock__warehouse").order_by("pk").select_for_update(no_key=True, of=("self",)))


def _must_leave(row: Reservation, away_from: Collection[uuid.UUID]) -> bool:
    return not row.stock.warehouse.is_active or row.stock_id in away_from or row.stock.warehouse_id in away_from


def _other_levels(lines: Sequence[Line], away_from: Collection[uuid.UUID]) -> list[StockLevel]:
    rows = Stock.objects.filter(variant_id__in={line.variant_id for line in lines}, warehouse__is_active=True)
    rows = rows.exclude(pk__in=away_from).exclude(warehouse_id__in=away_from)
    columns: tuple[Any, ...] = ("pk", "merchant_id", "variant_id", "warehouse__code", "warehouse__priority")
    return [level_of(row) for row in rows.values_list(*columns, F("on_hand") - F("reserved"), *SITE_COLUMNS)]


def _fresh(picks: Sequence[Pick], kept: dict[uuid.UUID, Reservation], rows: Sequence[Reservation], at: dt.datetime) -> list[Reservation]:
    """The new promises; one to a stock row that already sends some of this order takes its pieces over."""
    by_stock: dict[uuid.UUID, list[Pick]] = defaultdict(list)
    for pick in picks:
        by_stock[pick.stock_id].append(pick)
    reference = rows[0].reference
    last = Reservation.objects.filter(reference=reference).aggregate(last=Max("ordinal"))["last"]
    return [
        Reservation(
            merchant_id=found[0].merchant_id,
            stock_id=stock_id,
            reference=reference,
            group=found[0].group,
            ordinal=ordinal,
            quantity=sum(pick.quantity for pick in found) + (kept[stock_id].quantity if stock_id in kept else 0),
            status=ReservationStatus.COMMITTED,
            expires_at=rows[0].expires_at,
            created_at=at,
            plan=found[0].reasons | {"moved_from": sorted({row.stock.warehouse.code for row in rows if row.stock_id not in kept})},
        )
        for ordinal, (stock_id, found) in enumerate(sorted(by_stock.items()), start=last + 1)
    ]


def _release(rows: Iterable[Reservation], *, actor: str, at: dt.datetime, reason: str) -> None:
    rows = list(rows)
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(status=ReservationStatus.RELEASED)
    write_changes(record_change(row, row.status, ReservationStatus.RELEASED, actor=actor, reason=reason, at=at) for row in rows)
