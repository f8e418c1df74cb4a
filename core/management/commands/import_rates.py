from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from core.exchange.files import rates_in
from core.exchange.services import add_rates
from core.models import ExchangeRate


class Command(BaseCommand):
    help = "Adds exchange rates from a CSV file (base,quote,rate,on) or from the European Central Bank's XML; nothing is fetched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--checked", action="store_true", help="also take rates that differ much from the day before")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = rates_in(options["file"].read_bytes())
            done = add_rates(
                rows=rows,
                source=ExchangeRate.Source.FILE,
                actor="system:import_rates",
                at=timezone.now(),
                is_checked=options["checked"],
            )
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done.added} new, {done.known} known.")
