from importlib import import_module

from django.db import migrations

_BEFORE = import_module("orders.migrations.0002_invariants").VIEWS
_NAME = "invariant_paid_checkout_has_one_payment"
# What credit does not pay is captured in one payment; where credit pays everything there is none.
_NOW = """
    SELECT c.id AS checkout_id, c.number, c.total_minor, c.credit_minor, c.currency, p.payments, p.paid_minor, u.credit_minor AS spent_minor
    FROM orders_checkout c
    CROSS JOIN LATERAL (
        SELECT count(*) AS payments, sum(amount_minor) AS paid_minor,
               count(*) FILTER (WHERE amount_minor = c.total_minor - c.credit_minor AND currency = c.currency) AS fitting
        FROM payments_paymentattempt WHERE reference = c.id AND status = 'succeeded'
    ) p
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_minor), 0) AS credit_minor FROM payments_credituse WHERE purchase = c.id AND currency = c.currency
    ) u
    WHERE c.status = 'paid' AND (
        u.credit_minor <> c.credit_minor
        OR p.payments <> CASE WHEN c.total_minor > c.credit_minor THEN 1 ELSE 0 END OR p.payments <> p.fitting)
"""
_REFUNDED = "invariant_order_refunded_follows_escrow"
_FOLLOWS = """
    SELECT o.id AS order_id, o.number, o.refunded_minor, o.refunded_points_minor, r.amount_minor AS returned_minor
    FROM orders_merchantorder o JOIN payments_escrowhold h ON h.reference = o.id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_minor), 0) AS amount_minor, coalesce(sum(points_minor), 0) AS points_minor
        FROM payments_escrowreturn WHERE hold_id = h.id AND NOT is_chargeback
    ) r
    WHERE (o.refunded_minor, o.refunded_points_minor) <> (r.amount_minor, r.points_minor)
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_credit_and_refunds"), ("payments", "0007_balances_and_returns_watched")]

    operations = [
        migrations.RunSQL(
            f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {_NOW}", f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {_BEFORE[_NAME]}"
        ),
        migrations.RunSQL(f"CREATE VIEW {_REFUNDED} AS {_FOLLOWS}", f"DROP VIEW {_REFUNDED}"),
    ]
