"""Purchases paid in cash at the door: what holds of them, and where they are another case of what holds of all."""

from importlib import import_module

from django.db import migrations

_FIRST = import_module("orders.migrations.0002_invariants").VIEWS
_CREDIT = import_module("orders.migrations.0005_credit_watched")
_CASES = import_module("orders.migrations.0009_after_sales_watched").VIEWS
_TAXES = import_module("orders.migrations.0007_commission_lines_stay").VIEWS

CHANGED = {
    # A confirmed purchase is sent without a payment; its orders are paid when they are complete.
    "invariant_orders_follow_their_checkout": (
        """
        SELECT c.id AS checkout_id, c.number, c.status AS checkout_status, o.id AS order_id, o.status AS order_status
        FROM orders_checkout c JOIN orders_merchantorder o ON o.checkout_id = c.id
        WHERE CASE
            WHEN c.status = 'paid' THEN o.status IN ('awaiting_payment', 'expired') OR o.paid_at IS NULL
            WHEN c.status = 'confirmed' THEN
                o.status IN ('awaiting_payment', 'paid', 'expired') OR (o.paid_at IS NULL) <> (o.completed_at IS NULL)
            ELSE o.status <> c.status END
        """,
        _FIRST["invariant_orders_follow_their_checkout"],
    ),
    "invariant_escrow_follows_its_order": (
        """
        SELECT o.id AS order_id, o.number, o.status AS order_status, h.status AS escrow_status, o.total_minor, h.amount_minor,
               o.points_minor, h.points_minor AS escrow_points_minor, o.commission_minor, h.commission_minor AS escrow_commission_minor
        FROM orders_merchantorder o LEFT JOIN payments_escrowhold h ON h.reference = o.id
        WHERE NOT EXISTS (SELECT FROM payments_cashcollection c WHERE c.reference = o.id) AND (
              h.status IS DISTINCT FROM CASE
                  WHEN o.paid_at IS NULL THEN NULL
                  WHEN o.status IN ('paid', 'preparing', 'shipped', 'delivered') THEN 'held'
                  WHEN o.status = 'completed' THEN 'released'
                  ELSE 'refunded' END
              OR (h.id IS NOT NULL AND (h.merchant_id, h.purchase, h.amount_minor, h.points_minor, h.commission_minor, h.currency)
                  <> (o.merchant_id, o.checkout_id, o.total_minor, o.points_minor, o.commission_minor, o.currency)))
        """,
        _FIRST["invariant_escrow_follows_its_order"],
    ),
    "invariant_escrow_keeps_the_tax_on_commission": (
        """
        SELECT o.id AS order_id, o.number, o.commission_tax_minor, h.commission_tax_minor AS escrow_commission_tax_minor
        FROM orders_merchantorder o JOIN payments_escrowhold h ON h.reference = o.id
        WHERE o.commission_tax_minor <> h.commission_tax_minor AND NOT EXISTS (SELECT FROM payments_cashcollection c WHERE c.reference = o.id)
        """,
        _TAXES["invariant_escrow_keeps_the_tax_on_commission"],
    ),
    "invariant_case_refund_is_escrows": (
        """
        SELECT c.id AS case_id, c.number, c.status, c.refunded_minor, r.amount_minor AS order_minor,
               COALESCE(b.amount_minor, e.amount_minor) AS escrow_minor, l.refunded_minor AS lines_minor, r.shipping_minor
        FROM orders_aftersalescase c
        LEFT JOIN orders_orderrefund r ON r.order_id = c.order_id AND r.cause = c.id
        LEFT JOIN payments_escrowhold h ON h.reference = c.order_id
        LEFT JOIN payments_escrowreturn e ON e.hold_id = h.id AND e.cause = c.id
        LEFT JOIN payments_cashcollection k ON k.reference = c.order_id
        LEFT JOIN payments_cashreturn b ON b.collection_id = k.id AND b.cause = c.id
        CROSS JOIN LATERAL (SELECT COALESCE(sum(refunded_minor), 0) AS refunded_minor FROM orders_caseline WHERE case_id = c.id) l
        WHERE c.kind <> 'cancellation' AND (
            c.refunded_minor <> COALESCE(r.amount_minor, 0) OR c.refunded_minor <> COALESCE(b.amount_minor, e.amount_minor, 0)
            OR c.refunded_minor <> l.refunded_minor + COALESCE(r.shipping_minor, 0))
        """,
        _CASES["invariant_case_refund_is_escrows"],
    ),
    "invariant_order_refunded_follows_escrow": (
        """
        SELECT o.id AS order_id, o.number, o.refunded_minor, o.refunded_points_minor, r.amount_minor AS returned_minor,
               c.refunded_cash_minor
        FROM orders_merchantorder o JOIN payments_escrowhold h ON h.reference = o.id
        LEFT JOIN payments_cashcollection c ON c.reference = o.id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_minor), 0) AS amount_minor, coalesce(sum(points_minor), 0) AS points_minor
            FROM payments_escrowreturn WHERE hold_id = h.id AND NOT is_chargeback
        ) r
        WHERE (o.refunded_minor, o.refunded_points_minor) <> (r.amount_minor + coalesce(c.refunded_cash_minor, 0), r.points_minor)
        """,
        _CREDIT._FOLLOWS,
    ),
}
ADDED = {
    # Cash at the door ⇔ the purchase is confirmed; each order's collection is what its points and credit leave.
    "invariant_cash_follows_its_order": """
        SELECT o.id AS order_id, o.number, k.status AS checkout_status, o.status AS order_status, c.status AS cash_status, o.total_minor,
               c.amount_minor
        FROM orders_merchantorder o
        JOIN orders_checkout k ON k.id = o.checkout_id
        LEFT JOIN payments_cashcollection c ON c.reference = o.id
        LEFT JOIN payments_escrowhold h ON h.reference = o.id
        WHERE (k.status = 'confirmed') <> (c.id IS NOT NULL)
              OR c.status IS DISTINCT FROM CASE
                  WHEN c.id IS NULL THEN NULL
                  WHEN o.status IN ('preparing', 'shipped', 'delivered') THEN 'due'
                  WHEN o.status = 'completed' THEN 'collected'
                  WHEN o.status = 'cancelled' THEN 'dropped'
                  ELSE 'refunded' END
              OR (c.id IS NOT NULL AND (c.merchant_id, c.purchase, c.total_minor, c.commission_minor, c.commission_tax_minor, c.currency,
                                        h.points_minor)
                  <> (o.merchant_id, o.checkout_id, o.total_minor, o.commission_minor, o.commission_tax_minor, o.currency, o.points_minor))
    """,
    "invariant_confirmed_checkout_collects_what_is_due": """
        SELECT k.id AS checkout_id, k.number, k.total_minor, k.credit_minor, c.amount_minor
        FROM orders_checkout k
        CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS amount_minor FROM payments_cashcollection WHERE purchase = k.id) c
        WHERE k.status = 'confirmed' AND c.amount_minor <> k.total_minor - k.credit_minor
    """,
}


def _replaced(name: str, now: str, before: str) -> migrations.RunSQL:
    drop = f"DROP VIEW {name};"
    return migrations.RunSQL(f"{drop} CREATE VIEW {name} AS {now}", f"{drop} CREATE VIEW {name} AS {before}")


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_cash_on_delivery"), ("payments", "0014_cash_watched")]

    operations = [
        *(_replaced(name, now, before) for name, (now, before) in CHANGED.items()),
        *(migrations.RunSQL(f"CREATE VIEW {name} AS {query}", f"DROP VIEW {name}") for name, query in ADDED.items()),
    ]
