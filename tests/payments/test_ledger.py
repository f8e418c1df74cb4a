import uuid
from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from merchants.models import Merchant
from payments.errors import AlreadyPosted
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.postings import Account, Leg, Posting
from payments.services import ledger
from tests.factories.payments import make_hold

pytestmark = pytest.mark.django_db
now = timezone.now


def check_as_commit_does() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def posting(*amounts: int, key: str = "one", currency: str = "USD") -> Posting:
    kinds = (Account.POINTS_EXPENSE, Account.POINTS_LIABILITY, Account.COMMISSION)
    legs = [Leg(kind, amount) for kind, amount in zip(kinds, amounts, strict=False)]
    return Posting("test", uuid7(), key, currency, legs)


def refused(write: Callable[[], object], message: str) -> None:
    """The write fails at the latest when its transaction commits, and nothing of it stays."""
    before = list(LedgerEntry.objects.order_by("pk").values())

    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        write()
        check_as_commit_does()

    assert list(LedgerEntry.objects.order_by("pk").values()) == before


def test_legs_that_do_not_sum_to_zero_fail_at_commit() -> None:
    """MON01."""
    refused(lambda: ledger.post(posting=posting(100, -99), at=now()), "does not balance")


@pytest.mark.django_db(transaction=True)
def test_an_unbalanced_posting_takes_the_whole_business_transaction_with_it() -> None:
    """MON01."""
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        LedgerAccount.objects.create(code="commission:EUR", kind="commission", currency="EUR")
        ledger.post(posting=posting(100, -99), at=now())

    assert not LedgerAccount.objects.exists()
    assert not LedgerTransaction.objects.exists()


def test_a_transaction_without_two_entries_fails_at_commit() -> None:
    """MON01."""
    refused(lambda: LedgerTransaction.objects.create(kind="test", reference=uuid7(), key="empty"), "does not balance")


def test_an_old_transaction_takes_no_more_entries_even_balanced_ones() -> None:
    ledger.post(posting=posting(100, -100), at=now())
    old = LedgerTransaction.objects.get()
    first, second = LedgerAccount.objects.order_by("code")

    def add() -> None:
        more = ((first, 5), (second, -5))
        rows = [LedgerEntry(transaction=old, account=account, amount_minor=minor, currency="USD") for account, minor in more]
        LedgerEntry.objects.bulk_create(rows)

    refused(add, "in one statement")


def test_two_currencies_do_not_mix_in_one_transaction() -> None:
    """MON23."""
    accounts = [LedgerAccount.objects.create(code=f"commission:{code}", kind="commission", currency=code) for code in ("EUR", "USD")]

    def mix() -> None:
        made = LedgerTransaction.objects.create(kind="test", reference=uuid7(), key="mixed")
        pairs = zip((5, -5), accounts, strict=True)
        LedgerEntry.objects.bulk_create(
            LedgerEntry(transaction=made, account=account, amount_minor=minor, currency=account.currency) for minor, account in pairs
        )

    refused(mix, "2 currencies")


def test_an_entry_has_the_currency_of_its_account() -> None:
    """MON23."""
    euro = LedgerAccount.objects.create(code="commission:EUR", kind="commission", currency="EUR")
    other = LedgerAccount.objects.create(code="points_expense:EUR", kind="points_expense", currency="EUR")

    def mislabel() -> None:
        made = LedgerTransaction.objects.create(kind="test", reference=uuid7(), key="wrong")
        rows = ((euro, 5), (other, -5))
        LedgerEntry.objects.bulk_create(
            LedgerEntry(transaction=made, account=account, amount_minor=minor, currency="USD") for account, minor in rows
        )

    refused(mislabel, "another currency")


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("model", [LedgerTransaction, LedgerEntry, LedgerAccount])
def test_ledger_rows_are_neither_changed_nor_deleted(model: type[LedgerEntry]) -> None:
    """MON02."""
    ledger.post(posting=posting(100, -100), at=now())
    table = model._meta.db_table

    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert model.objects.exists()


