"""What workers do for imports, a step at a time: read the file, check its rows, apply them, take them back.

A step is one transaction that begins with the import's row locked and ends with its checkpoint moved, so any number of workers can be
killed at any moment, or work on the same import: each row is treated exactly once.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q

from catalog.imports import spool, storage
from catalog.imports.apply import apply, changes_of
from catalog.imports.categories import aliases_of
from catalog.imports.errors import FileGone, FileRefused, RowsRefused, TooManyRows, WorkGivenUp
from catalog.imports.found import found_for
from catalog.imports.plan import plan
from catalog.imports.reading import read_file
from catalog.imports.records import note_changes, note_problems
from catalog.imports.rows import Goods, Rules, goods_of
from catalog.imports.services import LEASE, fail, finish
from catalog.imports.undo import undo_piece
from catalog.imports.works import Work
from catalog.models import ImportProblem, ProductImport
from catalog.states import MOVING, ImportStatus
from core.jobs import finish_job, queue_job, report_progress, start_job
from core.models import Job

BATCH = 1_000
# All or none is one transaction: more would keep the rows of a merchant's products locked for too long.
MOST_ATOMIC = 5_000
TRIES = 4
Clock = Callable[[], dt.datetime]
T = TypeVar("T")
log = logging.getLogger(__name__)


def step(*, clock: Clock) -> int:
    """One step of the import that has waited longest; returns how many rows were treated, 0 where no import waits."""
    now = clock()
    due = ProductImport.objects.filter(status__in=MOVING).filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    key = due.order_by("moved_at").values_list("pk", flat=True).first()
    if key is None:
        return 0
    try:
        return step_of(key, clock=clock)
    except OperationalError:
        ProductImport.objects.filter(pk=key).update(moved_at=now)  # the others come first before it is tried again
        raise


def step_of(import_id: uuid.UUID, *, clock: Clock, is_mine: bool = False) -> int:
    """One step of this import; at least 1 while it is not at rest. Who works on it alone renews their lease (`is_mine`).

    What goes wrong ends the import with a reason, never the worker.
    """
    if is_mine:
        ProductImport.objects.filter(pk=import_id, status__in=MOVING).update(claimed_until=clock() + LEASE)
    row = ProductImport.objects.get(pk=import_id)
    try:
        if row.status == ImportStatus.CHECKING and row.total is None:
            return read_file(row, clock=clock, lease=LEASE, is_mine=is_mine)
        return tried(functools.partial(_step, import_id, clock()))
    except OperationalError:
        raise  # the database is away or we waited too long for others: the next round tries again
    except FileRefused as error:
        return _end(import_id, error, clock())
    except Exception:
        log.exception("an import cannot go on", extra={"product_import": str(import_id)})
        return _end(import_id, WorkGivenUp(row=row.row), clock())


def tried(work: Callable[[], T]) -> T:
    """Somebody else may use a SKU between our look and our write; the next look sees that. So do a few others' locks."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except (IntegrityError, OperationalError):
            continue
    return work()


@transaction.atomic
def _end(import_id: uuid.UUID, error: FileRefused, at: dt.datetime) -> int:
    row = ProductImport.objects.select_for_update(no_key=True).get(pk=import_id)
    if row.status not in MOVING:
        return 0
    fail(row, error, at=at)
    _tell_job(row, at, str(error))
    return 1


@transaction.atomic
def _step(import_id: uuid.UUID, at: dt.datetime) -> int:
    row = ProductImport.objects.select_for_update(no_key=True).select_related("merchant").get(pk=import_id)
    if row.status not in MOVING:
        return 0
    row.moved_at = at
    if row.status == ImportStatus.UNDOING:
        done, is_over = undo_piece(row, at=at, most=BATCH)
    else:
        done, is_over = _piece(row, at)
    _keep_job(row, at)
    row.save(update_fields=["moved_at", "row", "offset", "made", "changed", "unchanged", "failed", "undone", "kept", "job"])
    if is_over:
        _rest(row, at)
    return max(done, 1)


