"""A merchant at work: writes files, imports them through the services, and looks at what came of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from catalog.imports import work
from catalog.imports.services import map_columns, start, upload
from catalog.models import ImportProblem, ProductImport
from merchants.models import Merchant

ACTOR = "merchant:test"
HEADER = ("SKU", "Product key", "Title", "Category", "Price", "Compare-at price", "Currency", "Stock", "Status")


def table(*rows: Mapping[str, Any] | Sequence[Any], header: Sequence[str] = HEADER) -> bytes:
    """CSV of rows, given as cells or by column."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([row.get(name, "") for name in header] if isinstance(row, Mapping) else row)
    return out.getvalue().encode()


def brought(merchant: Merchant, content: bytes, name: str = "goods.csv") -> ProductImport:
    return upload(merchant=merchant, name=name, pieces=[content], actor=ACTOR, at=timezone.now())


def mapped(row: ProductImport, **changes: Any) -> ProductImport:
    """Take the proposed mapping, or another."""
    said = {"mapping": row.mapping, "defaults": {}, "categories": {}, "is_atomic": False, **changes}
    return map_columns(import_id=row.pk, merchant=row.merchant, at=timezone.now(), **said)


def checked(merchant: Merchant, content: bytes, **changes: Any) -> ProductImport:
    """A file whose dry run has ended."""
    return work.work_through(mapped(brought(merchant, content), **changes).pk, clock=timezone.now)


def imported(merchant: Merchant, content: bytes, **changes: Any) -> ProductImport:
    row = checked(merchant, content, **changes)
    start(import_id=row.pk, merchant=merchant, at=timezone.now())
    return work.work_through(row.pk, clock=timezone.now)


def sums(row: ProductImport) -> tuple[int, int, int, int]:
    """Rows that were new, changed, unchanged, failed."""
    return row.made, row.changed, row.unchanged, row.failed


def problems(row: ProductImport) -> list[tuple[int, str, str]]:
    return list(ImportProblem.objects.filter(product_import=row).order_by("row", "pk").values_list("row", "field", "code"))
