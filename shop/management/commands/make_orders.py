import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from merchants.models import Merchant
from shop.synthetic.orders import make_orders


class Command(BaseCommand):
    help = "Adds many synthetic orders of a year to a shop, for measuring lists. No money moves: use a database that is nobody's business."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, help="how many orders")
        parser.add_argument("--merchant", required=True, help="the shop's address (slug)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same orders")

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no shop “{options['merchant']}”.")
        if not 0 < options["count"] <= 1_000_000:
            raise CommandError("The number of orders must be between 1 and 1,000,000.")
        began = time.monotonic()
        made = make_orders(merchant, options["count"], seed=options["seed"], at=timezone.now())
        if made == 0:
            raise CommandError("The shop has no goods.")
        self.stdout.write(f"{made:,} orders in {time.monotonic() - began:.1f} s")