def _piece(row: ProductImport, at: dt.datetime) -> tuple[int, bool]:
    """Check or apply the next rows, and move the checkpoint behind them."""
    path = storage.rows_path(row)
    if not path.exists():
        raise FileGone
    if row.is_atomic and (row.total or 0) > MOST_ATOMIC:
        raise TooManyRows(most=MOST_ATOMIC)
    key_column = row.mapping.index("handle") if "handle" in row.mapping else None
    found = spool.piece(path, row.offset, MOST_ATOMIC if row.is_atomic else BATCH, key_column)
    goods = _goods(row, found)
    is_applied = row.status == ImportStatus.RUNNING
    works = treat(goods, aliases_of(row.categories), row.defaults, actor=row.actor, at=at, note=row.file_name, is_applied=is_applied)
    _count(row, goods, works)
    note_problems(row, ImportProblem.Stage.APPLY if is_applied else ImportProblem.Stage.CHECK, goods)
    if is_applied:
        if row.is_atomic and row.failed:
            raise RowsRefused
        note_changes(row, changes_of(works))
    row.row, row.offset = (found.rows[-1].number if found.rows else row.row), found.offset
    return len(found.rows), found.is_last


def treat(
    goods: list[Goods],
    aliases: Mapping[str, str],
    defaults: Mapping[str, str],
    *,
    actor: str,
    at: dt.datetime,
    note: str,
    is_applied: bool,
) -> list[Work]:
    """Plan a batch of rows, and write it unless it is only checked; rows that do not fit get their problems.

    Also for loaders that bring rows of many merchants: each row knows its own. The caller's transaction makes it one.
    """
    found = found_for([row for row in goods if not row.problems and not row.is_told], aliases, defaults, lock=is_applied)
    works = plan(goods, found)
    if is_applied:
        apply(works, actor=actor, at=at, note=note)
    return works


def _goods(row: ProductImport, found: spool.Piece) -> list[Goods]:
    """The values of the rows, with what reading the whole file has found wrong in them."""
    rules = Rules(row.mapping, settings.CURRENCIES, row.defaults)
    numbers = [each.number for each in found.rows]
    told = set()
    if numbers:
        rows = ImportProblem.objects.filter(product_import=row, row__range=(numbers[0], numbers[-1]), stage=ImportProblem.Stage.READ)
        told = set(rows.values_list("row", flat=True))
    goods = []
    for each in found.rows:
        made = goods_of(each.number, each.cells, rules, problem=each.problem)
        made.merchant = row.merchant
        made.is_told = each.number in told
        goods.append(made)
    return goods


def _count(row: ProductImport, goods: list[Goods], works: list[Work]) -> None:
    outcome: dict[int, str] = {}
    for work in works:
        outcome |= work.outcome
    for each in goods:
        name = "failed" if each.problems or each.is_told else outcome.get(each.number, "unchanged")
        setattr(row, name, getattr(row, name) + 1)


def _keep_job(row: ProductImport, at: dt.datetime) -> None:
    """Progress for the screens; a job that was given up because nobody worked on it for long is followed by a new one."""
    is_undone = row.status == ImportStatus.UNDOING
    if row.job is None or row.job.status in {Job.Status.DONE, Job.Status.FAILED}:
        row.job = queue_job(kind="product_import", actor=row.actor)
    if row.job.status == Job.Status.QUEUED:
        row.job = start_job(job_id=row.job.pk, total=row.changes.count() if is_undone else row.total or 0, now=at)
    report_progress(job_id=row.job.pk, done=row.undone + row.kept if is_undone else row.row, now=at)


def _rest(row: ProductImport, at: dt.datetime) -> None:
    ends = {ImportStatus.CHECKING: ImportStatus.CHECKED, ImportStatus.RUNNING: ImportStatus.DONE, ImportStatus.UNDOING: ImportStatus.UNDONE}
    finish(row, ends[ImportStatus(row.status)], at=at)
    _tell_job(row, at)


def _tell_job(row: ProductImport, at: dt.datetime, error: str = "") -> None:
    if row.job_id:
        finish_job(job_id=row.job_id, now=at, note=row.file_name, errors=[error] if error else None)


def work_through(import_id: uuid.UUID, *, clock: Clock, on_step: Callable[[ProductImport], Any] = lambda row: None) -> ProductImport:
    """Work on one import until it rests, for commands and loaders."""
    while step_of(import_id, clock=clock, is_mine=True):
        row = ProductImport.objects.get(pk=import_id)
        on_step(row)
        if row.status not in MOVING:
            break
    rested: ProductImport = ProductImport.objects.select_related("merchant").get(pk=import_id)
    return rested
