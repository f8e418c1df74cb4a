"""Sending what is promised from other warehouses than was planned."""

import datetime as dt
import uuid
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
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
from logistics.services.totes import settle_totes
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
    leaving = [row for row in _committed(group) if _must_leave(row, away_from)]
    if not leaving:
        return 0
    lines = [Line(group, row.merchant_id, row.stock.variant_id, row.quantity) for row in leaving]
    plan = plan_for(lines, _other_levels(lines, away_from), destination, at)
    changes = [Change(row.stock_id, reserved=-row.quantity) for row in leaving]
    changes += [Change(pick.stock_id, reserved=pick.quantity) for pick in plan.picks]
    moved = sum(row.quantity for row in leaving)
    _move(leaving, plan.picks, actor=actor, reason=reason, at=at)
    shifted = shift(changes)
    if not shifted.done:
        raise StaleState
    refresh_in_stock(variant_ids=shifted.touched_zero)
    settle_totes(groups=[group], actor=actor, at=at, reason=reason)
    return moved


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


def _move(leaving: Sequence[Reservation], picks: Sequence[Pick], *, actor: str, reason: str, at: dt.datetime) -> None:
    """Point the promises at their new stock rows; one that has to be sent from several places becomes several.

    All of them stay committed; history says from where each came and to where it went.
    """
    last = Reservation.objects.filter(reference=leaving[0].reference).aggregate(last=Max("ordinal"))["last"]
    left = {variant_id: deque(found) for variant_id, found in _by_variant(picks).items()}
    fresh: list[Reservation] = []
    changes = []
    for row in leaving:
        origin = row.stock.warehouse.code
        for number, (pick, quantity) in enumerate(_taken(left[row.stock.variant_id], row.quantity)):
            part = row if number == 0 else _split_off(row, last + len(fresh) + 1, at)
            if part is not row:
                fresh.append(part)
            part.stock_id, part.quantity, part.plan = pick.stock_id, quantity, pick.reasons | {"moved_from": origin}
            said = f"{origin} → {pick.reasons['warehouse']}: {reason}"[:200]
            changes.append(record_change(part, row.status, part.status, actor=actor, reason=said, at=at))
    Reservation.objects.bulk_update(leaving, ["stock_id", "quantity", "plan"])
    insert(fresh)
    write_changes(changes)


def _by_variant(picks: Sequence[Pick]) -> dict[uuid.UUID, list[list[Any]]]:
    """Picks of each variant, each with how many of its pieces nobody has taken."""
    found: dict[uuid.UUID, list[list[Any]]] = defaultdict(list)
    for pick in sorted(picks, key=lambda pick: pick.stock_id):
        found[pick.variant_id].append([pick, pick.quantity])
    return found


def _taken(left: deque[list[Any]], quantity: int) -> Iterator[tuple[Pick, int]]:
    """So many pieces off the picks that are left."""
    while quantity:
        pick, free = left[0]
        take = min(free, quantity)
        quantity -= take
        left[0][1] -= take
        if take == free:
            left.popleft()
        yield pick, take


def _split_off(row: Reservation, ordinal: int, at: dt.datetime) -> Reservation:
    return Reservation(
        merchant_id=row.merchant_id, reference=row.reference, group=row.group, ordinal=ordinal, status=row.status,
        expires_at=row.expires_at, created_at=at,
    )  # fmt: skip
