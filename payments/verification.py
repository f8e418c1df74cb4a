"""Whether the ledger is what it claims to be: the checks of `manage.py verify_ledger`, as statements the database answers by itself.

Nothing is read into this process but what is wrong, so a ledger of any size is verified in the database's own time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from core.postgresql.patience import patience
from payments.models import LedgerAccount
from payments.services.ledger import id_of_code

MOST_SHOWN = 20
GUARDS = {
    "payments_ledgertransaction": ("ledger_transaction_balanced", "ledger_transaction_append_only", "ledger_transaction_no_truncate"),
    "payments_ledgerentry": ("ledger_entry_complete", "ledger_entry_append_only", "ledger_entry_no_truncate"),
    "payments_ledgeraccount": ("ledger_account_append_only", "ledger_account_no_truncate"),
    "payments_ledgerbalance": ("ledger_balance_guarded", "ledger_balance_no_truncate"),
}
# The accounts whose balance is also kept beside the ledger.
GUARDED_KINDS = ("payable", "store_credit", "gift_card", "deposit")

CHECKS = {
    "transactions that do not balance": """
        SELECT transaction_id, count(*) AS entries, sum(amount_minor) AS sum_minor, min(currency) AS currency, max(currency) AS other
        FROM payments_ledgerentry GROUP BY transaction_id
        HAVING count(*) < 2 OR sum(amount_minor) <> 0 OR min(currency) <> max(currency)""",
    "transactions without entries": """
        SELECT t.id AS transaction_id, t.kind FROM payments_ledgertransaction t
        WHERE NOT EXISTS (SELECT FROM payments_ledgerentry e WHERE e.transaction_id = t.id)""",
    "currencies that do not sum to zero": """
        SELECT currency, sum(amount_minor) AS sum_minor FROM payments_ledgerentry GROUP BY currency HAVING sum(amount_minor) <> 0""",
    "entries in another currency than their account": """
        SELECT e.id AS entry_id, e.currency, a.code FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id
        WHERE a.currency <> e.currency""",
    "entries of another moment than their transaction": """
        SELECT e.id AS entry_id, e.at, t.created_at FROM payments_ledgerentry e
        JOIN payments_ledgertransaction t ON t.id = e.transaction_id WHERE e.at <> t.created_at""",
    "entries without a transaction or an account": """
        SELECT e.id AS entry_id FROM payments_ledgerentry e
        WHERE NOT EXISTS (SELECT FROM payments_ledgertransaction t WHERE t.id = e.transaction_id)
            OR NOT EXISTS (SELECT FROM payments_ledgeraccount a WHERE a.id = e.account_id)""",
    "accounts whose code says another kind, owner or currency": """
        SELECT code, kind, merchant_id, currency FROM payments_ledgeraccount
        WHERE split_part(code, ':', 1) <> kind OR reverse(split_part(reverse(code), ':', 1)) <> currency
            OR (merchant_id IS NOT NULL AND split_part(code, ':', 2) <> merchant_id::text)""",
    "kept balances that are not the sum of their entries": """
        WITH summed AS (
            SELECT e.account_id, -sum(e.amount_minor) AS minor
            FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind IN %(guarded)s
            GROUP BY e.account_id
        )
        SELECT account_id, b.available_minor, coalesce(summed.minor, 0) AS entries_minor
        FROM payments_ledgerbalance b FULL JOIN summed USING (account_id)
        WHERE b.available_minor IS DISTINCT FROM coalesce(summed.minor, 0)""",
    "kept balances below their floor": """
        SELECT account_id, available_minor, floor_minor FROM payments_ledgerbalance WHERE available_minor < floor_minor""",
    "reversals that are not the opposite of what they reverse": """
        SELECT reversal_id, account_id, sum(minor) AS left_minor FROM (
            SELECT r.id AS reversal_id, e.account_id, e.amount_minor AS minor
            FROM payments_ledgertransaction r JOIN payments_ledgerentry e ON e.transaction_id IN (r.id, r.reverses_id)
            WHERE r.reverses_id IS NOT NULL
        ) both_sides GROUP BY reversal_id, account_id HAVING sum(minor) <> 0""",
    "guards that are missing or switched off": """
        SELECT wanted.name AS guard, wanted.of AS on_table FROM unnest(%(tables)s::text[], %(triggers)s::text[]) AS wanted(of, name)
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger t
            WHERE t.tgrelid = to_regclass(wanted.of) AND t.tgname = wanted.name AND t.tgenabled IN ('O', 'A'))""",
    "indexes and constraints the database does not trust": """
        SELECT i.indexrelid::regclass::text AS name FROM pg_index i
        WHERE i.indrelid = ANY (SELECT to_regclass(unnest(%(tables)s::text[]))) AND NOT (i.indisvalid AND i.indisready)
        UNION ALL
        SELECT c.conname FROM pg_constraint c
        WHERE c.conrelid = ANY (SELECT to_regclass(unnest(%(tables)s::text[]))) AND NOT c.convalidated""",
    "clearing left over with nothing on its way": "SELECT * FROM invariant_clearing_returns_to_zero",
}
# What the ledger alone cannot know: whether payments, holds and refunds explain it.
BUSINESS_CHECKS = {
    "clearing that nothing explains": "SELECT * FROM invariant_clearing_explained",
}
FIGURES = {
    "transactions": "SELECT count(*) FROM payments_ledgertransaction",
    "entries": "SELECT count(*) FROM payments_ledgerentry",
    "accounts": "SELECT count(*) FROM payments_ledgeraccount",
    "kept balances": "SELECT count(*) FROM payments_ledgerbalance",
    "turnover": """
        SELECT coalesce(string_agg(currency || ' ' || minor, ', ' ORDER BY currency), 'none') FROM (
            SELECT currency, sum(amount_minor) AS minor FROM payments_ledgerentry WHERE amount_minor > 0 GROUP BY currency) moved""",
    # Does not depend on the order of rows: the same before and after a dump and restore.
    "digest": """
        SELECT to_hex((coalesce(sum(hashtextextended(
            concat_ws('|', id, transaction_id, account_id, extract(epoch FROM at), amount_minor, currency, part), 0)::numeric), 0)
            %% 9223372036854775783)::bigint) FROM payments_ledgerentry""",
}
# The ledger's own trigger changes kept balances in the name of whoever posts, so that one right stays.
RIGHTS = """
SELECT wanted.of || ' ' || p.privilege
FROM (SELECT DISTINCT unnest(%(tables)s::text[])) AS wanted(of), unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS p(privilege)
WHERE has_table_privilege(wanted.of, p.privilege) AND (wanted.of, p.privilege) <> ('payments_ledgerbalance', 'UPDATE')
ORDER BY 1
"""


@dataclass(frozen=True)
class Finding:
    """One check's outcome: how many rows should not be as they are, and the first of them."""

    check: str
    count: int
    rows: Sequence[dict[str, Any]]
    seconds: float


