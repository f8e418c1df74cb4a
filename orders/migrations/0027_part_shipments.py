from django.db import migrations, models

# A paid order may be sent in parts: what has left is fulfilled, and something is still to go, else it would be shipped.
HOLDS = """
CREATE OR REPLACE VIEW invariant_ended_order_holds_no_stock AS
SELECT o.id AS order_id, o.number, o.status AS order_status, r.id AS reservation_id, r.status AS reservation_status, r.quantity
FROM orders_merchantorder o JOIN logistics_reservation r ON r."group" = o.id
WHERE o.status IN ('cancelled', 'expired', 'shipped', 'delivered', 'completed') AND r.status IN ('held', 'committed')
      OR o.status IN ('paid', 'preparing') AND r.status <> 'committed'
      AND NOT (r.status = 'fulfilled' AND o.status = 'preparing' AND o.part_shipped_at IS NOT NULL)
"""
HELD_AT_ONCE = """
CREATE OR REPLACE VIEW invariant_ended_order_holds_no_stock AS
SELECT o.id AS order_id, o.number, o.status AS order_status, r.id AS reservation_id, r.status AS reservation_status, r.quantity
FROM orders_merchantorder o JOIN logistics_reservation r ON r."group" = o.id
WHERE o.status IN ('cancelled', 'expired', 'shipped', 'delivered', 'completed') AND r.status IN ('held', 'committed')
      OR o.status IN ('paid', 'preparing') AND r.status <> 'committed'
"""
SENT = """
CREATE VIEW invariant_part_shipped_order_is_in_parts AS
SELECT o.id AS order_id, o.number, o.status AS order_status,
       count(*) FILTER (WHERE r.status = 'committed') AS left_rows, count(*) FILTER (WHERE r.status = 'fulfilled') AS sent_rows
FROM orders_merchantorder o LEFT JOIN logistics_reservation r ON r."group" = o.id
WHERE o.status = 'preparing' AND o.part_shipped_at IS NOT NULL
GROUP BY o.id
HAVING count(*) FILTER (WHERE r.status = 'committed') = 0 OR count(*) FILTER (WHERE r.status = 'fulfilled') = 0;
CREATE VIEW invariant_sent_is_not_more_than_bought AS
SELECT o.id AS order_id, o.number, sent.variant_id, sent.quantity AS sent, coalesce(bought.quantity, 0) AS bought
FROM (
    SELECT s.reference, l.variant_id, sum(l.quantity) AS quantity
    FROM logistics_shipment s JOIN logistics_shipmentline l ON l.shipment_id = s.id
    WHERE s.direction = 'to_shopper' GROUP BY s.reference, l.variant_id
) sent
JOIN orders_merchantorder o ON o.id = sent.reference
LEFT JOIN LATERAL (
    SELECT sum(quantity) AS quantity FROM orders_orderline WHERE order_id = o.id AND variant_id = sent.variant_id
) bought ON true
WHERE sent.quantity > coalesce(bought.quantity, 0);
"""
NOT_SENT = "DROP VIEW invariant_sent_is_not_more_than_bought; DROP VIEW invariant_part_shipped_order_is_in_parts;"


class Migration(migrations.Migration):
    dependencies = [("orders", "0026_bundles"), ("logistics", "0004_parcels")]

    operations = [
        migrations.AddField("merchantorder", "part_shipped_at", models.DateTimeField(null=True, verbose_name="part shipped")),
        migrations.RunSQL(HOLDS, HELD_AT_ONCE),
        migrations.RunSQL(SENT, NOT_SENT),
    ]
