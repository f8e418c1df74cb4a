from importlib import import_module

from django.db import migrations

_BEFORE = import_module("payments.migrations.0002_ledger_guards")
_VIEWS_BEFORE = import_module("payments.migrations.0003_invariants").VIEWS

# As before, and the balances of guarded accounts follow the entries. One UPDATE per account, in key order; the INSERT is for an
# account's first entry, because a CHECK is asked about the row proposed before a conflict is looked for.
COMPLETE = """
CREATE OR REPLACE FUNCTION ledger_entry_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved record;
BEGIN
    IF (SELECT count(*) FROM payments_ledgerentry WHERE transaction_id IN (SELECT transaction_id FROM fresh))
            <> (SELECT count(*) FROM fresh) THEN
        RAISE EXCEPTION 'a ledger transaction takes its entries in one statement; correct it by a reversal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_complete';
    END IF;
    IF EXISTS (SELECT FROM fresh JOIN payments_ledgeraccount a ON a.id = fresh.account_id WHERE a.currency <> fresh.currency) THEN
        RAISE EXCEPTION 'a ledger entry has another currency than its account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_currency';
    END IF;
    FOR moved IN
        SELECT fresh.account_id, a.kind, -sum(fresh.amount_minor) AS minor
        FROM fresh JOIN payments_ledgeraccount a ON a.id = fresh.account_id
        WHERE a.kind IN ('payable', 'store_credit', 'gift_card')
        GROUP BY fresh.account_id, a.kind ORDER BY fresh.account_id
    LOOP
        UPDATE payments_ledgerbalance SET available_minor = available_minor + moved.minor WHERE account_id = moved.account_id;
        IF NOT FOUND THEN
            INSERT INTO payments_ledgerbalance (account_id, available_minor, floor_minor)
            VALUES (moved.account_id, moved.minor, CASE WHEN moved.kind = 'payable' THEN NULL ELSE 0 END)
            ON CONFLICT (account_id) DO UPDATE SET available_minor = payments_ledgerbalance.available_minor + EXCLUDED.available_minor;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""
FILL = """
INSERT INTO payments_ledgerbalance (account_id, available_minor, floor_minor)
SELECT a.id, -sum(e.amount_minor), CASE WHEN a.kind = 'payable' THEN NULL ELSE 0 END
FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id
WHERE a.kind IN ('payable', 'store_credit', 'gift_card') GROUP BY a.id, a.kind;
SET CONSTRAINTS ALL IMMEDIATE;
"""
# Depth 1 is somebody's own statement; the ledger's trigger writes from depth 2.
GUARD = """
CREATE FUNCTION ledger_balance_guarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '% of % is refused: balances follow the ledger entries', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_balance_guarded';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_balance_guarded BEFORE INSERT OR UPDATE OR DELETE ON payments_ledgerbalance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_balance_guarded();
CREATE TRIGGER ledger_balance_no_truncate BEFORE TRUNCATE ON payments_ledgerbalance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""
UNGUARD = """
DROP TRIGGER ledger_balance_no_truncate ON payments_ledgerbalance;
DROP TRIGGER ledger_balance_guarded ON payments_ledgerbalance;
DROP FUNCTION ledger_balance_guarded();
"""

