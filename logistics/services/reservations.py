"""Promising goods to purchases and taking promises back.

Locks are taken in one order everywhere: reservations by key, then stock rows by key, then the showcase.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, QuerySet

from core import outbox
from core.compiled import compiled, insert
from core.states import StaleState, record_change, write_changes
from logistics.errors import InvalidQuantity, NotServed, OutOfStock, ReservationLost
from logistics.events import ReservationExpired
from logistics.models import Reservation, Stock
from logistics.rules import Destination, Line, Plan, StockLevel, allocate
from logistics.services.levels import Change, Shifted, must_shift, shift
from logistics.services.showcase import refresh_in_stock
from logistics.services.sites import SITE_COLUMNS, level_of
from logistics.services.totes import settle_totes
from logistics.states import ReservationStatus

ReservationLine = Line
MAX_QUANTITY = 1_000_000
# The purchase's own deadline comes first; the sweep here is the backstop for one that never asked for its goods back.
EXPIRY_GRACE = dt.timedelta(minutes=5)
OPEN = (ReservationStatus.HELD, ReservationStatus.COMMITTED)


@transaction.atomic(savepoint=False)
def reserve(
    *,
    reference: uuid.UUID,
    lines: Sequence[ReservationLine],
    expires_at: dt.datetime,
    at: dt.datetime,
    destination: Destination | None = None,
) -> list[Reservation]:
    """Hold the goods of a purchase until `expires_at`: all lines or none, and once per reference.

    Three statements on the usual path; the update of the hot stock rows is the last of them. There is no savepoint: after a
    refusal the surrounding transaction can only be rolled back.

    Args:
        destination: where it goes; only warehouses that serve it send. Without one all do.

    Raises:
        OutOfStock: the first line there is too little of, with what is left.
        NotServed: the first line that is there, but only where nothing is sent to this address from.
        InvalidQuantity: a line without a positive whole number.
        ReservationLost: the goods of this reference were held once and given back.
        StaleState: the same reference is being reserved by somebody else at this moment; ask again.
    """
    if not lines or not all(0 < line.quantity <= MAX_QUANTITY for line in lines):
        raise InvalidQuantity(lowest=1, highest=MAX_QUANTITY)
    stocks, known = _candidates(reference, lines)
    if known or (not stocks and _rows_of(reference).exists()):
        return _reserved_before(reference)
    # Only where a variant lies in several warehouses can a second plan succeed after the first was overtaken.
    retry_from = transaction.savepoint() if len(stocks) > len({stock.variant_id for stock in stocks}) else None
    rows, shifted = _take(reference, plan_for(lines, stocks, destination, at), expires_at, at)
    if not shifted.done:
        if retry_from is not None:
            transaction.savepoint_rollback(retry_from)
        seen = _locked_candidates(reference, lines, stocks)
        rows, shifted = _take(reference, plan_for(lines, seen, destination, at), expires_at, at)
    if not shifted.done:
        raise StaleState
    refresh_in_stock(variant_ids=shifted.touched_zero)
    return rows


def _candidates(reference: uuid.UUID, lines: Sequence[ReservationLine]) -> tuple[list[StockLevel], bool]:
    """Stock rows in active warehouses that hold a wanted variant, and whether this purchase has reservations already."""
    found = _levels(reference, list({line.variant_id: None for line in lines}))
    return [level_of(row) for row in found], any(row[-1] for row in found)


@compiled
def _levels(reference: uuid.UUID, variant_ids: list[uuid.UUID]) -> QuerySet[Any]:
    return Stock.objects.filter(variant_id__in=variant_ids, warehouse__is_active=True).values_list(
        "pk",
        "merchant_id",
        "variant_id",
        "warehouse__code",
        "warehouse__priority",
        F("on_hand") - F("reserved"),
        *SITE_COLUMNS,
        Exists(_rows_of(reference)),
    )


def _locked_candidates(reference: uuid.UUID, lines: Sequence[ReservationLine], stocks: Sequence[StockLevel]) -> list[StockLevel]:
    """The same rows read again, locked in primary-key order before, so that a plan made from them holds."""
    ids = {stock.stock_id for stock in stocks}
    list(Stock.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return [stock for stock in _candidates(reference, lines)[0] if stock.stock_id in ids]


def _rows_of(reference: uuid.UUID) -> QuerySet[Reservation]:
    return Reservation.objects.filter(reference=reference)


def _reserved_before(reference: uuid.UUID) -> list[Reservation]:
    rows = list(_rows_of(reference).filter(status__in=[*OPEN, ReservationStatus.FULFILLED]).order_by("ordinal"))
    if not rows:
        raise ReservationLost
    return rows


def plan_for(lines: Sequence[ReservationLine], stocks: Sequence[StockLevel], destination: Destination | None, at: dt.datetime) -> Plan:
    """A plan that covers all lines.

    Raises:
        OutOfStock, NotServed: the first line it cannot cover.
    """
    plan = allocate(lines, stocks, destination, at)
    for line in lines:
        if line.variant_id in plan.unserved:
            raise NotServed(variant_id=line.variant_id)
        if line.variant_id in plan.short:
            raise OutOfStock(variant_id=line.variant_id, available=plan.short[line.variant_id])
    return plan


def _take(reference: uuid.UUID, plan: Plan, expires_at: dt.datetime, at: dt.datetime) -> tuple[list[Reservation], Shifted]:
    """Write the promises, then raise the counters: the hot row is locked for as short as possible."""
    rows = [
        Reservation(
            merchant_id=pick.merchant_id,
            stock_id=pick.stock_id,
            reference=reference,
            group=pick.group,
            ordinal=ordinal,
            quantity=pick.quantity,
            expires_at=expires_at,
            created_at=at,
            plan=pick.reasons,
        )
        for ordinal, pick in enumerate(plan.picks)
    ]
    try:
        insert(rows)
    except IntegrityError as error:
        raise StaleState from error
    return rows, shift(Change(row.stock_id, reserved=row.quantity) for row in rows)


@transaction.atomic
def commit_reservations(*, reference: uuid.UUID, at: dt.datetime, actor: str = "system:logistics") -> int:
    """Keep the goods of a paid purchase for good; returns how many reservations moved, 0 when they had moved before.

    Raises:
        ReservationLost: nothing is held any more; the payment has to be given back.
    """
    rows = _locked_of(reference)
    if not rows:
        raise ReservationLost
    held = [row for row in rows if row.status == ReservationStatus.HELD]
    _move(held, ReservationStatus.COMMITTED, actor=actor, reason="", at=at)
    return len(held)


@compiled
def _locked_of(reference: uuid.UUID) -> QuerySet[Reservation]:
    rows = _rows_of(reference).exclude(status__in=[ReservationStatus.RELEASED, ReservationStatus.EXPIRED])
    return rows.order_by("pk").select_for_update(no_key=True)


@transaction.atomic
def prolong_reservations(*, reference: uuid.UUID, expires_at: dt.datetime) -> int:
    """Keep what is held for a purchase until a later moment; returns how many rows, 0 where nothing is held any more."""
    held = _locked(_rows_of(reference).filter(status=ReservationStatus.HELD, expires_at__lt=expires_at))
    return Reservation.objects.filter(pk__in=[row.pk for row in held]).update(expires_at=expires_at)


@transaction.atomic
def release_reservations(
    *, reference: uuid.UUID, at: dt.datetime, reason: str, group: uuid.UUID | None = None, actor: str = "system:logistics"
) -> int:
    """Give back what is held or committed, of the whole purchase or one merchant order; returns how many rows moved.

    Calling it again moves nothing. Goods that were shipped stay shipped.
    """
    rows = _rows_of(reference).filter(status__in=OPEN)
    if group is not None:
        rows = rows.filter(group=group)
    locked = _locked(rows)
    committed = {row.group for row in locked if row.status == ReservationStatus.COMMITTED}
    released = _give_back(locked, ReservationStatus.RELEASED, actor=actor, reason=reason, at=at)
    if committed:
        settle_totes(groups=committed, actor=actor, at=at, reason=reason)
    return released


def expire_reservations(*, at: dt.datetime, limit: int = 500) -> int:
    """Sweep: give back what is still held 5 minutes after its deadline, one purchase per transaction.

    Returns how many purchases were expired. Several sweeps may run at once.
    """
    due = Reservation.objects.filter(status=ReservationStatus.HELD, expires_at__lte=at - EXPIRY_GRACE)
    references = due.order_by("expires_at").values_list("reference", flat=True)[:limit]
    return sum(_expire(reference, at) for reference in dict.fromkeys(references))


@transaction.atomic
def _expire(reference: uuid.UUID, at: dt.datetime) -> bool:
    held = _locked(_rows_of(reference).filter(status=ReservationStatus.HELD, expires_at__lte=at - EXPIRY_GRACE))
    expired = _give_back(held, ReservationStatus.EXPIRED, actor="system:expiry", reason="not paid in time", at=at)
    if expired:
        outbox.publish(ReservationExpired(reference=str(reference)))
    return bool(expired)


def _locked(rows: QuerySet[Reservation]) -> list[Reservation]:
    """Locked in primary-key order; a row somebody else moved while we waited is left out."""
    return list(rows.order_by("pk").select_for_update(no_key=True))


def _give_back(rows: Collection[Reservation], status: str, *, actor: str, reason: str, at: dt.datetime) -> int:
    _move(rows, status, actor=actor, reason=reason, at=at)
    refresh_in_stock(variant_ids=must_shift(Change(row.stock_id, reserved=-row.quantity) for row in rows))
    return len(rows)


def _move(rows: Iterable[Reservation], status: str, *, actor: str, reason: str, at: dt.datetime) -> None:
    """Move rows this transaction has locked, with their history, in two statements."""
    rows = list(rows)
    if not rows:
        return
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(status=status)
    write_changes(record_change(row, row.status, status, actor=actor, reason=reason, at=at) for row in rows)
    for row in rows:
        row.status = status
