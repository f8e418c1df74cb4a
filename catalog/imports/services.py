"""The steps of an import that a person takes: bring a file, say what its columns mean, start it, leave it, take it back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from catalog.imports import storage
from catalog.imports.cells import CONDITIONS, STATUSES
from catalog.imports.errors import (
    DefaultUnknown,
    FileGone,
    FileRefused,
    ImportNotFound,
    ImportRunning,
    MappingUnclear,
    NoWarehouse,
    SkuUnmapped,
    UnknownField,
)  # fmt: skip
from catalog.imports.fields import BY_NAME, fold, guess, is_field
from catalog.imports.files import look
from catalog.imports.stock import keeper
from catalog.models import Category, ImportMapping, ImportProblem, ProductImport
from catalog.states import MOVING, WRITING, ImportStatus
from core.doorbell import ring
from core.ids import uuid7
from core.jobs import queue_job
from core.states import move_to
from merchants.models import Merchant

TASK = "catalog.tasks.work_on_imports"
KIND = "product_import"
# What may be said for rows that say nothing themselves.
DEFAULTS = ("category", "currency", "status", "condition", "tax_class")
MOST_CATEGORIES = 500
# For so long an import belongs to whoever works on it; they renew it, and where they die, another goes on afterwards.
LEASE = dt.timedelta(minutes=2)


def upload(*, merchant: Merchant, name: str, pieces: Iterable[bytes], actor: str, at: dt.datetime, limited: bool = True) -> ProductImport:
    """Keep a file, look at its beginning, and guess what its columns mean.

    Args:
        name: what the merchant calls the file; only shown.
        limited: False for files that the operator imports by command.

    Raises:
        FileTooLarge, or another FileRefused; nothing is kept then.
    """
    key = uuid7()
    most = settings.IMPORT_MAX_MB * 1_000_000 if limited else None
    stored = storage.store(key, pieces, most=most)
    try:
        seen = look(stored.path)
        kept = ImportMapping.objects.for_merchant(merchant).first()
        return ProductImport.objects.create(
            id=key,
            merchant=merchant,
            actor=actor,
            created_at=at,
            moved_at=at,
            file_name=_shown_name(name),
            size=stored.size,
            digest=stored.digest,
            kind=seen.format.kind,
            encoding=seen.format.encoding,
            delimiter=seen.format.delimiter,
            header=seen.header,
            sample=seen.sample,
            mapping=guess(seen.header, kept.columns if kept else None),
            defaults=kept.defaults if kept else {},
            categories=kept.categories if kept else {},
        )
    except BaseException:
        storage.remove(key)
        raise


def _shown_name(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[-200:] or "products"


@transaction.atomic
def map_columns(
    *,
    import_id: uuid.UUID,
    merchant: Merchant,
    mapping: Sequence[str],
    defaults: Mapping[str, str],
    categories: Mapping[str, str],
    is_atomic: bool,
    at: dt.datetime,
    by_caller: bool = False,
) -> ProductImport:
    """Say what each column means, and have the file checked; the same is proposed for the merchant's next file.

    Args:
        mapping: for each column a field, or "" to leave it out.
        defaults: what rows mean that say nothing of DEFAULTS.
        categories: our slugs for the file's own category names, or for the beginnings of their paths.
        by_caller: who calls works on it at once (`work.work_through`), so no worker is called and none takes it for a while.

    Raises:
        ImportNotFound, IllegalTransition, FileGone.
        MappingUnclear, SkuUnmapped, UnknownField, DefaultUnknown, NoWarehouse: so the file cannot be read.
    """
    row = locked(import_id, merchant)
    chosen = [*mapping[: len(row.header)], *[""] * (len(row.header) - len(mapping))]
    _check_mapping(chosen, merchant)
    said = {name: value for name, value in defaults.items() if value}
    aliases = {name: slug for name, slug in categories.items() if name.strip() and slug}
    _check_defaults(said, aliases)
    if not storage.source_path(row).exists():
        raise FileGone
    job = queue_job(kind=KIND, actor=row.actor)
    anew = {"total": None, "row": 0, "offset": 0, "made": 0, "changed": 0, "unchanged": 0, "failed": 0}
    what = {"mapping": chosen, "defaults": said, "categories": aliases, "is_atomic": is_atomic}
    _move(row, ImportStatus.CHECKING, at=at, by_caller=by_caller, job=job, **anew, **what)
    ImportProblem.objects.filter(product_import=row).delete()
    columns = {fold(header): field for header, field in zip(row.header, chosen, strict=True)}
    kept, _ = ImportMapping.objects.get_or_create(merchant=merchant)
    kept.columns, kept.defaults, kept.categories = {**kept.columns, **columns}, said, aliases
    kept.save()
    return row


def _check_mapping(chosen: Sequence[str], merchant: Merchant) -> None:
    for name in chosen:
        if name and not is_field(name):
            raise UnknownField(field=name[:80])
        if name and chosen.count(name) > 1:
            raise MappingUnclear(field=str(BY_NAME[name].label) if name in BY_NAME else name)
    if "sku" not in chosen:
        raise SkuUnmapped
    if "stock" in chosen and not keeper().places({merchant.pk}):
        raise NoWarehouse


def _check_defaults(said: Mapping[str, str], aliases: Mapping[str, str]) -> None:
    known: dict[str, Any] = {
        "currency": settings.CURRENCIES,
        "status": {"draft", "published"} & set(STATUSES.values()),
        "condition": set(CONDITIONS.values()),
        "tax_class": {"standard", "reduced", "zero"},
    }
    for name, value in said.items():
        if name not in DEFAULTS or (name in known and value not in known[name]):
            raise DefaultUnknown(value=value[:80])
    slugs = {*aliases.values(), *([said["category"]] if "category" in said else [])}
    present = set(Category.objects.filter(slug__in=slugs, numchild=0).values_list("slug", flat=True))
    if unknown := sorted(slugs - present):
        raise DefaultUnknown(value=unknown[0][:80])
    if len(aliases) > MOST_CATEGORIES:
        raise DefaultUnknown(value=f"{len(aliases)}")


def start(*, import_id: uuid.UUID, merchant: Merchant, at: dt.datetime, by_caller: bool = False) -> ProductImport:
    """Import what was checked, or, where nobody wants to see a report before, what was read.

    Raises:
        ImportNotFound, IllegalTransition, FileGone.
        ImportRunning: another import of the merchant is being applied or undone.
    """
    with _one_at_a_time(merchant), transaction.atomic():
        row = locked(import_id, merchant)
        if not storage.rows_path(row).exists():
            raise FileGone
        anew = {"row": 0, "offset": 0, "made": 0, "changed": 0, "unchanged": 0, "failed": 0}
        _move(row, ImportStatus.RUNNING, at=at, by_caller=by_caller, job=queue_job(kind=KIND, actor=row.actor), **anew)
        ImportProblem.objects.filter(product_import=row).exclude(stage=ImportProblem.Stage.READ).delete()
        return row


def undo(*, import_id: uuid.UUID, merchant: Merchant, at: dt.datetime) -> ProductImport:
    """Take an import back: what it made is archived, what it changed is as before, unless it was changed since.

    Raises:
        ImportNotFound, IllegalTransition, ImportRunning.
    """
    with _one_at_a_time(merchant), transaction.atomic():
        row = locked(import_id, merchant)
        _move(row, ImportStatus.UNDOING, at=at, job=queue_job(kind=KIND, actor=row.actor), row=0, offset=0, undone=0, kept=0)
        return row


class _one_at_a_time:  # noqa: N801  reads as the condition it is
    """The unique index knows whether another import of the merchant is at work."""

    def __init__(self, merchant: Merchant) -> None:
        self.merchant = merchant

    def __enter__(self) -> None:
        if ProductImport.objects.for_merchant(self.merchant).filter(status__in=WRITING).exists():
            raise ImportRunning

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, IntegrityError):
            raise ImportRunning from error


@transaction.atomic
def discard(*, import_id: uuid.UUID, merchant: Merchant, at: dt.datetime) -> None:
    """Leave an import that has changed nothing, and forget its file; raises ImportNotFound, IllegalTransition."""
    row = locked(import_id, merchant)
    _move(row, ImportStatus.DISCARDED, at=at, has_file=False, finished_at=at)
    transaction.on_commit(lambda: storage.remove(row.pk))


def forget_files(*, at: dt.datetime, limit: int = 100) -> int:
    """Remove files older than IMPORT_FILE_DAYS. Results and what an undo needs stay; imports nobody went on with are discarded."""
    late = at - dt.timedelta(days=settings.IMPORT_FILE_DAYS)
    with transaction.atomic():
        rows = ProductImport.objects.select_for_update(skip_locked=True).filter(has_file=True, created_at__lt=late)
        due = list(rows.exclude(status__in=MOVING).order_by("created_at")[:limit])
        for row in due:
            storage.remove(row.pk)
            if row.status in {ImportStatus.UPLOADED, ImportStatus.CHECKED}:
                move_to(row, ImportStatus.DISCARDED, actor="system:sweep", at=at, finished_at=at)
        ProductImport.objects.filter(pk__in=[row.pk for row in due]).update(has_file=False)
    return len(due)


def locked(import_id: uuid.UUID, merchant: Merchant) -> ProductImport:
    """The merchant's import, held until the transaction ends; raises ImportNotFound."""
    row: ProductImport | None = ProductImport.objects.select_for_update(no_key=True).for_merchant(merchant).filter(pk=import_id).first()
    if row is None:
        raise ImportNotFound
    return row


def _move(row: ProductImport, status: str, /, *, at: dt.datetime, by_caller: bool = False, **changes: Any) -> None:
    """The status by its table, the rest of the locked row as it is set here; a worker is called where there is something to do."""
    move_to(row, status, actor=row.actor, at=at, moved_at=at)
    changes["claimed_until"] = at + LEASE if by_caller else None
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    if status in MOVING and not by_caller:
        ring(TASK)


def fail(row: ProductImport, error: FileRefused, *, at: dt.datetime) -> None:
    """End an import for a reason that is shown; the caller has locked it."""
    _move(row, ImportStatus.FAILED, at=at, error=error.code, error_params=error.params, finished_at=at)


def finish(row: ProductImport, status: str, *, at: dt.datetime) -> None:
    """The locked import has come to where nothing is left to do."""
    _move(row, status, at=at, finished_at=at)