@pytest.mark.usefixtures("owner")
def test_ledger_tables_are_not_truncated() -> None:
    """MON02."""
    for name in ("transaction", "entry", "account"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE payments_ledger{name} ENABLE TRIGGER ledger_{name}_no_truncate")
            cursor.execute(f"TRUNCATE payments_ledger{name} CASCADE")


def test_a_posting_is_written_once_per_key() -> None:
    ledger.post(posting=posting(100, -100, key="same"), at=now())

    with pytest.raises(AlreadyPosted):
        ledger.post(posting=posting(700, -700, key="same"), at=now())

    assert LedgerTransaction.objects.count() == 1
    assert LedgerEntry.objects.count() == 2


def test_one_account_on_two_legs_of_a_first_posting_is_made_once() -> None:
    legs = [Leg(Account.COMMISSION, -60), Leg(Account.COMMISSION, -40), Leg(Account.POINTS_EXPENSE, 100)]

    ledger.post(posting=Posting("test", uuid7(), "split", "USD", legs), at=now())

    check_as_commit_does()
    assert list(LedgerAccount.objects.order_by("code").values_list("code", flat=True)) == ["commission:USD", "points_expense:USD"]


def test_a_posting_is_corrected_by_a_linked_reversal() -> None:
    """MON02."""
    ledger.post(posting=posting(100, -30, -70), at=now())
    original = LedgerTransaction.objects.get()

    ledger.reverse(transaction_id=original.pk, memo="typing error", at=now())

    check_as_commit_does()
    assert original.reversed_by.memo == "typing error"
    assert not any(sum(entry.amount_minor for entry in account.entries.all()) for account in LedgerAccount.objects.all())


def test_a_posting_is_reversed_once() -> None:
    ledger.post(posting=posting(100, -100), at=now())
    original = LedgerTransaction.objects.get()
    ledger.reverse(transaction_id=original.pk, memo="", at=now())

    with pytest.raises(AlreadyPosted):
        ledger.reverse(transaction_id=original.pk, memo="", at=now())

    assert LedgerTransaction.objects.count() == 2


def test_points_are_granted_expired_and_clawed_back_once_per_key() -> None:
    reference = uuid7()
    for _ in range(2):
        ledger.post_points_granted(reference=reference, key="lot 1", value_minor=300, currency="USD", at=now())
        ledger.post_points_expired(reference=reference, key="lot 1", value_minor=100, currency="USD", at=now())
        ledger.post_points_clawed_back(reference=reference, key="lot 1", value_minor=50, currency="USD", at=now())

    check_as_commit_does()
    liability = LedgerEntry.objects.filter(account__kind="points_liability")
    assert sorted(liability.values_list("amount_minor", flat=True)) == [-300, 50, 100]


@pytest.mark.usefixtures("owner")
def test_every_money_invariant_notices_its_violation(merchant: Merchant) -> None:
    """A view that can never show a row would be of no use: break what each looks at, one after the other."""
    held = make_hold(merchant)
    unpaid, old = uuid.uuid4().hex, "'2020-01-01'"
    attempt_columns = (
        "id, created_at, reference, gateway, amount_minor, currency, idempotency_key, provider_id, redirect_url, return_url, "
        "description, failure_code, refunded_minor, polls, card"
    )
    attempt_values = f"gen_random_uuid(), now(), '{unpaid}', 'x', 5, 'USD', gen_random_uuid(), '', '', '', '', '', 0, 0, ''"
    refund = (
        "INSERT INTO payments_refund (id, created_at, attempt_id, reference, amount_minor, currency, reason, status, idempotency_key,"
        f" provider_id, polls, cause) SELECT gen_random_uuid(), now(), id, '{held.reference}', %s, 'USD', '', '%s', 'k', '', 0, id"
        " FROM payments_paymentattempt"
    )
    another_success = f"INSERT INTO payments_paymentattempt ({attempt_columns}, status) VALUES ({attempt_values}, 'succeeded')"
    unguarded = (
        "ALTER TABLE payments_ledgerentry DISABLE TRIGGER USER;"
        "ALTER TABLE payments_ledgertransaction DISABLE TRIGGER USER;"
        "ALTER TABLE payments_ledgeraccount DISABLE TRIGGER USER;"
        "ALTER TABLE payments_paymentattempt DROP CONSTRAINT attempt_refunded;"
        "DROP INDEX attempt_one_success;"
    )
    breaks = {
        "ledger_transaction_balanced": "UPDATE payments_ledgerentry SET amount_minor = amount_minor + 1 WHERE amount_minor < 0",
        "ledger_sums_to_zero": "UPDATE payments_ledgerentry SET amount_minor = amount_minor + 1 WHERE amount_minor > 0",
        "clearing_explained": another_success,
        "clearing_returns_to_zero": (
            "DELETE FROM payments_ledgerentry USING payments_ledgertransaction t WHERE t.id = transaction_id AND t.kind = 'hold';"
            "UPDATE core_outboxevent SET handled_at = now()"
        ),
        "provider_balance_explained": another_success,
        "provider_fees_explained": (
            "INSERT INTO payments_providerfee (id, created_at, gateway, provider_id, amount_minor, currency, charged_at)"
            " VALUES (gen_random_uuid(), now(), 'sandbox', 'txn_1', 5, 'USD', now())"
        ),
        "refunds_within_captured": refund % (10_001, "sent"),
        "attempt_refunded_is_sum": "UPDATE payments_paymentattempt SET refunded_minor = 1",
        "escrow_matches_ledger": "UPDATE payments_escrowhold SET status = 'released', released_at = now()",
        "ledger_balance_is_sum": ("UPDATE payments_ledgeraccount SET kind = 'payable' WHERE kind = 'held'"),
        "escrow_returns_add_up": "UPDATE payments_escrowhold SET refunded_minor = 1",
        "refund_has_its_return": (
            "INSERT INTO payments_escrowreturn (id, created_at, hold_id, cause, is_chargeback, amount_minor, points_minor, cash_minor,"
            " credit_minor, commission_minor, commission_tax_minor)"
            " SELECT gen_random_uuid(), now(), id, id, false, 5, 0, 5, 0, 0, 0 FROM payments_escrowhold"
        ),
        "credit_within_spent": (
            "INSERT INTO payments_credituse (id, created_at, purchase, source, owner, currency, amount_minor, returned_minor)"
            " SELECT gen_random_uuid(), now(), purchase, 'gift_card', id, 'USD', 5, 0 FROM payments_escrowhold"
        ),
        "reserved_explained": (
            "INSERT INTO payments_escrowfreeze (id, created_at, hold_id, cause, reserved_minor)"
            " SELECT gen_random_uuid(), now(), id, id, 5 FROM payments_escrowhold"
        ),
        "holds_equal_capture": "UPDATE payments_escrowhold SET amount_minor = amount_minor + 1",
        "one_success_per_purchase": another_success + ";" + another_success,
        "surplus_goes_back": "UPDATE payments_paymentattempt SET status = 'surplus'",
        "inbox_handled_in_time": (
            "INSERT INTO payments_inboxmessage (id, created_at, gateway, provider_event_id, kind, subject, object_id, body, status,"
            f" attempts, next_try_at, note) VALUES (gen_random_uuid(), {old}, '', '', '', 'other', '', '{{}}', 'received', 0, now(), '')"
        ),
        "attempt_polled_in_time": f"UPDATE payments_paymentattempt SET status = 'sent', next_poll_at = {old}",
        "refund_polled_in_time": refund % (1, "unknown"),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        assert invariants.violations() == {}
        for name, statement in breaks.items():
            with transaction.atomic():
                cursor.execute(unguarded)
                cursor.execute(statement)
                assert f"invariant_{name}" in invariants.violations(), name
                transaction.set_rollback(True)
