from importlib import import_module

from django.db import migrations

GUARD = import_module("payments.migrations.0002_ledger_guards").GUARD
UNGUARD = import_module("payments.migrations.0002_ledger_guards").UNGUARD
BALANCE_BEFORE = import_module("payments.migrations.0003_invariants").VIEWS["provider_balance_explained"]

# A closed period and what somebody did with bank details are never rewritten.
APPEND_ONLY = [
    {"name": "payout_statement", "table": "payments_payoutstatement"},
    {"name": "statement_line", "table": "payments_statementline"},
    {"name": "bank_account_access", "table": "payments_bankaccountaccess"},
]
# Of an account only two things may change: that it was replaced, and the key its details are written under.
ACCOUNT = """
CREATE FUNCTION bank_account_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.replaced_at IS NOT NULL AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at)
            OR (to_jsonb(NEW) - 'replaced_at' - 'details') <> (to_jsonb(OLD) - 'replaced_at' - 'details') THEN
        RAISE EXCEPTION '% of a bank account is refused: another one takes its place', TG_OP
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bank_account_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bank_account_kept BEFORE UPDATE OR DELETE ON payments_bankaccount FOR EACH ROW EXECUTE FUNCTION bank_account_kept();
CREATE TRIGGER bank_account_no_truncate BEFORE TRUNCATE ON payments_bankaccount
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""
ACCOUNT_BACK = """
DROP TRIGGER bank_account_no_truncate ON payments_bankaccount;
DROP TRIGGER bank_account_kept ON payments_bankaccount;
DROP FUNCTION bank_account_kept();
"""

BALANCE = BALANCE_BEFORE.replace(
    "        ), expected AS (",
    """            UNION ALL
            SELECT gateway, currency, -amount_minor FROM payments_payout WHERE status = 'paid'
        ), expected AS (""",
)
ADDED = {
    # On the way: the account has what payouts that are neither paid nor failed say.
    "payouts_on_their_way": """
        WITH booked AS (
            SELECT e.currency, -sum(e.amount_minor) AS booked_minor
            FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'payouts'
            GROUP BY e.currency
        ), expected AS (
            SELECT currency, sum(amount_minor) AS expected_minor
            FROM payments_payout WHERE status IN ('requested', 'sent', 'unknown') GROUP BY currency
        )
        SELECT currency, coalesce(booked_minor, 0) AS booked_minor, coalesce(expected_minor, 0) AS expected_minor
        FROM booked FULL JOIN expected USING (currency)
        WHERE coalesce(booked_minor, 0) <> coalesce(expected_minor, 0)""",
    # What left payable for good is what was not returned: the payouts' term of payable, per merchant.
    "payouts_taken_from_payable": """
        WITH booked AS (
            SELECT a.merchant_id, e.currency, sum(e.amount_minor) AS booked_minor
            FROM payments_ledgerentry e
            JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'payable'
            JOIN payments_ledgertransaction t ON t.id = e.transaction_id AND t.kind IN ('payout', 'payout_failed')
            GROUP BY a.merchant_id, e.currency
        ), expected AS (
            SELECT merchant_id, currency, sum(amount_minor) FILTER (WHERE status <> 'failed') AS expected_minor
            FROM payments_payout GROUP BY merchant_id, currency
        )
        SELECT merchant_id, currency, coalesce(booked_minor, 0) AS booked_minor, coalesce(expected_minor, 0) AS expected_minor
        FROM booked FULL JOIN expected USING (merchant_id, currency)
        WHERE coalesce(booked_minor, 0) <> coalesce(expected_minor, 0)""",
    "statement_adds_up": """
        SELECT s.id AS statement_id, s.merchant_id, s.currency, s.number, s.opening_minor, l.minor AS lines_minor, s.closing_minor, s.before_minor
        FROM (
            SELECT *, coalesce(lag(closing_minor) OVER (PARTITION BY merchant_id, currency ORDER BY number), 0) AS before_minor
            FROM payments_payoutstatement
        ) s
        CROSS JOIN LATERAL (
            SELECT coalesce(-sum(e.amount_minor), 0) AS minor
            FROM payments_statementline l JOIN payments_ledgerentry e ON e.id = l.entry_id WHERE l.statement_id = s.id
        ) l
        WHERE s.opening_minor + l.minor <> s.closing_minor OR s.opening_minor <> s.before_minor""",
    "statement_lines_are_own": """
        SELECT l.statement_id, l.entry_id
        FROM payments_statementline l
        JOIN payments_payoutstatement s ON s.id = l.statement_id
        JOIN payments_ledgerentry e ON e.id = l.entry_id
        JOIN payments_ledgeraccount a ON a.id = e.account_id
        WHERE (a.kind, a.merchant_id, a.currency) IS DISTINCT FROM ('payable', s.merchant_id, s.currency)""",
    "statement_numbers_without_gaps": """
        SELECT s.merchant_id, count(*) AS statements, max(s.number) AS highest, p.last_number
        FROM payments_payoutstatement s LEFT JOIN payments_payoutschedule p ON p.merchant_id = s.merchant_id
        GROUP BY s.merchant_id, p.last_number
        HAVING count(*) <> max(s.number) OR max(s.number) IS DISTINCT FROM p.last_number""",
    # The statement of a payout lists the entry that took its amount, so the line and the transfer cannot differ.
    "payout_is_on_its_statement": """
        SELECT p.id AS payout_id, p.merchant_id, p.amount_minor, p.currency
        FROM payments_payout p
        WHERE NOT EXISTS (
            SELECT FROM payments_statementline l
            JOIN payments_payoutstatement s ON s.id = l.statement_id
            JOIN payments_ledgerentry e ON e.id = l.entry_id
            JOIN payments_ledgertransaction t ON t.id = e.transaction_id
            WHERE l.statement_id = p.statement_id AND s.merchant_id = p.merchant_id AND e.currency = p.currency
                AND e.amount_minor = p.amount_minor AND t.key = 'payout:' || p.id)""",
    "payout_polled_in_time": """
        SELECT id AS payout_id, merchant_id, status, polls, next_poll_at
        FROM payments_payout
        WHERE status IN ('requested', 'sent', 'unknown') AND (next_poll_at IS NULL OR next_poll_at < now() - interval '30 minutes')""",
}
DROP = "DROP VIEW invariant_provider_balance_explained;"


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_reconciliation")]

    operations = [
        *(migrations.RunSQL(GUARD.format(**names), UNGUARD.format(**names)) for names in APPEND_ONLY),
        migrations.RunSQL(ACCOUNT, ACCOUNT_BACK),
        migrations.RunSQL(
            f"{DROP} CREATE VIEW invariant_provider_balance_explained AS {BALANCE}",
            f"{DROP} CREATE VIEW invariant_provider_balance_explained AS {BALANCE_BEFORE}",
        ),
        *(migrations.RunSQL(f"CREATE VIEW invariant_{name} AS {query}", f"DROP VIEW invariant_{name}") for name, query in ADDED.items()),
    ]
