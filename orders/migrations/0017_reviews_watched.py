"""Orders whose payment is being checked are held like paid ones, and never wait without a deadline and somebody to decide."""

from importlib import import_module

from django.db import migrations

_NAME = "invariant_escrow_follows_its_order"
_BEFORE = import_module("orders.migrations.0013_cash_watched").CHANGED[_NAME][0]
_NOW = _BEFORE.replace("('paid', 'preparing', ", "('in_review', 'paid', 'preparing', ")
_WAITS = """
CREATE VIEW invariant_review_waits_for_somebody AS
SELECT o.id AS order_id, o.number, c.review_by, r.verdict
FROM orders_merchantorder o
JOIN orders_checkout c ON c.id = o.checkout_id
LEFT JOIN payments_riskassessment r ON r.reference = c.id AND r.stage = 'paid' AND r.decision = 'review'
WHERE o.status = 'in_review' AND (c.status <> 'paid' OR c.review_by IS NULL OR c.review_by < now() - interval '30 minutes'
      OR r.verdict IS DISTINCT FROM '')
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0016_risk"), ("payments", "0015_risk")]

    operations = [
        migrations.RunSQL(f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {_NOW}", f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {_BEFORE}"),
        migrations.RunSQL(_WAITS, "DROP VIEW invariant_review_waits_for_somebody"),
    ]
