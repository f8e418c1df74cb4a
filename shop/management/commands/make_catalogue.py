import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shop.synthetic.catalogue import make_catalogue


class Command(BaseCommand):
    help = "Adds many synthetic products with stock, for measuring."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, help="how many products")
        parser.add_argument("--merchants", type=int, default=16, choices=range(1, 17), metavar="N", help="of how many new shops (1 to 16)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same products")

    def handle(self, *args: Any, **options: Any) -> None:
        count = options["count"]
        if not 0 < count <= 1_000_000:
            raise CommandError("The number of products must be between 1 and 1,000,000.")
        began = time.monotonic()
        spread = {"seed": options["seed"], "merchants": options["merchants"]}
        made = make_catalogue(count, at=timezone.now(), on_progress=self._show, **spread)
        seconds = time.monotonic() - began
        self.stdout.write(f"{len(made):,} products in {seconds:.1f} s, {len(made) / seconds:,.0f} products/s")

    def _show(self, done: int) -> None:
        self.stderr.write(f"{done:,}")
