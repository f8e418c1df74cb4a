"""Posts, prints the rates, verifies and prints the time. Runs where Django is set up."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from rich.console import Console

from benchmarks.ledger.posting import Rate, post
from merchants.services import create_merchant
from payments.models import LedgerAccount
from payments.selectors import accounts

MERCHANTS = 200
# A part is posted as the shop does it, a commit for each; the rest as a sweep could, so that a million does not take the night.
ONE_BY_ONE_SHARE, ONE_BY_ONE_MOST = 5, 50_000
UNCHECKED_MOST = 20_000
PER_COMMIT = 50
console = Console(width=140, highlight=False)


def measure(url: str, wanted: str, processes: str) -> None:
    """The whole benchmark on a migrated database without any merchant; arguments as they come from a command line."""
    transactions, workers = int(wanted), int(processes)
    merchants = open_shops(MERCHANTS)
    one_by_one = min(transactions // ONE_BY_ONE_SHARE, ONE_BY_ONE_MOST)
    console.print(f"{workers} processes, {MERCHANTS} merchants")

    def run(count: int, per_commit: int) -> Rate:
        return post(count, per_commit=per_commit, merchants=merchants, workers=workers, database_url=url, tell=tell)

    show(run(one_by_one, 1), "one per commit, as the shop posts")
    show(run(transactions - one_by_one, PER_COMMIT), f"{PER_COMMIT} per commit, as a sweep could")
    show(unchecked(lambda: run(min(one_by_one, UNCHECKED_MOST), 1)), "one per commit without the check at COMMIT, for comparison")
    verify()
    read_books()


def open_shops(count: int) -> list[uuid.UUID]:
    """Merchants whose accounts are posted to."""
    return [create_merchant(name=f"Stall {number}", kind="company", email=f"stall{number}@example.com").pk for number in range(count)]


def tell(done: int, seconds: float) -> None:
    sys.stderr.write(f"{done:>12,} after {seconds:,.0f} s\n")


def show(rate: Rate, how: str) -> None:
    console.print(f"{rate.postings:>12,} transactions in {rate.seconds:7.1f} s: [b]{rate.per_second:,.0f} per second[/b], {how}")


def unchecked(work: Callable[[], Rate]) -> Rate:
    """What the deferred trigger costs; it is on again before anything is verified, and verifying looks at these rows too."""
    trigger = "ALTER TABLE payments_ledgertransaction {} TRIGGER ledger_transaction_balanced"
    execute(trigger.format("DISABLE"))
    try:
        return work()
    finally:
        execute(trigger.format("ENABLE"))


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def verify() -> None:
    """The command itself, as an operator runs it; it ends this program with an error when it finds anything."""
    began = time.monotonic()
    call_command("verify_ledger", ledger_only=True)
    console.print(f"verify_ledger took [b]{time.monotonic() - began:.1f} s[/b]")


def read_books() -> None:
    """How long the pages of a ledger of this size make one wait."""
    now = timezone.now()
    began = time.monotonic()
    accounts.trial_balance(now)
    console.print(f"trial balance: {time.monotonic() - began:.2f} s")
    largest = LedgerAccount.objects.filter(kind="provider_clearing").first()
    if largest is not None:
        began = time.monotonic()
        accounts.account_statement(largest.pk, since=now.replace(hour=0), until=now)
        console.print(f"a page of the largest account's statement: {time.monotonic() - began:.2f} s")
