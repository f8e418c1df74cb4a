from importlib import import_module

from django.db import migrations

_BEFORE = import_module("payments.migrations.0007_balances_and_returns_watched").CHANGED

# A late payment of a purchase that is paid in cash goes back and is not what its holds are.
HOLDS = """
    SELECT h.purchase, h.currency, sum(h.amount_minor - h.points_minor) AS cash_minor, p.captured_minor, p.credit_minor
    FROM payments_escrowhold h
    CROSS JOIN LATERAL (
        SELECT coalesce((
                SELECT sum(a.amount_minor) FROM payments_paymentattempt a
                WHERE a.reference = h.purchase AND a.status = 'succeeded'
                    AND NOT EXISTS (SELECT FROM payments_cashcollection c WHERE c.purchase = h.purchase)), 0) AS captured_minor,
            coalesce((SELECT sum(u.amount_minor) FROM payments_credituse u WHERE u.purchase = h.purchase), 0) AS credit_minor
    ) p
    GROUP BY h.purchase, h.currency, p.captured_minor, p.credit_minor
    HAVING sum(h.amount_minor - h.points_minor) <> p.captured_minor + p.credit_minor
"""
ADDED = {
    "cash_matches_ledger": """
        WITH expected AS (
            SELECT c.merchant_id, c.currency, sum(m.minor) AS payable_minor
            FROM payments_cashcollection c
            CROSS JOIN LATERAL (
                SELECT CASE WHEN c.collected_at IS NOT NULL
                    THEN c.refunded_commission_minor + c.refunded_commission_tax_minor - c.commission_minor - c.commission_tax_minor
                    ELSE 0 END
                    - coalesce((SELECT sum(r.cash_minor) FROM payments_cashreturn r
                        WHERE r.collection_id = c.id AND r.way = 'store_credit'), 0) AS minor
            ) m
            GROUP BY c.merchant_id, c.currency
        ), booked AS (
            SELECT a.merchant_id, e.currency, -sum(e.amount_minor) AS payable_minor
            FROM payments_ledgerentry e
            JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'payable'
            JOIN payments_ledgertransaction t ON t.id = e.transaction_id
            WHERE t.kind IN ('cod_commission', 'cod_refunded')
            GROUP BY a.merchant_id, e.currency
        )
        SELECT merchant_id, currency, coalesce(expected.payable_minor, 0) AS cash_minor, coalesce(booked.payable_minor, 0) AS ledger_minor
        FROM expected FULL JOIN booked USING (merchant_id, currency)
        WHERE coalesce(expected.payable_minor, 0) <> coalesce(booked.payable_minor, 0)""",
    "cash_returns_add_up": """
        SELECT c.id AS collection_id, c.reference, c.refunded_minor, r.amount_minor AS returns_minor
        FROM payments_cashcollection c
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_minor), 0) AS amount_minor, coalesce(sum(cash_minor), 0) AS cash_minor,
                coalesce(sum(commission_minor), 0) AS commission_minor, coalesce(sum(commission_tax_minor), 0) AS commission_tax_minor
            FROM payments_cashreturn WHERE collection_id = c.id
        ) r
        WHERE (c.refunded_minor, c.refunded_cash_minor, c.refunded_commission_minor, c.refunded_commission_tax_minor)
            <> (r.amount_minor, r.cash_minor, r.commission_minor, r.commission_tax_minor)""",
    # What is not paid at the door is held, and a refund takes from both what belongs to each.
    "cash_and_hold_are_the_order": """
        SELECT c.reference, c.total_minor, c.amount_minor, h.amount_minor AS held_minor, c.refunded_minor, c.refunded_cash_minor,
            h.refunded_minor AS held_refunded_minor
        FROM payments_cashcollection c LEFT JOIN payments_escrowhold h ON h.reference = c.reference
        WHERE h.id IS NULL OR c.total_minor <> c.amount_minor + h.amount_minor
            OR (c.status <> 'dropped' AND c.refunded_minor <> c.refunded_cash_minor + h.refunded_minor)
            OR (c.status = 'dropped' AND (c.refunded_minor <> 0 OR h.status <> 'refunded'))""",
}
_NAME = "invariant_holds_equal_capture"


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_cash_on_delivery")]

    operations = [
        migrations.RunSQL(
            f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {HOLDS}",
            f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {_BEFORE['holds_equal_capture']}",
        ),
        *(migrations.RunSQL(f"CREATE VIEW invariant_{name} AS {query}", f"DROP VIEW invariant_{name}") for name, query in ADDED.items()),
    ]
