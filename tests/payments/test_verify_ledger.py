"""Each check of verify_ledger is shown a ledger in which what it looks for has been done, with the guards off."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from core.ids import uuid7
from merchants.models import Merchant
from payments import chart, verification
from payments.models import LedgerAccount, LedgerTransaction
from payments.postings import Account, Leg, Posting
from payments.services import escrow, ledger
from tests.architecture.test_docs import document
from tests.factories.payments import make_hold

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
now = timezone.now
OFF = "".join(f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in verification.GUARDS)


@pytest.fixture(autouse=True)
def _all_guards(owner: None) -> None:
    """Tests of other files may empty tables; here that guard is on again until the end of the test."""
    with connection.cursor() as cursor:
        for table, triggers in verification.GUARDS.items():
            for trigger in triggers:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def books(merchant: Merchant) -> Iterator[None]:
    """A purchase that was released, one that is held, and a reversal."""
    for _ in range(2):
        held = make_hold(merchant)
    escrow.release(reference=held.reference, at=now(), actor="system:test")
    legs = [Leg(Account.POINTS_EXPENSE, 100), Leg(Account.POINTS_LIABILITY, -100)]
    ledger.post(posting=Posting("test", uuid7(), "one", "USD", legs), at=now())
    ledger.reverse(transaction_id=LedgerTransaction.objects.get(key="one").pk, memo="typing error", at=now())
    run("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; UPDATE core_outboxevent SET handled_at = now()")
    yield


def found() -> set[str]:
    return {finding.check for finding in verification.verify().findings if finding.count}


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_ledger", *arguments, stdout=out)
    return out.getvalue()


def test_a_true_ledger_is_verified_with_its_figures(books: None) -> None:
    text = printed()

    assert "✘" not in text
    assert "transactions: 7" in text
    assert "turnover: USD 50200" in text
    assert "verified in" in text


def test_an_empty_ledger_is_in_order() -> None:
    assert "transactions: 0" in printed()


ENTRY = "UPDATE payments_ledgerentry SET"
LAST = "WHERE id = (SELECT max(id) FROM payments_ledgerentry)"
NEW = (
    "INSERT INTO payments_ledgertransaction (id, created_at, kind, reference, key, memo)"
    " VALUES (gen_random_uuid(), now(), 'x', gen_random_uuid(), 'x', '')"
)
ONE = "WHERE transaction_id = (SELECT id FROM payments_ledgertransaction WHERE key = 'one')"
REVERSAL = "WHERE transaction_id = (SELECT id FROM payments_ledgertransaction WHERE kind = 'reversal')"
BREAKS = {
    "transactions that do not balance": f"{ENTRY} amount_minor = amount_minor + 1 {LAST}",
    "transactions without entries": NEW,
    "currencies that do not sum to zero": f"DELETE FROM payments_ledgerentry {LAST}",
    "entries in another currency than their account": f"{ENTRY} currency = 'EUR' {ONE}",
    "entries of another moment than their transaction": f"{ENTRY} at = at + interval '1 second' {LAST}",
    "entries without a transaction or an account": (
        "SET CONSTRAINTS ALL DEFERRED; DELETE FROM payments_ledgertransaction WHERE key = 'one'"
    ),
    "accounts whose code says another kind, owner or currency": "UPDATE payments_ledgeraccount SET kind = 'held' WHERE kind = 'commission'",
    "accounts whose key does not follow from their code": (
        "UPDATE payments_ledgeraccount SET code = 'commission:x:USD' WHERE kind = 'commission'"
    ),
    "kept balances that are not the sum of their entries": "UPDATE payments_ledgerbalance SET available_minor = available_minor + 1",
    "kept balances below their floor": (
        "ALTER TABLE payments_ledgerbalance DROP CONSTRAINT ledger_balance_floor; UPDATE payments_ledgerbalance SET floor_minor = 10^9"
    ),
    "reversals that are not the opposite of what they reverse": (f"{ENTRY} amount_minor = 2 * amount_minor {REVERSAL}"),
    "clearing that nothing explains": "UPDATE payments_escrowhold SET amount_minor = amount_minor + 1",
    "clearing left over with nothing on its way": (
        "DELETE FROM payments_ledgerentry e USING payments_ledgertransaction t WHERE t.id = e.transaction_id AND t.kind = 'hold'"
    ),
    "indexes and constraints the database does not trust": (
        "ALTER TABLE payments_ledgerentry DROP CONSTRAINT ledger_entry_amount;"
        "ALTER TABLE payments_ledgerentry ADD CONSTRAINT ledger_entry_amount CHECK (amount_minor <> 0) NOT VALID"
    ),
}


@pytest.mark.parametrize("check", BREAKS)
def test_every_check_sees_what_it_is_there_for(books: None, check: str) -> None:
    assert found() == set()

    with transaction.atomic():
        run(OFF)
        run(BREAKS[check])
        assert check in found()
        with pytest.raises(CommandError, match="not in order"):
            printed()
        transaction.set_rollback(True)


def test_there_is_no_check_without_a_break_of_its_own() -> None:
    checks = {*verification.CHECKS, *verification.BUSINESS_CHECKS, "accounts whose key does not follow from their code"}

    assert checks - set(BREAKS) == {"guards that are missing or switched off"}


@pytest.mark.parametrize(("table", "trigger"), [(table, name) for table, names in verification.GUARDS.items() for name in names])
@pytest.mark.parametrize("how", ["ALTER TABLE {table} DISABLE TRIGGER {trigger}", "DROP TRIGGER {trigger} ON {table}"])
def test_a_guard_that_is_switched_off_or_gone_is_noticed(table: str, trigger: str, how: str) -> None:
    """MON02."""
    with transaction.atomic():
        run(how.format(table=table, trigger=trigger))
        report = verification.verify()
        transaction.set_rollback(True)

    assert [row for finding in report.findings for row in finding.rows] == [{"guard": trigger, "on_table": table}]


def test_many_findings_are_counted_and_the_first_shown(books: None) -> None:
    with transaction.atomic():
        run(OFF)
        run("INSERT INTO payments_ledgertransaction (id, created_at, kind, reference, key, memo)"
            " SELECT gen_random_uuid(), now(), 'x', gen_random_uuid(), 'x' || n, '' FROM generate_series(1, 50) n")  # fmt: skip
        with pytest.raises(CommandError):
            printed()
        finding = next(row for row in verification.verify().findings if row.count)
        transaction.set_rollback(True)

    assert (finding.count, len(finding.rows)) == (50, verification.MOST_SHOWN)


def test_the_digest_is_another_one_when_one_cent_moved(books: None) -> None:
    before = verification.verify().figures["digest"]
    assert verification.verify().figures["digest"] == before

    with transaction.atomic():
        run(OFF)
        run(f"{ENTRY} amount_minor = amount_minor + 1 {LAST}")
        changed = verification.verify().figures["digest"]
        transaction.set_rollback(True)

    assert changed != before


def test_the_ledger_alone_can_be_verified_without_what_explains_it(books: None) -> None:
    with transaction.atomic():
        run("UPDATE payments_escrowhold SET amount_minor = amount_minor + 1")
        assert "✘" not in printed("--ledger-only")
        transaction.set_rollback(True)


def test_every_kind_of_account_has_its_place_in_the_chart_and_the_docs_say_the_same() -> None:
    kinds = set(LedgerAccount.Kind.values)
    text = document("docs/ledger.md")
    rows = [line.split("|")[1:4] for line in text.splitlines() if line.startswith("| `")]
    written = {kind.strip(" `"): nature.strip() for kinds_of_row, _, nature in rows[: len(kinds)] for kind in kinds_of_row.split(",")}

    assert kinds - set(chart.NATURES) == set(), "give the new kind its nature in payments/chart.py"
    assert {kind: written.get(kind) for kind in kinds} == {kind: chart.NATURES[kind].value for kind in kinds}
