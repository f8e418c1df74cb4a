from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.imports.export import csv_lines, write_workbook
from catalog.models import Variant
from merchants.models import Merchant
from shop.measuring import Stopwatch


class Command(BaseCommand):
    help = "Writes the products of a shop into a CSV or XLSX file that import_products can read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--merchant", required=True, help="the shop's slug")
        parser.add_argument("--output", required=True, type=Path, help="a file that ends in .csv or .xlsx")

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        path: Path = options["output"]
        if merchant is None:
            raise CommandError(f"There is no shop with the slug {options['merchant']}.")
        if path.suffix not in {".csv", ".xlsx"}:
            raise CommandError("The file must end in .csv or .xlsx.")
        watch = Stopwatch()
        try:
            with path.open("wb") as file:
                if path.suffix == ".csv":
                    file.writelines(csv_lines(merchant))
                else:
                    write_workbook(merchant, file)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.stdout.write(watch.told(Variant.objects.for_merchant(merchant).exclude(product__status="archived").count(), "rows"))
