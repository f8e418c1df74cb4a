"""Walls that models cannot say: movements are append-only; what must always hold, as views that must be empty."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION logistics_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write a movement that corrects it', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stockmovement_append_only BEFORE UPDATE OR DELETE ON logistics_stockmovement
FOR EACH ROW EXECUTE FUNCTION logistics_refuse_change();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER stockmovement_append_only ON logistics_stockmovement;
DROP FUNCTION logistics_refuse_change();
"""

# Room on each page for the next version of a row: the counters of a best-seller change with every purchase.
FILL = "ALTER TABLE logistics_stock SET (fillfactor = 70)"
UNFILL = "ALTER TABLE logistics_stock RESET (fillfactor)"

INVARIANTS = {
    "stock_on_hand_is_sum_of_movements": """
        SELECT s.id AS stock_id, s.merchant_id, s.on_hand, coalesce(m.moved, 0) AS movements
        FROM logistics_stock s
        LEFT JOIN (SELECT stock_id, sum(delta) AS moved FROM logistics_stockmovement GROUP BY stock_id) m ON m.stock_id = s.id
        WHERE s.on_hand <> coalesce(m.moved, 0)
    """,
    "stock_reserved_is_sum_of_reservations": """
        SELECT s.id AS stock_id, s.merchant_id, s.reserved, coalesce(r.promised, 0) AS reservations
        FROM logistics_stock s
        LEFT JOIN (
            SELECT stock_id, sum(quantity) AS promised FROM logistics_reservation
            WHERE status IN ('held', 'committed') GROUP BY stock_id
        ) r ON r.stock_id = s.id
        WHERE s.reserved <> coalesce(r.promised, 0)
    """,
    "stock_reserved_within_on_hand": """
        SELECT id AS stock_id, merchant_id, on_hand, reserved FROM logistics_stock WHERE reserved < 0 OR reserved > on_hand
    """,
    "stock_of_one_merchant": """
        SELECT s.id AS stock_id, s.merchant_id, w.merchant_id AS warehouse_merchant_id, v.merchant_id AS variant_merchant_id
        FROM logistics_stock s
        JOIN logistics_warehouse w ON w.id = s.warehouse_id
        JOIN catalog_variant v ON v.id = s.variant_id
        WHERE s.merchant_id <> w.merchant_id OR s.merchant_id <> v.merchant_id
    """,
    "reservation_of_one_merchant": """
        SELECT r.id AS reservation_id, r.reference, r.merchant_id, s.merchant_id AS stock_merchant_id
        FROM logistics_reservation r JOIN logistics_stock s ON s.id = r.stock_id
        WHERE r.merchant_id <> s.merchant_id
    """,
    "reservation_expires_in_time": """
        SELECT id AS reservation_id, reference, quantity, expires_at FROM logistics_reservation
        WHERE status = 'held' AND expires_at < now() - interval '30 minutes'
    """,
    "shipment_has_lines": """
        SELECT s.id AS shipment_id, s.reference, s.merchant_id, s.tracking_number FROM logistics_shipment s
        WHERE NOT EXISTS (SELECT FROM logistics_shipmentline l WHERE l.shipment_id = s.id)
    """,
    "shipment_of_one_merchant": """
        SELECT s.id AS shipment_id, s.reference, s.merchant_id, w.merchant_id AS warehouse_merchant_id
        FROM logistics_shipment s JOIN logistics_warehouse w ON w.id = s.warehouse_id
        WHERE s.merchant_id <> w.merchant_id
    """,
}


class Migration(migrations.Migration):
    dependencies = [("logistics", "0001_initial"), ("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunSQL(FILL, UNFILL),
        *(
            migrations.RunSQL(f"CREATE VIEW invariant_{name} AS {query}", f"DROP VIEW invariant_{name}")
            for name, query in INVARIANTS.items()
        ),
    ]
