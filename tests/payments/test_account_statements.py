"""Balances on a day and statements per account, and that indexes answer them."""

from __future__ import annotations

import datetime as dt
import random
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from core.ids import uuid7
from merchants.models import Merchant
from payments.models import LedgerAccount, LedgerEntry
from payments.postings import Account, Leg, Posting
from payments.selectors import accounts
from payments.services import ledger
from tests.factories.payments import make_hold
from tests.rights import as_owner

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
FAR = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def day(number: int) -> dt.datetime:
    return START + dt.timedelta(days=number)


def post(minor: int, at: dt.datetime, currency: str = "USD") -> None:
    legs = [Leg(Account.POINTS_EXPENSE, minor), Leg(Account.POINTS_LIABILITY, -minor)]
    ledger.post(posting=Posting("test", uuid7(), uuid7().hex, currency, legs), at=at)


def account(code: str = "points_expense:USD") -> LedgerAccount:
    return LedgerAccount.objects.get(code=code)


def test_the_trial_balance_of_a_day_has_what_was_posted_before_and_sums_to_zero(merchant: Merchant) -> None:
    post(100, day(0))
    post(50, day(1))
    post(7, day(1), "JPY")

    early, late = accounts.trial_balance(day(1)), accounts.trial_balance(day(2))

    assert [(row.account.code, row.minor) for row in early] == [("points_liability:USD", -100), ("points_expense:USD", 100)]
    assert [(row.account.code, row.debit_minor, row.credit_minor) for row in late] == [
        ("points_liability:JPY", 0, 7), ("points_expense:JPY", 7, 0), ("points_liability:USD", 0, 150), ("points_expense:USD", 150, 0),
    ]  # fmt: skip


def test_the_books_are_read_from_assets_to_expenses(merchant: Merchant) -> None:
    make_hold(merchant)
    post(100, timezone.now())

    kinds = [row.kind for row in accounts.balances_by_kind(FAR)]

    assert kinds == ["provider_balance", "provider_clearing", "held", "points_liability", "points_expense"]


def test_all_accounts_of_a_kind_are_one_row_of_the_chart(merchant_pair: tuple[Merchant, Merchant]) -> None:
    for merchant in merchant_pair:
        make_hold(merchant, 4_000)

    held = next(row for row in accounts.balances_by_kind(FAR) if row.kind == "held")

    assert (held.accounts, held.minor) == (2, -8_000)


def test_a_statement_goes_from_opening_to_closing_with_a_running_balance() -> None:
    for minor, at in ((10, day(0)), (20, day(1)), (-5, day(2)), (40, day(3))):
        post(minor, at)

    found = accounts.account_statement(account().pk, since=day(1), until=day(3))

    assert (found.opening_minor, found.debit_minor, found.credit_minor, found.closing_minor) == (10, 20, 5, 25)
    assert [(line.entry.amount_minor, line.running_minor) for line in found.lines] == [(20, 30), (-5, 25)]
    assert found.following is None


def test_pages_of_a_statement_hang_together_also_where_many_entries_share_a_moment() -> None:
    random.seed(7)
    for _ in range(40):
        post(random.randint(1, 90), day(random.randint(1, 4)))
    pages, place = [], None
    while True:
        page = accounts.account_statement(account().pk, since=day(1), until=day(9), after=place, limit=7)
        pages.append(page)
        if (place := page.following) is None:
            break

    lines = [line for page in pages for line in page.lines]
    assert len(lines) == len({line.entry.pk for line in lines}) == 40
    assert [line.entry.at for line in lines] == sorted(line.entry.at for line in lines)
    assert lines[-1].running_minor == pages[0].closing_minor == pages[-1].closing_minor
    assert [line.running_minor for line in lines] == [
        line.running_minor for line in accounts.account_entries(account().pk, since=day(1), until=day(9))
    ]


def test_an_entry_is_of_the_moment_of_its_transaction() -> None:
    post(10, day(5))

    assert set(LedgerEntry.objects.values_list("at", flat=True)) == {day(5)}


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.fixture
def large_account() -> LedgerAccount:
    """Twenty thousand entries of one account among those of others, as the planner would meet them."""
    post(1, day(0))
    post(1, day(0), "EUR")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE payments_ledgerentry DISABLE TRIGGER ledger_entry_complete")
        cursor.execute(
            "INSERT INTO payments_ledgerentry (transaction_id, account_id, at, amount_minor, currency)"
            " SELECT e.transaction_id, e.account_id, e.at + n * interval '1 minute', e.amount_minor, e.currency"
            " FROM payments_ledgerentry e, generate_series(1, 20000) n"
        )
        cursor.execute("ALTER TABLE payments_ledgerentry ENABLE TRIGGER ledger_entry_complete")
        cursor.execute("ANALYZE payments_ledgerentry")
    return account()


def queries_of(large: LedgerAccount) -> list[str]:
    place = accounts.Place(day(5), LedgerEntry.objects.filter(account=large).earliest("at").pk)
    with_values = []

    def keep(execute: object, sql: str, params: tuple[object, ...], many: bool, context: dict[str, object]) -> object:
        with connection.cursor() as cursor:
            with_values.append(cursor.cursor.mogrify(sql, params).decode())
        return execute(sql, params, many, context)  # type: ignore[operator]

    with connection.execute_wrapper(keep):
        accounts.account_statement(large.pk, since=day(4), until=day(9), after=place)
    return with_values


def test_every_query_of_a_statement_is_a_range_of_one_index(large_account: LedgerAccount) -> None:
    queries = queries_of(large_account)

    assert len(queries) == 5
    for sql in queries:
        text = plan(sql)
        assert "ledger_entry_statement" in text, text
        assert "Seq Scan on payments_ledgerentry" not in text, text


def test_a_page_far_back_reads_only_its_own_rows(large_account: LedgerAccount) -> None:
    """Keyset pagination: a late page costs what the first one does."""
    (page,) = [sql for sql in queries_of(large_account) if "LIMIT" in sql]

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {page}")
        text = "\n".join(row[0] for row in cursor.fetchall())

    index = next(line for line in text.splitlines() if "ledger_entry_statement" in line)
    read = re.search(r"actual rows=(\d+)", index)
    assert read is not None
    assert int(read[1]) <= 51


def test_the_command_prints_debits_and_credits_that_agree() -> None:
    post(1_250, day(0))
    out = StringIO()

    call_command("trial_balance", "--date", day(0).date().isoformat(), stdout=out)

    assert out.getvalue().count("$12.50") == 4
    assert out.getvalue().splitlines()[-1].split() == ["total", "$12.50", "$12.50"]


def test_the_command_says_when_nothing_was_posted() -> None:
    out = StringIO()

    call_command("trial_balance", stdout=out)

    assert out.getvalue() == "Nothing was posted.\n"
