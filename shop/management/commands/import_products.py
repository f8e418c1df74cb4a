from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog.imports import reasons, work
from catalog.imports.errors import worded
from catalog.imports.fields import fold
from catalog.imports.services import discard, map_columns, start, upload
from catalog.models import ImportProblem, ProductImport
from catalog.states import ImportStatus
from core.errors import DomainError
from merchants.models import Merchant
from shop.measuring import Stopwatch, rare_collections

ACTOR = "system:import_products"
SHOWN = 20
PIECE = 1 << 20


class Command(BaseCommand):
    help = "Imports a CSV or XLSX file of products into a shop; docs/imports.md describes the columns and the mapping file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--merchant", required=True, help="the shop's slug")
        parser.add_argument("--mapping", type=Path, help="JSON that says which column means what; guessed from the headers without")
        parser.add_argument("--dry-run", action="store_true", help="check the rows and change nothing")
        parser.add_argument("--atomic", action="store_true", help="all rows or none")

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no shop with the slug {options['merchant']}.")
        try:
            with rare_collections():
                self._run(merchant, options)
        except DomainError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error

    def _run(self, merchant: Merchant, options: dict[str, Any]) -> None:
        asked = _mapping_file(options["mapping"])
        watch = Stopwatch()
        row = upload(
            merchant=merchant, name=options["file"].name, pieces=_pieces(options["file"]), actor=ACTOR, at=timezone.now(), limited=False
        )
        map_columns(
            import_id=row.pk,
            merchant=merchant,
            mapping=_chosen(row, asked.get("columns")),
            defaults=asked.get("defaults", {}),
            categories=asked.get("categories", {}),
            is_atomic=options["atomic"],
            at=timezone.now(),
            by_caller=True,
        )
        if options["dry_run"]:
            row = self._work(row)
            self.stdout.write(f"checked: {_sums(row)}")
            self._report(row)
            discard(import_id=row.pk, merchant=merchant, at=timezone.now())
        else:
            work.step_of(row.pk, clock=timezone.now, is_mine=True)  # reads the file
            row.refresh_from_db()
            if row.status == ImportStatus.FAILED:
                raise CommandError(worded(row.error, row.error_params))
            start(import_id=row.pk, merchant=merchant, at=timezone.now(), by_caller=True)
            row = self._work(row)
            self.stdout.write(f"imported: {_sums(row)}")
            self._report(row)
        self.stdout.write(watch.told(row.total or 0, "rows"))

    def _work(self, row: ProductImport) -> ProductImport:
        done = work.work_through(row.pk, clock=timezone.now, on_step=lambda row: self.stderr.write(f"{row.status} {row.row:,}"))
        if done.status == ImportStatus.FAILED:
            raise CommandError(worded(done.error, done.error_params))
        return done

    def _report(self, row: ProductImport) -> None:
        problems = ImportProblem.objects.filter(product_import=row).order_by("row", "pk")
        for problem in problems[:SHOWN]:
            what = f"{problem.field} {problem.value!r}: " if problem.field else ""
            self.stdout.write(f"row {problem.row}: {what}{reasons.worded(problem.code, problem.params)}")
        if (more := problems.count() - SHOWN) > 0:
            self.stdout.write(f"… and {more:,} more")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _mapping_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        asked = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is no JSON file.") from error
    parts = ("columns", "defaults", "categories")
    if not isinstance(asked, dict) or any(not isinstance(asked.get(part, {}), dict) for part in parts):
        raise CommandError(f"{path} must be an object with the objects {', '.join(parts)}.")
    return asked


def _chosen(row: ProductImport, columns: dict[str, str] | None) -> list[str]:
    """The field of each column as the mapping file says it; what it does not name is left out."""
    if columns is None:
        return list(row.mapping)
    asked = {fold(header): field for header, field in columns.items()}
    present = {fold(header) for header in row.header}
    if missing := [header for header in columns if fold(header) not in present]:
        raise CommandError(f"The file has no column {missing[0]}.")
    return [asked.get(fold(header), "") for header in row.header]


def _sums(row: ProductImport) -> str:
    return f"{row.total:,} rows = {row.made:,} new + {row.changed:,} changed + {row.unchanged:,} unchanged + {row.failed:,} failed"
