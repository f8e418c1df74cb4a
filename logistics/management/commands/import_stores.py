import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from logistics.services.store_import import import_store, store_row
from merchants.models import Merchant

MOST_BYTES = 50_000_000


class Command(BaseCommand):
    help = "Make store warehouses that offer pick-up from a JSON list of stores; a row that cannot be read is reported and left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a JSON list of objects with id, name, address, city, zip, location (lat, lon) and hours")
        parser.add_argument("--merchant", required=True, help="slug of the merchant")
        parser.add_argument("--country", default="CN", help="country of rows that do not name theirs")
        parser.add_argument("--time-zone", default="Asia/Shanghai", help="time zone of rows that do not name theirs")
        parser.add_argument("--limit", type=int, default=None, help="only so many rows")

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no merchant {options['merchant']}.")
        rows = _rows(Path(options["file"]))[: options["limit"]]
        made = 0
        for number, row in enumerate(rows, start=1):
            try:
                store = store_row(row, country=options["country"], time_zone=options["time_zone"])
                import_store(merchant=merchant, store=store)
                made += 1
            except (ValueError, DomainError) as error:
                self.stderr.write(f"row {number}: {error}")
        self.stdout.write(f"{made} of {len(rows)} stores made or updated")
        if made < len(rows):
            raise CommandError(f"{len(rows) - made} rows could not be read; they are listed above.")


def _rows(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CommandError(f"{path} is too large.")
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    if not isinstance(rows, list):
        raise CommandError(f"{path} is no list.")
    return rows
