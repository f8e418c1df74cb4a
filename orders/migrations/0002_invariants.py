"""What must always hold of purchases and orders, as views that must be empty."""

from django.db import migrations

VIEWS = {
    "invariant_checkout_is_sum_of_its_orders": """
        SELECT c.id AS checkout_id, c.number, c.goods_minor, c.shipping_minor, c.points_minor, c.total_minor,
               o.goods_minor AS orders_goods_minor, o.shipping_minor AS orders_shipping_minor,
               o.points_minor AS orders_points_minor, o.total_minor AS orders_total_minor
        FROM orders_checkout c
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(goods_minor), 0) AS goods_minor, COALESCE(sum(shipping_minor), 0) AS shipping_minor,
                   COALESCE(sum(points_minor), 0) AS points_minor, COALESCE(sum(total_minor), 0) AS total_minor
            FROM orders_merchantorder WHERE checkout_id = c.id
        ) o
        WHERE (c.goods_minor, c.shipping_minor, c.points_minor, c.total_minor)
              <> (o.goods_minor, o.shipping_minor, o.points_minor, o.total_minor - o.points_minor)
    """,
    "invariant_order_goods_is_sum_of_lines": """
        SELECT o.id AS order_id, o.number, o.goods_minor, l.total_minor AS lines_minor
        FROM orders_merchantorder o
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(total_minor), 0) AS total_minor FROM orders_orderline WHERE order_id = o.id
        ) l
        WHERE o.goods_minor <> l.total_minor
    """,
    "invariant_order_belongs_to_its_parents": """
        SELECT o.id AS order_id, o.number, 'line of another merchant' AS what
        FROM orders_orderline l JOIN orders_merchantorder o ON o.id = l.order_id WHERE l.merchant_id <> o.merchant_id
        UNION ALL
        SELECT o.id, o.number, 'variant of another merchant'
        FROM orders_orderline l JOIN orders_merchantorder o ON o.id = l.order_id JOIN catalog_variant v ON v.id = l.variant_id
        WHERE v.merchant_id <> o.merchant_id
        UNION ALL
        SELECT o.id, o.number, 'currency of the purchase differs'
        FROM orders_merchantorder o JOIN orders_checkout c ON c.id = o.checkout_id WHERE o.currency <> c.currency
    """,
    "invariant_paid_checkout_has_one_payment": """
        SELECT c.id AS checkout_id, c.number, c.total_minor, c.currency, p.payments, p.paid_minor
        FROM orders_checkout c
        CROSS JOIN LATERAL (
            SELECT count(*) AS payments, sum(amount_minor) AS paid_minor,
                   count(*) FILTER (WHERE amount_minor = c.total_minor AND currency = c.currency) AS fitting
            FROM payments_paymentattempt WHERE reference = c.id AND status = 'succeeded'
        ) p
        WHERE c.status = 'paid' AND (p.payments, p.fitting) <> (1, 1)
    """,
    "invariant_payment_of_unpaid_checkout_is_refunded": """
        SELECT c.id AS checkout_id, c.number, c.status, a.id AS attempt_id, a.amount_minor, a.refunded_minor, a.settled_at
        FROM payments_paymentattempt a JOIN orders_checkout c ON c.id = a.reference
        WHERE a.status = 'succeeded' AND c.status <> 'paid' AND a.refunded_minor < a.amount_minor
              AND a.settled_at < now() - interval '30 minutes'
    """,
    "invariant_orders_follow_their_checkout": """
        SELECT c.id AS checkout_id, c.number, c.status AS checkout_status, o.id AS order_id, o.status AS order_status
        FROM orders_checkout c JOIN orders_merchantorder o ON o.checkout_id = c.id
        WHERE CASE WHEN c.status = 'paid' THEN o.status IN ('awaiting_payment', 'expired') OR o.paid_at IS NULL
                   ELSE o.status <> c.status END
    """,
    "invariant_unpaid_checkout_expires": """
        SELECT id AS checkout_id, number, placed_at, expires_at FROM orders_checkout
        WHERE status = 'awaiting_payment' AND expires_at < now() - interval '30 minutes'
    """,
    "invariant_escrow_follows_its_order": """
        SELECT o.id AS order_id, o.number, o.status AS order_status, h.status AS escrow_status, o.total_minor, h.amount_minor,
               o.points_minor, h.points_minor AS escrow_points_minor, o.commission_minor, h.commission_minor AS escrow_commission_minor
        FROM orders_merchantorder o LEFT JOIN payments_escrowhold h ON h.reference = o.id
        WHERE h.status IS DISTINCT FROM CASE
                  WHEN o.paid_at IS NULL THEN NULL
                  WHEN o.status IN ('paid', 'preparing', 'shipped', 'delivered') THEN 'held'
                  WHEN o.status = 'completed' THEN 'released'
                  ELSE 'refunded' END
              OR (h.id IS NOT NULL AND (h.merchant_id, h.purchase, h.amount_minor, h.points_minor, h.commission_minor, h.currency)
                  <> (o.merchant_id, o.checkout_id, o.total_minor, o.points_minor, o.commission_minor, o.currency))
    """,
    "invariant_ended_order_holds_no_stock": """
        SELECT o.id AS order_id, o.number, o.status AS order_status, r.id AS reservation_id, r.status AS reservation_status, r.quantity
        FROM orders_merchantorder o JOIN logistics_reservation r ON r."group" = o.id
        WHERE o.status IN ('cancelled', 'expired', 'shipped', 'delivered', 'completed') AND r.status IN ('held', 'committed')
              OR o.status IN ('paid', 'preparing') AND r.status <> 'committed'
    """,
}


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_initial"),
        ("catalog", "0001_initial"),
        ("logistics", "0001_initial"),
        ("payments", "0001_initial"),
    ]
    operations = [migrations.RunSQL(f"CREATE VIEW {name} AS {query}", f"DROP VIEW {name}") for name, query in VIEWS.items()]
