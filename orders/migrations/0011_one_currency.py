"""A purchase is in one currency: its orders cannot exist in another, nor their lines, whoever writes them."""

from django.db import migrations

WALLS = """
ALTER TABLE orders_checkout ADD CONSTRAINT checkout_currency UNIQUE (id, currency);
ALTER TABLE orders_merchantorder ADD CONSTRAINT order_currency UNIQUE (id, currency);
ALTER TABLE orders_merchantorder ADD CONSTRAINT order_in_currency_of_checkout
    FOREIGN KEY (checkout_id, currency) REFERENCES orders_checkout (id, currency);
ALTER TABLE orders_orderline ADD CONSTRAINT line_in_currency_of_order
    FOREIGN KEY (order_id, currency) REFERENCES orders_merchantorder (id, currency);
"""
NO_WALLS = """
ALTER TABLE orders_orderline DROP CONSTRAINT line_in_currency_of_order;
ALTER TABLE orders_merchantorder DROP CONSTRAINT order_in_currency_of_checkout;
ALTER TABLE orders_merchantorder DROP CONSTRAINT order_currency;
ALTER TABLE orders_checkout DROP CONSTRAINT checkout_currency;
"""
VIEW = """
CREATE VIEW invariant_purchase_in_one_currency AS
SELECT c.id AS checkout_id, c.number, c.currency, 'order' AS what, o.id AS row_id, o.currency AS row_currency
FROM orders_merchantorder o JOIN orders_checkout c ON c.id = o.checkout_id WHERE o.currency <> c.currency
UNION ALL
SELECT c.id, c.number, c.currency, 'line', l.id, l.currency
FROM orders_orderline l JOIN orders_merchantorder o ON o.id = l.order_id JOIN orders_checkout c ON c.id = o.checkout_id
WHERE l.currency <> c.currency
UNION ALL
SELECT c.id, c.number, c.currency, 'payment', a.id, a.currency
FROM payments_paymentattempt a JOIN orders_checkout c ON c.id = a.reference WHERE a.currency <> c.currency
UNION ALL
SELECT c.id, c.number, c.currency, 'escrow', h.id, h.currency
FROM payments_escrowhold h JOIN orders_merchantorder o ON o.id = h.reference JOIN orders_checkout c ON c.id = o.checkout_id
WHERE h.currency <> c.currency
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_currencies"), ("payments", "0003_invariants")]

    operations = [
        migrations.RunSQL(WALLS, NO_WALLS),
        migrations.RunSQL(VIEW, "DROP VIEW invariant_purchase_in_one_currency"),
    ]