@dataclass(frozen=True)
class Report:
    figures: dict[str, str]
    findings: list[Finding]
    seconds: float

    @property
    def is_clean(self) -> bool:
        return not any(finding.count for finding in self.findings)


def verify(*, business: bool = True, tell: Callable[[Finding], None] = lambda finding: None) -> Report:
    """Check the whole ledger as of one moment, also while it is being written to. `business` also asks what explains the clearing."""
    began = time.monotonic()
    with one_moment():
        figures = {name: str(_rows(sql)[0][0]) for name, sql in FIGURES.items()}
        findings = []
        for finding in _findings({**CHECKS, **(BUSINESS_CHECKS if business else {})}):
            tell(finding)
            findings.append(finding)
    return Report(figures, findings, time.monotonic() - began)


def rights() -> list[str]:
    """What the role we are connected as could do to the ledger if the triggers were not there; empty for an application role."""
    return [row[0] for row in _rows(RIGHTS)]


def _findings(checks: dict[str, str]) -> Iterator[Finding]:
    for name, sql in checks.items():
        yield _look(name, sql)
    began = time.monotonic()
    wrong = [{"code": code, "id": key} for key, code in _accounts() if key != id_of_code(code)]
    yield Finding("accounts whose key does not follow from their code", len(wrong), wrong[:MOST_SHOWN], time.monotonic() - began)


def _accounts() -> Iterator[tuple[Any, str]]:
    return LedgerAccount.objects.order_by().values_list("pk", "code").iterator(2_000)


def _look(name: str, sql: str) -> Finding:
    """Count what a check finds and keep the first rows, in one pass."""
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT *, count(*) OVER () AS found_in_all FROM ({sql}) found LIMIT {MOST_SHOWN}", _PARAMETERS)  # noqa: S608
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    count = rows[0]["found_in_all"] if rows else 0
    return Finding(name, count, [{key: row[key] for key in names[:-1]} for row in rows], time.monotonic() - began)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, _PARAMETERS)
        return list(cursor.fetchall())


_PARAMETERS: dict[str, Any] = {
    "guarded": GUARDED_KINDS,
    "tables": [table for table, triggers in GUARDS.items() for _ in triggers],
    "triggers": [trigger for triggers in GUARDS.values() for trigger in triggers],
}


@contextmanager
def one_moment() -> Iterator[None]:
    """A read-only snapshot with time and room for large sums; inside somebody else's transaction, that transaction as it is."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        with patience():
            yield
