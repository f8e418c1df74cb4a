"""What pages show of imports."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.imports import reasons, spool, storage
from catalog.imports.cells import guarded, unguarded
from catalog.imports.fields import ATTRIBUTE, BY_NAME
from catalog.models import ImportProblem, ProductImport
from catalog.states import ImportStatus
from merchants.models import Merchant


def imports_of(merchant: Merchant) -> QuerySet[ProductImport]:
    """The merchant's imports, newest first."""
    rows: QuerySet[ProductImport] = ProductImport.objects.for_merchant(merchant).select_related("job", "merchant").order_by("-created_at")
    return rows


def earlier_with_same_content(row: ProductImport) -> ProductImport | None:
    """The last import of the very same file; bringing it again is no mistake, but may be one."""
    same = imports_of(row.merchant).filter(digest=row.digest, status=ImportStatus.DONE).exclude(pk=row.pk)
    return same.first()


def problems_of(row: ProductImport) -> QuerySet[ImportProblem]:
    """What was wrong, in the order of the rows."""
    problems: QuerySet[ImportProblem] = ImportProblem.objects.filter(product_import=row).order_by("row", "pk")
    return problems


def shown(problem: ImportProblem) -> dict[str, Any]:
    """A problem in the words of the active language."""
    reason = reasons.worded(problem.code, problem.params)
    return {"row": problem.row, "field": field_label(problem.field), "value": problem.value, "reason": reason}


def field_label(name: str) -> str:
    """A field as people of the active language call it."""
    if name.startswith(ATTRIBUTE):
        return name.removeprefix(ATTRIBUTE)
    return str(BY_NAME[name].label) if name in BY_NAME else ""


def unknown_categories(row: ProductImport) -> list[str]:
    """Names in the file that are none of our categories, as they first occur."""
    problems = ImportProblem.objects.filter(product_import=row, code__in=("category_unknown", "category_unclear", "category_not_leaf"))
    return list(dict.fromkeys(value for value in problems.order_by("row")[:2_000].values_list("value", flat=True) if value))


def csv_of_failed(row: ProductImport) -> Iterator[bytes]:
    """The rows with problems as they stand in the file, with the reasons in a last column; only the reasons once the file is gone."""
    problems = ImportProblem.objects.filter(product_import=row).order_by("row", "pk").iterator(chunk_size=1_000)
    grouped = ((number, list(group)) for number, group in itertools.groupby(problems, key=lambda problem: problem.row))
    path = storage.rows_path(row)
    yield b"\xef\xbb\xbf"
    if not path.exists():
        yield _line([_("Row"), _("Reason")])
        for number, found in grouped:
            yield _line([str(number), _reasons(found)])
        return
    yield _line([*row.header, _("Reason")])
    rows = spool.all_rows(path)
    for number, found in grouped:
        cells = next((each.cells for each in rows if each.number == number), [])
        yield _line([*(guarded(unguarded(cell)) for cell in cells), _reasons(found)])


def _reasons(problems: list[ImportProblem]) -> str:
    return " ".join(
        f"{label}: {words}" if (label := field_label(problem.field)) else words
        for problem in problems
        for words in [reasons.worded(problem.code, problem.params)]
    )


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()
