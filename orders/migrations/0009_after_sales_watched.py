"""Orders that were cancelled or refunded before get their refund written down; what must always hold of cases, as views that must be empty."""

from django.db import migrations

BACKFILL = """
UPDATE orders_orderline l SET refunded_minor = l.total_minor, refunded_quantity = l.quantity
FROM orders_merchantorder o WHERE o.id = l.order_id AND (o.status = 'refunded' OR (o.status = 'cancelled' AND o.paid_at IS NOT NULL));
UPDATE orders_merchantorder SET refunded_shipping_minor = shipping_minor
WHERE status = 'refunded' OR (status = 'cancelled' AND paid_at IS NOT NULL);
INSERT INTO orders_orderrefund
    (id, created_at, order_id, cause, amount_minor, shipping_minor, cash_minor, credit_minor, points_minor, reason, actor)
SELECT gen_random_uuid(), now(), id, id, total_minor, shipping_minor, total_minor - points_minor, 0, points_minor, status, 'system:migration'
FROM orders_merchantorder WHERE status = 'refunded' OR (status = 'cancelled' AND paid_at IS NOT NULL);
INSERT INTO orders_orderrefundline (id, created_at, refund_id, order_line_id, quantity, amount_minor)
SELECT gen_random_uuid(), now(), r.id, l.id, l.quantity, l.total_minor
FROM orders_orderrefund r JOIN orders_orderline l ON l.order_id = r.order_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
UNSETTLED = "('requested', 'offered', 'approved', 'sent_back', 'received', 'refused', 'escalated', 'verdict', 'replaced', 'repaired')"
VIEWS = {
    "invariant_order_refunded_is_sum": """
        SELECT o.id AS order_id, o.number, o.refunded_minor, l.refunded_minor AS lines_minor, o.refunded_shipping_minor,
               r.amount_minor AS refunds_minor, r.shipping_minor AS refunds_shipping_minor
        FROM orders_merchantorder o
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(refunded_minor), 0) AS refunded_minor FROM orders_orderline WHERE order_id = o.id
        ) l
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(amount_minor), 0) AS amount_minor, COALESCE(sum(shipping_minor), 0) AS shipping_minor,
                   COALESCE(sum(points_minor), 0) AS points_minor
            FROM orders_orderrefund WHERE order_id = o.id
        ) r
        WHERE o.refunded_minor <> l.refunded_minor + o.refunded_shipping_minor
              OR (o.refunded_minor, o.refunded_shipping_minor, o.refunded_points_minor)
                 <> (r.amount_minor, r.shipping_minor, r.points_minor)
    """,
    "invariant_order_line_refunded_is_sum": """
        SELECT l.id AS order_line_id, l.order_id, l.refunded_minor, l.refunded_quantity, r.amount_minor, r.quantity
        FROM orders_orderline l
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(amount_minor), 0) AS amount_minor, COALESCE(sum(quantity), 0) AS quantity
            FROM orders_orderrefundline WHERE order_line_id = l.id
        ) r
        WHERE (l.refunded_minor, l.refunded_quantity) <> (r.amount_minor, r.quantity)
    """,
    "invariant_case_quantities_within_delivered": """
        SELECT l.id AS order_line_id, o.number, l.quantity, l.claimed_quantity, c.pieces
        FROM orders_orderline l JOIN orders_merchantorder o ON o.id = l.order_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(CASE WHEN c.status IN UNSETTLED_STATES THEN cl.quantity ELSE COALESCE(cl.received_quantity, cl.quantity) END), 0)
                   AS pieces
            FROM orders_caseline cl JOIN orders_aftersalescase c ON c.id = cl.case_id
            WHERE cl.order_line_id = l.id AND (
                c.status IN UNSETTLED_STATES
                OR EXISTS (SELECT FROM orders_orderrefund r WHERE r.order_id = c.order_id AND r.cause = c.id))
        ) c
        WHERE c.pieces > l.quantity OR (o.status NOT IN ('cancelled', 'refunded') AND c.pieces <> l.claimed_quantity)
    """,
    "invariant_case_refund_is_escrows": """
        SELECT c.id AS case_id, c.number, c.status, c.refunded_minor, r.amount_minor AS order_minor, e.amount_minor AS escrow_minor,
               l.refunded_minor AS lines_minor, r.shipping_minor
        FROM orders_aftersalescase c
        LEFT JOIN orders_orderrefund r ON r.order_id = c.order_id AND r.cause = c.id
        LEFT JOIN payments_escrowhold h ON h.reference = c.order_id
        LEFT JOIN payments_escrowreturn e ON e.hold_id = h.id AND e.cause = c.id
        CROSS JOIN LATERAL (SELECT COALESCE(sum(refunded_minor), 0) AS refunded_minor FROM orders_caseline WHERE case_id = c.id) l
        WHERE c.kind <> 'cancellation' AND (
            c.refunded_minor <> COALESCE(r.amount_minor, 0) OR c.refunded_minor <> COALESCE(e.amount_minor, 0)
            OR c.refunded_minor <> l.refunded_minor + COALESCE(r.shipping_minor, 0))
    """,
    "invariant_case_money_is_frozen": """
        SELECT c.id AS case_id, c.number, c.status, count(f.id) AS claims
        FROM orders_aftersalescase c
        JOIN payments_escrowhold h ON h.reference = c.order_id
        LEFT JOIN payments_escrowfreeze f ON f.hold_id = h.id AND f.cause = c.id AND f.lifted_at IS NULL
        GROUP BY c.id, h.status
        HAVING (c.status NOT IN UNSETTLED_STATES AND count(f.id) > 0)
               OR (c.status IN UNSETTLED_STATES AND h.status <> 'refunded' AND count(f.id) <> 1)
    """,
    "invariant_case_waits_until": """
        SELECT id AS case_id, number, status, due_at FROM orders_aftersalescase
        WHERE status NOT IN ('closed', 'withdrawn') AND (due_at IS NULL OR due_at < now() - interval '30 minutes')
    """,
    "invariant_case_of_its_order": """
        SELECT c.id AS case_id, c.number, 'another merchant or currency' AS what
        FROM orders_aftersalescase c JOIN orders_merchantorder o ON o.id = c.order_id
        WHERE (c.merchant_id, c.currency) <> (o.merchant_id, o.currency)
        UNION ALL
        SELECT c.id, c.number, 'line of another order'
        FROM orders_caseline cl JOIN orders_aftersalescase c ON c.id = cl.case_id JOIN orders_orderline l ON l.id = cl.order_line_id
        WHERE l.order_id <> c.order_id
    """,
    "invariant_restocked_within_sold": """
        SELECT l.id AS order_line_id, l.quantity, l.restocked_quantity, c.counted, m.moved
        FROM orders_orderline l
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(restocked_quantity), 0) AS counted FROM orders_caseline WHERE order_line_id = l.id
        ) c
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(delta), 0) AS moved FROM logistics_stockmovement m
            WHERE m.reason = 'returned' AND m.reference <> ''
                  AND m.reference IN (SELECT id::text FROM orders_caseline WHERE order_line_id = l.id)
        ) m
        WHERE l.restocked_quantity > l.quantity OR l.restocked_quantity <> c.counted OR l.restocked_quantity <> m.moved
    """,
}


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0008_after_sales"),
        ("payments", "0007_balances_and_returns_watched"),
        ("logistics", "0003_returns"),
    ]

    operations = [
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(f"CREATE VIEW {name} AS {query.replace('UNSETTLED_STATES', UNSETTLED)}", f"DROP VIEW {name}")
            for name, query in VIEWS.items()
        ),
    ]
