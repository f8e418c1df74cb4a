from typing import Any

from django.core.management.base import BaseCommand

from catalog.models import Product
from shop.demo.load import load


class Command(BaseCommand):
    help = "Loads the demo marketplace: eight shops, 194 products in two languages, pictures, and a few weeks of business."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--small", action="store_true", help="two products of each category and a few days of business")

    def handle(self, *args: Any, **options: Any) -> None:
        load(small=options["small"])
        self.stdout.write(f"{Product.objects.count()} products on sale.")
