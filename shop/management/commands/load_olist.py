from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shop.measuring import Stopwatch, rare_collections
from shop.olist.load import load


class Command(BaseCommand):
    help = "Loads shops, categories and products out of the files of the public Olist data set; run again, it adds what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the folder with olist_products_dataset.csv and olist_sellers_dataset.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        self.products: Stopwatch | None = None
        watch = Stopwatch()
        try:
            with rare_collections():
                done = load(options["path"], at=timezone.now(), on_progress=self._show)
        except OSError as error:
            raise CommandError(f"{error.filename or options['path']}: {error.strerror}") from error
        except KeyError as error:
            raise CommandError(f"A file has no column {error}.") from error
        self.stdout.write(", ".join(f"{count:,} {name}" for name, count in sorted(done.items())) or "no products")
        self.stdout.write((self.products or watch).told(done.total()))
        self.stdout.write(watch.told(done.total(), "products with shops and categories"))

    def _show(self, what: str, done: int) -> None:
        if what == "shops":
            self.products = Stopwatch()  # the last of these is where the goods begin
        self.stderr.write(f"{what} {done:,}")
