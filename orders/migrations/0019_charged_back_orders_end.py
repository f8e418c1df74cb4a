from importlib import import_module

from django.db import migrations

_NAME = "invariant_escrow_follows_its_order"
_BEFORE = import_module("orders.migrations.0017_reviews_watched")._NOW
# A bank has kept all of it, and the event that ends the order is on its way.
_ENDING = """
    h.status = 'refunded' AND h.settled_at > now() - interval '30 minutes'
    AND o.status IN ('in_review', 'paid', 'preparing', 'shipped', 'delivered', 'completed')
    AND EXISTS (SELECT FROM payments_escrowreturn r WHERE r.hold_id = h.id AND r.is_chargeback)
"""
_NOW = _BEFORE.replace("h.status IS DISTINCT FROM CASE", "(h.status IS DISTINCT FROM CASE").replace(
    "ELSE 'refunded' END", f"ELSE 'refunded' END AND NOT ({_ENDING}))"
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0018_names"), ("payments", "0020_risk_of_cash")]

    operations = [
        migrations.RunSQL(f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {_NOW}", f"DROP VIEW {_NAME}; CREATE VIEW {_NAME} AS {_BEFORE}"),
    ]