# Of payable, only the kinds of posting that escrow makes; payouts, reserves and the like are explained by views of their own.
CHANGED = {
    "clearing_explained": """
        WITH booked AS (
            SELECT t.reference AS purchase, e.currency, sum(e.amount_minor) AS clearing_minor
            FROM payments_ledgerentry e
            JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'provider_clearing'
            JOIN payments_ledgertransaction t ON t.id = e.transaction_id
            GROUP BY t.reference, e.currency
        ), moves AS (
            SELECT reference AS purchase, currency, -amount_minor AS minor
            FROM payments_paymentattempt WHERE status IN ('succeeded', 'surplus')
            UNION ALL
            SELECT purchase, currency, returned_minor - amount_minor FROM payments_credituse
            UNION ALL
            SELECT purchase, currency, amount_minor - points_minor FROM payments_escrowhold
            UNION ALL
            SELECT h.purchase, h.currency, r.points_minor - r.amount_minor
            FROM payments_escrowreturn r JOIN payments_escrowhold h ON h.id = r.hold_id WHERE NOT r.is_chargeback
            UNION ALL
            SELECT a.reference, r.currency, r.amount_minor
            FROM payments_refund r JOIN payments_paymentattempt a ON a.id = r.attempt_id WHERE r.status = 'succeeded'
        ), expected AS (
            SELECT purchase, currency, sum(minor) AS expected_minor FROM moves GROUP BY purchase, currency
        )
        SELECT purchase, currency, coalesce(clearing_minor, 0) AS clearing_minor, coalesce(expected_minor, 0) AS expected_minor
        FROM booked FULL JOIN expected USING (purchase, currency)
        WHERE coalesce(clearing_minor, 0) <> coalesce(expected_minor, 0)""",
    # Nothing is on its way: no success that its event has not carried up yet, no refund the provider is still working on, no credit
    # that waits for the rest of an unpaid purchase.
    "clearing_returns_to_zero": """
        SELECT t.reference AS purchase, e.currency, sum(e.amount_minor) AS clearing_minor
        FROM payments_ledgerentry e
        JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'provider_clearing'
        JOIN payments_ledgertransaction t ON t.id = e.transaction_id
        GROUP BY t.reference, e.currency
        HAVING sum(e.amount_minor) <> 0
            AND NOT EXISTS (
                SELECT FROM core_outboxevent o
                WHERE o.handled_at IS NULL AND o.dead_at IS NULL AND o.name = 'PaymentSucceeded'
                    AND o.payload ->> 'reference' = t.reference::text)
            AND NOT EXISTS (
                SELECT FROM payments_refund r JOIN payments_paymentattempt p ON p.id = r.attempt_id
                WHERE p.reference = t.reference AND r.status IN ('requested', 'sent', 'unknown'))
            AND NOT EXISTS (
                SELECT FROM payments_credituse u
                WHERE u.purchase = t.reference AND u.returned_minor < u.amount_minor
                    AND NOT EXISTS (SELECT FROM payments_escrowhold h WHERE h.purchase = u.purchase))""",
    "escrow_matches_ledger": """
        WITH expected AS (
            SELECT h.merchant_id, h.currency,
                sum(h.amount_minor - h.refunded_minor) FILTER (WHERE h.released_at IS NULL) AS held_minor,
                sum(h.amount_minor - h.commission_minor - h.commission_tax_minor
                    - (h.refunded_minor - h.refunded_commission_minor - h.refunded_commission_tax_minor))
                    FILTER (WHERE h.released_at IS NOT NULL) AS payable_minor
            FROM payments_escrowhold h GROUP BY h.merchant_id, h.currency
        ), booked AS (
            SELECT a.merchant_id, e.currency,
                -sum(e.amount_minor) FILTER (WHERE a.kind = 'held') AS held_minor,
                -sum(e.amount_minor) FILTER (WHERE a.kind = 'payable' AND t.kind IN (
                    'release', 'refund_released', 'chargeback_released')) AS payable_minor
            FROM payments_ledgerentry e
            JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind IN ('held', 'payable')
            JOIN payments_ledgertransaction t ON t.id = e.transaction_id
            GROUP BY a.merchant_id, e.currency
        )
        SELECT merchant_id, currency,
            coalesce(expected.held_minor, 0) AS escrow_held_minor, coalesce(booked.held_minor, 0) AS ledger_held_minor,
            coalesce(expected.payable_minor, 0) AS escrow_payable_minor, coalesce(booked.payable_minor, 0) AS ledger_payable_minor
        FROM expected FULL JOIN booked USING (merchant_id, currency)
        WHERE coalesce(expected.held_minor, 0) <> coalesce(booked.held_minor, 0)
            OR coalesce(expected.payable_minor, 0) <> coalesce(booked.payable_minor, 0)""",
    "holds_equal_capture": """
        SELECT h.purchase, h.currency, sum(h.amount_minor - h.points_minor) AS cash_minor,
            (SELECT sum(a.amount_minor) FROM payments_paymentattempt a WHERE a.reference = h.purchase AND a.status = 'succeeded') AS captured_minor,
            (SELECT sum(u.amount_minor) FROM payments_credituse u WHERE u.purchase = h.purchase) AS credit_minor
        FROM payments_escrowhold h GROUP BY h.purchase, h.currency
        HAVING sum(h.amount_minor - h.points_minor) <> coalesce(
                (SELECT sum(a.amount_minor) FROM payments_paymentattempt a WHERE a.reference = h.purchase AND a.status = 'succeeded'), 0)
            + coalesce((SELECT sum(u.amount_minor) FROM payments_credituse u WHERE u.purchase = h.purchase), 0)""",
}
ADDED = {
    "ledger_balance_is_sum": """
        WITH booked AS (
            SELECT a.id AS account_id, -sum(e.amount_minor) AS booked_minor
            FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id
            WHERE a.kind IN ('payable', 'store_credit', 'gift_card') GROUP BY a.id
        )
        SELECT account_id, coalesce(available_minor, 0) AS available_minor, coalesce(booked_minor, 0) AS booked_minor
        FROM payments_ledgerbalance FULL JOIN booked USING (account_id)
        WHERE coalesce(available_minor, 0) <> coalesce(booked_minor, 0)""",
    "escrow_returns_add_up": """
        SELECT h.id AS hold_id, h.reference, h.refunded_minor, r.amount_minor AS returns_minor
        FROM payments_escrowhold h
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_minor), 0) AS amount_minor, coalesce(sum(points_minor), 0) AS points_minor,
                coalesce(sum(commission_minor), 0) AS commission_minor, coalesce(sum(commission_tax_minor), 0) AS commission_tax_minor
            FROM payments_escrowreturn WHERE hold_id = h.id
        ) r
        WHERE (h.refunded_minor, h.refunded_points_minor, h.refunded_commission_minor, h.refunded_commission_tax_minor)
            <> (r.amount_minor, r.points_minor, r.commission_minor, r.commission_tax_minor)""",
    # A refund cannot exist without the entries that take the money back, nor those without a refund that pays it (a refused one counts
    # as tried: it shows in clearing_returns_to_zero).
    "refund_has_its_return": """
        SELECT h.id AS hold_id, r.cause, r.cash_minor, coalesce(f.cash_minor, 0) AS refunds_minor
        FROM payments_escrowreturn r
        JOIN payments_escrowhold h ON h.id = r.hold_id
        LEFT JOIN LATERAL (
            SELECT max(p.amount_minor) AS cash_minor FROM payments_refund p WHERE p.reference = h.reference AND p.cause = r.cause
        ) f ON true
        WHERE r.cash_minor <> coalesce(f.cash_minor, 0)""",
    "credit_within_spent": """
        SELECT u.purchase, u.source, u.owner, u.amount_minor, u.returned_minor, -coalesce(l.minor, 0) AS booked_minor
        FROM payments_credituse u
        CROSS JOIN LATERAL (
            SELECT sum(e.amount_minor) AS minor
            FROM payments_ledgertransaction t
            JOIN payments_ledgerentry e ON e.transaction_id = t.id
            JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'provider_clearing'
            WHERE t.reference = u.purchase AND t.kind IN ('credit_spent', 'credit_returned') AND t.key LIKE t.kind || ':' || u.id || '%'
        ) l
        WHERE u.amount_minor - u.returned_minor <> -coalesce(l.minor, 0)""",
    "reserved_explained": """
        WITH expected AS (
            SELECT h.merchant_id, h.currency, sum(f.reserved_minor) AS reserved_minor
            FROM payments_escrowfreeze f JOIN payments_escrowhold h ON h.id = f.hold_id
            WHERE f.lifted_at IS NULL GROUP BY h.merchant_id, h.currency
        ), booked AS (
            SELECT a.merchant_id, e.currency, -sum(e.amount_minor) AS reserved_minor
            FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'reserved'
            GROUP BY a.merchant_id, e.currency
        )
        SELECT merchant_id, currency, coalesce(expected.reserved_minor, 0) AS claimed_minor, coalesce(booked.reserved_minor, 0) AS booked_minor
        FROM expected FULL JOIN booked USING (merchant_id, currency)
        WHERE coalesce(expected.reserved_minor, 0) <> coalesce(booked.reserved_minor, 0)""",
}


def _replaced(name: str, query: str, before: str | None) -> migrations.RunSQL:
    forward = f"CREATE VIEW invariant_{name} AS {query}"
    if before is None:
        return migrations.RunSQL(forward, f"DROP VIEW invariant_{name}")
    drop = f"DROP VIEW invariant_{name};"
    return migrations.RunSQL(drop + forward, f"{drop} CREATE VIEW invariant_{name} AS {before}")


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_part_refunds_and_balances"), ("core", "0001_initial")]

    operations = [
        migrations.RunSQL(COMPLETE, _BEFORE.COMPLETE.split("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
        migrations.RunSQL(FILL, "TRUNCATE payments_ledgerbalance"),
        migrations.RunSQL(GUARD, UNGUARD),
        *(_replaced(name, query, _VIEWS_BEFORE[name]) for name, query in CHANGED.items()),
        *(_replaced(name, query, None) for name, query in ADDED.items()),
    ]
