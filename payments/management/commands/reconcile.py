import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from core.money import Money
from payments import gateways
from payments.gateways.base import GatewayError
from payments.models import Reconciliation
from payments.services import reconciliation
from payments.states import DifferenceStatus


class Command(BaseCommand):
    help = "Compares days with the providers' lists; prints both sides and every open difference, and exits with 1 when there is any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--day", action="append", type=dt.date.fromisoformat, help="such as 2026-11-21 (UTC), more than once; default yesterday"
        )
        parser.add_argument("--gateway", action="append", choices=gateways.reconcilable_gateways(), help="default all that show a list")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        days = options["day"] or [now.astimezone(dt.UTC).date() - dt.timedelta(days=1)]
        codes = options["gateway"] or gateways.reconcilable_gateways()
        results = [self._compare(code, day, now) for day in days for code in codes]
        if not all(results):
            raise CommandError(f"{results.count(False)} of {len(results)} days do not agree.")

    def _compare(self, gateway: str, day: dt.date, now: dt.datetime) -> bool:
        """Compare one day and print it; returns whether nothing is open."""
        try:
            row = reconciliation.reconcile_day(gateway=gateway, day=day, at=now, actor="operator:command line")
        except (GatewayError, DomainError) as error:
            self.stdout.write(f"{gateway} {day}: {error or type(error).__name__}")
            return False
        self._print(row)
        return not row.differences.filter(status=DifferenceStatus.OPEN).exists()

    def _print(self, row: Reconciliation) -> None:
        self.stdout.write(f"{row.gateway} {row.day}: {row.status}, {row.repaired} made good")
        for total in row.totals.order_by("movement", "currency"):
            ours, theirs = Money(total.our_minor, total.currency).format(), Money(total.their_minor, total.currency).format()
            self.stdout.write(f"  {total.movement:<9} ours {total.our_count:>6} {ours:>16}   theirs {total.their_count:>6} {theirs:>16}")
        for difference in row.differences.filter(status=DifferenceStatus.OPEN).order_by("movement", "kind", "pk"):
            about = f"ours {difference.our_minor} {difference.our_currency}, theirs {difference.their_minor} {difference.their_currency}"
            self.stdout.write(f"  {difference.movement} {difference.kind} {difference.provider_id} {difference.reference}: {about}")
