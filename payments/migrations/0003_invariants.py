from django.db import migrations

# Each is true at every moment a query can see, because the rows compared are written in one transaction. What may be on its way is
# exempted by the row that is carrying it, never by a grace period.
VIEWS = {
    "ledger_transaction_balanced": """
        SELECT t.id AS transaction_id, t.kind, e.currency, count(e.id) AS entries, coalesce(sum(e.amount_minor), 0) AS sum_minor
        FROM payments_ledgertransaction t LEFT JOIN payments_ledgerentry e ON e.transaction_id = t.id
        GROUP BY t.id, t.kind, e.currency
        HAVING count(e.id) < 2 OR coalesce(sum(e.amount_minor), 0) <> 0""",
    "ledger_sums_to_zero": """
        SELECT currency, sum(amount_minor) AS sum_minor
        FROM payments_ledgerentry GROUP BY currency HAVING sum(amount_minor) <> 0""",
    # Clearing is what the payments, holds and refunds of the purchase say, to the cent, also in between.
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
            SELECT purchase, currency, amount_minor - points_minor FROM payments_escrowhold WHERE status <> 'refunded'
            UNION ALL
            SELECT a.reference, r.currency, r.amount_minor
            FROM payments_refund r JOIN payments_paymentattempt a ON a.id = r.attempt_id WHERE r.status = 'succeeded'
        ), expected AS (
            SELECT purchase, currency, sum(minor) AS expected_minor FROM moves GROUP BY purchase, currency
        )
        SELECT purchase, currency, coalesce(clearing_minor, 0) AS clearing_minor, coalesce(expected_minor, 0) AS expected_minor
        FROM booked FULL JOIN expected USING (purchase, currency)
        WHERE coalesce(clearing_minor, 0) <> coalesce(expected_minor, 0)""",
    # Nothing is on its way: no success that its event has not carried up yet, no refund the provider is still working on.
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
                WHERE p.reference = t.reference AND r.status IN ('requested', 'sent', 'unknown'))""",
    "provider_balance_explained": """
        WITH booked AS (
            SELECT split_part(a.code, ':', 2) AS gateway, e.currency, sum(e.amount_minor) AS balance_minor
            FROM payments_ledgerentry e
            JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'provider_balance'
            GROUP BY 1, 2
        ), moves AS (
            SELECT gateway, currency, amount_minor AS minor FROM payments_paymentattempt WHERE status IN ('succeeded', 'surplus')
            UNION ALL
            SELECT a.gateway, r.currency, -r.amount_minor
            FROM payments_refund r JOIN payments_paymentattempt a ON a.id = r.attempt_id WHERE r.status = 'succeeded'
        ), expected AS (
            SELECT gateway, currency, sum(minor) AS expected_minor FROM moves GROUP BY gateway, currency
        )
        SELECT gateway, currency, coalesce(balance_minor, 0) AS balance_minor, coalesce(expected_minor, 0) AS expected_minor
        FROM booked FULL JOIN expected USING (gateway, currency)
        WHERE coalesce(balance_minor, 0) <> coalesce(expected_minor, 0)""",
    "refunds_within_captured": """
        SELECT a.id AS attempt_id, a.reference AS purchase, a.status, a.amount_minor, sum(r.amount_minor) AS refunds_minor
        FROM payments_refund r JOIN payments_paymentattempt a ON a.id = r.attempt_id
        WHERE r.status <> 'failed'
        GROUP BY a.id
        HAVING sum(r.amount_minor) > a.amount_minor OR a.status NOT IN ('succeeded', 'surplus')""",
    "attempt_refunded_is_sum": """
        SELECT a.id AS attempt_id, a.reference AS purchase, a.refunded_minor, coalesce(sum(r.amount_minor), 0) AS refunds_minor
        FROM payments_paymentattempt a LEFT JOIN payments_refund r ON r.attempt_id = a.id AND r.status <> 'failed'
        GROUP BY a.id
        HAVING a.refunded_minor <> coalesce(sum(r.amount_minor), 0)""",
    "escrow_matches_ledger": """
        WITH expected AS (
            SELECT merchant_id, currency,
                sum(amount_minor) FILTER (WHERE status = 'held') AS held_minor,
                sum(amount_minor - commission_minor) FILTER (WHERE status = 'released') AS payable_minor
            FROM payments_escrowhold GROUP BY merchant_id, currency
        ), booked AS (
            SELECT a.merchant_id, e.currency,
                -sum(e.amount_minor) FILTER (WHERE a.kind = 'held') AS held_minor,
                -sum(e.amount_minor) FILTER (WHERE a.kind = 'payable') AS payable_minor
            FROM payments_ledgerentry e
            JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind IN ('held', 'payable')
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
            (SELECT sum(a.amount_minor) FROM payments_paymentattempt a WHERE a.reference = h.purchase AND a.status = 'succeeded') AS captured_minor
        FROM payments_escrowhold h GROUP BY h.purchase, h.currency
        HAVING sum(h.amount_minor - h.points_minor) <> coalesce(
            (SELECT sum(a.amount_minor) FROM payments_paymentattempt a WHERE a.reference = h.purchase AND a.status = 'succeeded'), 0)""",
    "one_success_per_purchase": """
        SELECT reference AS purchase, count(*) AS successes
        FROM payments_paymentattempt WHERE status = 'succeeded' GROUP BY reference HAVING count(*) > 1""",
    "surplus_goes_back": """
        SELECT id AS attempt_id, reference AS purchase, amount_minor, refunded_minor
        FROM payments_paymentattempt a
        WHERE status = 'surplus' AND refunded_minor <> amount_minor
            AND NOT EXISTS (SELECT FROM payments_refund r WHERE r.attempt_id = a.id AND r.status = 'failed')""",
    "inbox_handled_in_time": """
        SELECT id AS message_id, gateway, kind, attempts, created_at
        FROM payments_inboxmessage WHERE status = 'received' AND created_at < now() - interval '5 minutes'""",
    # A live row always has a next look; half an hour after it nobody is looking.
    "attempt_polled_in_time": """
        SELECT id AS attempt_id, reference AS purchase, status, polls, next_poll_at
        FROM payments_paymentattempt
        WHERE status IN ('new', 'sent', 'unknown') AND (next_poll_at IS NULL OR next_poll_at < now() - interval '30 minutes')""",
    "refund_polled_in_time": """
        SELECT id AS refund_id, reference, status, polls, next_poll_at
        FROM payments_refund
        WHERE status IN ('requested', 'sent', 'unknown') AND (next_poll_at IS NULL OR next_poll_at < now() - interval '30 minutes')""",
}


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_ledger_guards"), ("core", "0001_initial")]

    operations = [
        migrations.RunSQL(f"CREATE VIEW invariant_{name} AS {query}", f"DROP VIEW invariant_{name}") for name, query in VIEWS.items()
    ]
