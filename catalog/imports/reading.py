"""The first pass over a file: its rows are copied, and what can only be seen in the whole of it is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction

from catalog.imports import spool, storage
from catalog.imports.cells import unguarded
from catalog.imports.errors import FileEmpty, FileGone
from catalog.imports.files import Format, Row, read
from catalog.imports.reasons import Problem
from catalog.imports.records import note_problems
from catalog.imports.rows import Goods
from catalog.imports.seen import Seen
from catalog.models import ImportProblem, ProductImport
from catalog.states import ImportStatus

EVERY = 5_000


def read_file(row: ProductImport, *, clock: Callable[[], dt.datetime], lease: dt.timedelta, is_mine: bool) -> int:
    """Copy the rows of a file, one worker at a time; whoever is killed is followed by another that begins anew after the lease.

    Returns 1, or 0 where another worker reads it; `is_mine` says that the lease is the caller's own.

    Raises:
        FileRefused: it cannot be read to its end.
    """
    now = clock()
    free = ProductImport.objects.filter(pk=row.pk, status=ImportStatus.CHECKING, total=None)
    free = free if is_mine else free.exclude(claimed_until__gte=now)
    if not free.update(claimed_until=now + lease):
        return 0
    source, target = storage.source_path(row), storage.rows_path(row)
    if not source.exists():
        raise FileGone
    ImportProblem.objects.filter(product_import=row).delete()
    draft = target.with_name(f"rows.{now.timestamp():.6f}")
    total = 0
    try:
        with draft.open("wb") as file:
            for count, problems in _looked_at(spool.write(file, read(source, Format(row.kind, row.encoding, row.delimiter))), row.mapping):
                total = count
                note_problems(row, ImportProblem.Stage.READ, problems)
                ProductImport.objects.filter(pk=row.pk).update(claimed_until=clock() + lease)
        if not total:
            raise FileEmpty
        with transaction.atomic():
            draft.replace(target)
            ProductImport.objects.filter(pk=row.pk).update(
                total=total, claimed_until=clock() + lease if is_mine else None, moved_at=clock()
            )
    finally:
        draft.unlink(missing_ok=True)
    return 1


def _looked_at(rows: Iterable[Row], mapping: list[str]) -> Iterator[tuple[int, list[Goods]]]:
    """How many rows there were so far, now and then, and what was wrong in those since the last time."""
    sku_column = mapping.index("sku")
    key_column = mapping.index("handle") if "handle" in mapping else None
    skus, keys = Seen(), Seen()
    last_key = ""
    found: list[Goods] = []
    number = 0
    for row in rows:
        number = row.number
        if not row.problem:
            sku = unguarded(row.cells[sku_column]).strip()
            key = unguarded(row.cells[key_column]).strip() if key_column is not None else ""
            is_sku_known, is_key_known = skus.note(sku), keys.note(key)
            if sku and is_sku_known:
                found.append(Goods(number, {}, [Problem("sku", sku[:200], "sku_twice")]))
            elif key and key != last_key and is_key_known:
                found.append(Goods(number, {}, [Problem("handle", key[:200], "handle_scattered")]))
            last_key = key
        if number % EVERY == 0:
            yield number, found
            found = []
    yield number, found
