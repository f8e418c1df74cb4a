"""Comparing a day of a provider's list with our books, and what a person says about the differences."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import logging
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction

from core import outbox
from core.doorbell import ring
from core.states import move_to
from payments import gateways, matching
from payments.errors import DayNotOver, DifferenceSettled
from payments.events import ReconciliationDiffered
from payments.gateways.base import GatewayError, ProviderMovement, outside_transaction
from payments.matching import Findings
from payments.models import Movement, PaymentAttempt, Reconciliation, ReconciliationDifference, ReconciliationTotal
from payments.services.fees import book_fees
from payments.services.movements import BOOKS, Books, ours_of_fee
from payments.states import DifferenceStatus, ReconciliationStatus

log = logging.getLogger(__name__)
ACTOR = "system:reconciliation"
CHUNK = 500
# A day is compared two hours after its end, when what moved in its last minutes is settled on both sides.
AFTER_THE_DAY = dt.timedelta(hours=2)
CATCH_UP_DAYS = 7
TRY_AGAIN = dt.timedelta(hours=1)
LEASE = dt.timedelta(minutes=15)


def reconcile_day(*, gateway: str, day: dt.date, at: dt.datetime, actor: str = ACTOR) -> Reconciliation:
    """Compare one day (UTC) of a gateway now. A second run replaces the open differences of the first and keeps the settled ones.

    What the provider has and we have not settled is asked about and settled before it counts as a difference; what we have and its list
    has not is asked about one by one, because it may be on the list of the day before.

    Raises:
        NotReconcilable: the gateway shows no list.
        DayNotOver: the day has not begun.
        GatewayError: the provider could not be read; the day is marked as failed.
    """
    outside_transaction()
    row = request_day(gateway=gateway, day=day, actor=actor, at=at)
    try:
        findings = _compare(gateway, *_bounds(day), at)
    except GatewayError as error:
        _fail(row, error, at)
        raise
    return _store(row, findings, at)


def request_day(*, gateway: str, day: dt.date, actor: str, at: dt.datetime) -> Reconciliation:
    """Ask for a day to be compared; the next sweep does it.

    Raises:
        NotReconcilable: the gateway shows no list.
        DayNotOver: the day has not begun.
    """
    gateways.movement_lister(gateway)
    if _bounds(day)[0] > at:
        raise DayNotOver
    with transaction.atomic():
        Reconciliation.objects.bulk_create([Reconciliation(gateway=gateway, day=day, requested_at=at)], ignore_conflicts=True)
        row = Reconciliation.objects.select_for_update().get(gateway=gateway, day=day)
        if row.status != ReconciliationStatus.REQUESTED:
            move_to(row, ReconciliationStatus.REQUESTED, actor=actor, at=at, requested_at=at)
        ring("payments.tasks.reconcile")
    return row


def reconcile_due(*, at: dt.datetime) -> int:
    """Compare what was asked for and every past day of the last week that nobody has compared; returns how many days it were."""
    return sum(_attempted(gateway, day, at) for gateway, day in _due(at))


def settle_difference(*, difference_id: uuid.UUID, status: str, note: str, actor: str, at: dt.datetime) -> ReconciliationDifference:
    """Say why a difference is there (explained) or what was done about it (resolved). The last one settles the day.

    Raises:
        DifferenceSettled: it is not open any more, or gone.
    """
    with transaction.atomic():
        day = Reconciliation.objects.select_for_update(of=("self",)).filter(differences__pk=difference_id).first()
        row = ReconciliationDifference.objects.select_for_update().filter(pk=difference_id).first()
        if day is None or row is None or status not in row.TRANSITIONS.get(row.status, ()):
            raise DifferenceSettled
        move_to(row, status, actor=actor, at=at, reason=note[:200], note=note[:300], settled_at=at, settled_by=actor)
        if day.status == ReconciliationStatus.DIFFERS and not day.differences.filter(status=DifferenceStatus.OPEN).exists():
            move_to(day, ReconciliationStatus.EXPLAINED, actor=actor, at=at)
    return row


def _bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    start = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    return start, start + dt.timedelta(days=1)


def _due(at: dt.datetime) -> Iterator[tuple[str, dt.date]]:
    """Requested days, and days of gateways in use that are over and not compared, or whose comparing failed an hour ago."""
    requested = Reconciliation.objects.filter(status=ReconciliationStatus.REQUESTED, requested_at__lte=at)
    yield from list(requested.order_by("requested_at").values_list("gateway", "day"))
    last = (at - AFTER_THE_DAY).date() - dt.timedelta(days=1)
    for code in gateways.reconcilable_gateways():
        oldest = PaymentAttempt.objects.filter(gateway=code).order_by("created_at").values_list("created_at", flat=True).first()
        first = max(oldest.date(), last - dt.timedelta(days=CATCH_UP_DAYS - 1)) if oldest else last + dt.timedelta(days=1)
        rows = Reconciliation.objects.filter(gateway=code, day__gte=first)
        done = set(rows.exclude(status=ReconciliationStatus.FAILED, finished_at__lt=at - TRY_AGAIN).values_list("day", flat=True))
        days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
        yield from ((code, day) for day in days if day not in done)


def _attempted(gateway: str, day: dt.date, at: dt.datetime) -> bool:
    """Take a day for this worker, so that no other reads the same list meanwhile, and compare it."""
    row = request_day(gateway=gateway, day=day, actor=ACTOR, at=at)
    mine = Reconciliation.objects.filter(pk=row.pk, status=ReconciliationStatus.REQUESTED, requested_at__lte=at)
    if not mine.update(requested_at=at + LEASE):
        return False
    try:
        reconcile_day(gateway=gateway, day=day, at=at)
    except Exception:
        log.exception("reconciling a day failed", extra={"gateway": gateway, "day": str(day)})
    return True


def _compare(gateway: str, since: dt.datetime, until: dt.datetime, at: dt.datetime) -> Findings:
    findings = Findings()
    movements = gateways.movement_lister(gateway)(since, until)
    while chunk := list(itertools.islice(movements, CHUNK)):
        for kind in Movement:
            _compare_kind(gateway, kind, [theirs for theirs in chunk if theirs.kind == kind], findings, at)
    for books in BOOKS.values():
        _look_for_missing(gateway, books, (since, until), findings)
    return findings


def _compare_kind(gateway: str, kind: Movement, theirs: list[ProviderMovement], findings: Findings, at: dt.datetime) -> None:
    if kind == Movement.FEE:
        _book_fees(gateway, theirs, findings, at)
        return
    books = BOOKS.get(kind)
    rows = books.find(gateway, theirs) if books and theirs else {}
    for movement in theirs:
        findings.see_theirs(movement)
        if books is not None:  # what we keep no books of is only counted
            row = rows.get(movement.reference) or rows.get(movement.provider_id)
            _compare_one(books, gateway, row, movement, findings, at)


def _book_fees(gateway: str, theirs: list[ProviderMovement], findings: Findings, at: dt.datetime) -> None:
    """Fees reach our books by this list alone, so they only differ where the provider has changed one that is booked."""
    rows = book_fees(gateway=gateway, movements=theirs, at=at) if theirs else {}
    for movement in theirs:
        ours = ours_of_fee(rows[movement.provider_id])
        findings.see_theirs(movement)
        findings.see_ours(ours)
        difference = matching.compare(ours, movement, is_matched=False)
        if difference is not None:
            findings.differences.append(difference)


def _compare_one(books: Books, gateway: str, row: Any, theirs: ProviderMovement, findings: Findings, at: dt.datetime) -> None:
    ours = books.ours(row) if row is not None else None
    if ours is not None and ours.settled_at is None:
        ours = books.ours(books.again(gateway, row, at))
        findings.repaired += ours.settled_at is not None
    key = (str(theirs.kind), ours.number if ours else "")
    difference = matching.compare(ours, theirs, is_matched=key in findings.matched)
    if difference is not None:
        findings.differences.append(difference)
    if ours is not None and ours.settled_at is not None and key not in findings.matched:
        findings.see_ours(ours)
        findings.matched.add(key)


def _look_for_missing(gateway: str, books: Books, window: tuple[dt.datetime, dt.datetime], findings: Findings) -> None:
    """What we settled on that day and the list does not have: either it is on the day before's, or the provider does not know it."""
    for row in books.settled_in(gateway, *window):
        if (str(books.movement), str(row.pk)) not in findings.matched and not books.is_there(row):
            findings.see_ours(books.ours(row))
            findings.differences.append(matching.missing_there(books.ours(row)))


