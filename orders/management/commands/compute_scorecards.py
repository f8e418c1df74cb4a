import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from orders.services.scorecards import compute_scorecards


class Command(BaseCommand):
    help = "Computes the scorecards of all active merchants for a day that is over; a day computed again is replaced."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--day", action="append", type=dt.date.fromisoformat, help="such as 2026-11-21, more than once; default yesterday"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        today = timezone.localdate(now)
        days = options["day"] or [today - dt.timedelta(days=1)]
        if any(day >= today for day in days):
            raise CommandError("A day is computed when it is over.")
        for day in days:
            count = compute_scorecards(day=day, at=now)
            self.stdout.write(f"{day}: {count} merchants")
