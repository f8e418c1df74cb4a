import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.money import Money
from payments.selectors.accounts import AccountBalance, trial_balance

WIDTH = 68


class Command(BaseCommand):
    help = "Prints the balance of every ledger account at the end of a day, where the installation is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=dt.date.fromisoformat, help="such as 2026-11-21; default today")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["date"] or timezone.localdate()
        rows = trial_balance(timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time())))
        for currency in dict.fromkeys(row.account.currency for row in rows):
            self._print(day, currency, [row for row in rows if row.account.currency == currency])
        if not rows:
            self.stdout.write("Nothing was posted.")

    def _print(self, day: dt.date, currency: str, rows: list[AccountBalance]) -> None:
        self.stdout.write(f"{f'{currency} on {day}':<{WIDTH}}{'debit':>18}{'credit':>18}")
        for row in rows:
            self._line(row.account.code, row.debit_minor, row.credit_minor, currency)
        self._line("total", sum(row.debit_minor for row in rows), sum(row.credit_minor for row in rows), currency)

    def _line(self, name: str, debit: int, credit: int, currency: str) -> None:
        shown = [Money(minor, currency).format() if minor else "" for minor in (debit, credit)]
        self.stdout.write(f"{name:<{WIDTH}}{shown[0]:>18}{shown[1]:>18}")