def _fail(row: Reconciliation, error: GatewayError, at: dt.datetime) -> None:
    log.warning("provider's list could not be read", extra={"reconciliation": str(row.pk), "error": str(error)})
    problem: dict[str, Any] = {"problem": (str(error) or type(error).__name__)[:200], "finished_at": at, "runs": row.runs + 1}
    with transaction.atomic():
        move_to(row, ReconciliationStatus.FAILED, actor=ACTOR, at=at, **problem)


def _store(row: Reconciliation, findings: Findings, at: dt.datetime) -> Reconciliation:
    """Replace what the last run found; of two runs at once the first to get here is kept."""
    with transaction.atomic():
        row = Reconciliation.objects.select_for_update().get(pk=row.pk)
        if row.status != ReconciliationStatus.REQUESTED:
            return row
        fresh = _replace_differences(row, findings.differences)
        _replace_totals(row, findings)
        status = (
            ReconciliationStatus.DIFFERS
            if fresh
            else ReconciliationStatus.EXPLAINED
            if findings.differences
            else ReconciliationStatus.CLEAN
        )
        result: dict[str, Any] = {"repaired": row.repaired + findings.repaired, "runs": row.runs + 1, "problem": "", "finished_at": at}
        move_to(row, status, actor=ACTOR, at=at, **result)
        if fresh:
            log.error("provider's list differs from our books", extra={"reconciliation": str(row.pk), "differences": fresh})
            outbox.publish(ReconciliationDiffered(str(row.pk), row.gateway, row.day.isoformat(), fresh))
    return row


def _replace_differences(row: Reconciliation, found: Iterable[matching.Difference]) -> int:
    """Open differences are written anew; those a person has settled stay and do not open again. Returns how many are open."""
    row.differences.filter(status=DifferenceStatus.OPEN).delete()
    names = [field.name for field in dataclasses.fields(matching.Difference)]
    settled = set(row.differences.values_list(*names))
    fresh = [item for item in dict.fromkeys(found) if tuple(getattr(item, name) for name in names) not in settled]
    ReconciliationDifference.objects.bulk_create(ReconciliationDifference(reconciliation=row, **dataclasses.asdict(item)) for item in fresh)
    return len(fresh)


def _replace_totals(row: Reconciliation, findings: Findings) -> None:
    row.totals.all().delete()
    ReconciliationTotal.objects.bulk_create(
        ReconciliationTotal(reconciliation=row, movement=movement, currency=currency, **dataclasses.asdict(sums))
        for (movement, currency), sums in sorted(findings.sums.items())
    )
