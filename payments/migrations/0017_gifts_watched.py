from importlib import import_module

from django.db import migrations

_BEFORE = import_module("payments.migrations.0007_balances_and_returns_watched").CHANGED["clearing_explained"]
_NAME = "invariant_clearing_explained"
# As before, and what gift cards were sold for, less what went back.
_SOLD = """
            UNION ALL
            SELECT id, currency, value_minor FROM payments_giftcardpurchase WHERE status = 'paid'
        ), expected AS ("""
ADDED = {
    "gift_card_balance_explained": """
        WITH booked AS (
            SELECT split_part(a.code, ':', 2)::uuid AS card_id, a.currency, -sum(e.amount_minor) AS booked_minor
            FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'gift_card'
            GROUP BY 1, 2
        ), expected AS (
            SELECT c.id AS card_id, c.currency,
                c.value_minor - c.loaded_minor - c.refunded_minor - coalesce((
                    SELECT sum(u.amount_minor - u.returned_minor) FROM payments_credituse u
                    WHERE u.source = 'gift_card' AND u.owner = c.id), 0) AS expected_minor
            FROM payments_giftcard c
        )
        SELECT card_id, currency, coalesce(expected_minor, 0) AS expected_minor, coalesce(booked_minor, 0) AS booked_minor
        FROM expected FULL JOIN booked USING (card_id, currency)
        WHERE coalesce(expected_minor, 0) <> coalesce(booked_minor, 0)""",
    "gift_card_follows_its_purchase": """
        SELECT p.id AS purchase_id, p.status, c.id AS card_id, p.value_minor, c.value_minor AS card_minor, c.refunded_minor
        FROM payments_giftcardpurchase p LEFT JOIN payments_giftcard c ON c.purchase_id = p.id
        WHERE (p.status = 'awaiting_payment') <> (c.id IS NULL)
            OR (c.value_minor, c.currency) <> (p.value_minor, p.currency)
            OR (p.status = 'refunded') <> (coalesce(c.refunded_minor, 0) > 0)""",
    "gift_batch_is_its_cards": """
        SELECT b.id AS batch_id, b.quantity, b.value_minor, count(c.id) AS cards, coalesce(sum(c.value_minor), 0) AS cards_minor
        FROM payments_giftcardbatch b LEFT JOIN payments_giftcard c ON c.batch_id = b.id AND c.currency = b.currency
        GROUP BY b.id HAVING count(c.id) <> b.quantity OR coalesce(sum(c.value_minor), 0) <> b.quantity * b.value_minor""",
    "credit_grants_match_ledger": """
        WITH booked AS (
            SELECT t.reference AS grant_id, -sum(e.amount_minor) AS booked_minor
            FROM payments_ledgertransaction t
            JOIN payments_ledgerentry e ON e.transaction_id = t.id
            JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'store_credit'
            WHERE t.kind IN ('store_credit_issued', 'store_credit_withdrawn')
            GROUP BY t.reference
        )
        SELECT g.id AS grant_id, g.user_id, g.amount_minor, coalesce(b.booked_minor, 0) AS booked_minor
        FROM payments_storecreditgrant g FULL JOIN booked b ON b.grant_id = g.id
        WHERE g.amount_minor IS DISTINCT FROM b.booked_minor""",
}


class Migration(migrations.Migration):
    dependencies = [("payments", "0016_gift_cards_and_store_credit")]

    operations = [
        migrations.RunSQL(
            f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {_BEFORE.replace('), expected AS (', _SOLD.strip(chr(10)), 1)}",
            f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {_BEFORE}",
        ),
        *(migrations.RunSQL(f"CREATE VIEW invariant_{name} AS {query}", f"DROP VIEW invariant_{name}") for name, query in ADDED.items()),
    ]
