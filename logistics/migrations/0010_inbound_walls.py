"""Everything about incoming goods is of one merchant, and goods on the way are accounted for."""

from django.db import migrations

PARENTS = ("warehouse", "stock", "supplier", "transfer", "purchaseorder", "stockcount")
CHILDREN = (
    ("transfer", "source_id", "logistics_warehouse"),
    ("transfer", "target_id", "logistics_warehouse"),
    ("transferline", "transfer_id", "logistics_transfer"),
    ("transferline", "variant_id", "catalog_variant"),
    ("purchaseorder", "supplier_id", "logistics_supplier"),
    ("purchaseorder", "warehouse_id", "logistics_warehouse"),
    ("purchaseline", "order_id", "logistics_purchaseorder"),
    ("purchaseline", "variant_id", "catalog_variant"),
    ("stockcount", "warehouse_id", "logistics_warehouse"),
    ("countline", "count_id", "logistics_stockcount"),
    ("countline", "stock_id", "logistics_stock"),
)

INVARIANTS = {
    # What is on the way, or was, left a shelf piece by piece.
    "transfer_sent_is_movements": """
        SELECT t.id AS transfer_id, t.merchant_id, l.variant_id, l.quantity, coalesce(m.moved, 0) AS movements
        FROM logistics_transfer t
        JOIN logistics_transferline l ON l.transfer_id = t.id
        LEFT JOIN LATERAL (
            SELECT -sum(move.delta) AS moved FROM logistics_stockmovement move JOIN logistics_stock s ON s.id = move.stock_id
            WHERE move.reference = t.id::text AND move.reference <> '' AND move.reason = 'transfer_out'
            AND s.variant_id = l.variant_id AND s.warehouse_id = t.source_id
        ) m ON true
        WHERE coalesce(m.moved, 0) <> CASE WHEN t.status IN ('sent', 'received') THEN l.quantity ELSE 0 END
    """,
    "transfer_received_is_movements": """
        SELECT t.id AS transfer_id, t.merchant_id, l.variant_id, l.received, coalesce(m.moved, 0) AS movements
        FROM logistics_transfer t
        JOIN logistics_transferline l ON l.transfer_id = t.id
        LEFT JOIN LATERAL (
            SELECT sum(move.delta) AS moved FROM logistics_stockmovement move JOIN logistics_stock s ON s.id = move.stock_id
            WHERE move.reference = t.id::text AND move.reference <> '' AND move.reason = 'transfer_in'
            AND s.variant_id = l.variant_id AND s.warehouse_id = t.target_id
        ) m ON true
        WHERE coalesce(m.moved, 0) <> CASE WHEN t.status = 'received' THEN l.received ELSE 0 END
        OR (t.status = 'received') <> (l.received IS NOT NULL)
    """,
    "purchase_received_is_movements": """
        SELECT o.id AS purchase_id, o.merchant_id, l.variant_id, l.received, coalesce(m.moved, 0) AS movements
        FROM logistics_purchaseorder o
        JOIN logistics_purchaseline l ON l.order_id = o.id
        LEFT JOIN LATERAL (
            SELECT sum(move.delta) AS moved FROM logistics_stockmovement move JOIN logistics_stock s ON s.id = move.stock_id
            WHERE move.reference = o.id::text AND move.reference <> '' AND move.reason = 'received'
            AND s.variant_id = l.variant_id AND s.warehouse_id = o.warehouse_id
        ) m ON true
        WHERE coalesce(m.moved, 0) <> l.received OR (o.status = 'received' AND l.received <> l.quantity)
    """,
    "stock_count_is_movements": """
        SELECT c.id AS count_id, c.merchant_id, l.stock_id, l.counted - l.expected AS difference, coalesce(m.moved, 0) AS movements
        FROM logistics_stockcount c
        JOIN logistics_countline l ON l.count_id = c.id
        LEFT JOIN LATERAL (
            SELECT sum(move.delta) AS moved FROM logistics_stockmovement move
            WHERE move.reference = c.id::text AND move.reference <> '' AND move.reason = 'counted' AND move.stock_id = l.stock_id
        ) m ON true
        WHERE coalesce(m.moved, 0) <> CASE WHEN c.status = 'posted' THEN coalesce(l.counted - l.expected, 0) ELSE 0 END
    """,
}


def _key(child: str, column: str) -> str:
    return f"{child}_{column.removesuffix('_id')}_of_merchant"


ADD = [f"ALTER TABLE logistics_{name} ADD CONSTRAINT logistics_{name}_of_merchant UNIQUE (id, merchant_id)" for name in PARENTS] + [
    f"ALTER TABLE logistics_{child} ADD CONSTRAINT {_key(child, column)}"
    f" FOREIGN KEY ({column}, merchant_id) REFERENCES {parent} (id, merchant_id) DEFERRABLE INITIALLY DEFERRED"
    for child, column, parent in CHILDREN
]
DROP = [f"ALTER TABLE logistics_{child} DROP CONSTRAINT {_key(child, column)}" for child, column, _parent in CHILDREN] + [
    f"ALTER TABLE logistics_{name} DROP CONSTRAINT logistics_{name}_of_merchant" for name in PARENTS
]


class Migration(migrations.Migration):
    dependencies = [("logistics", "0009_inbound"), ("catalog", "0024_bundles")]

    operations = [
        migrations.RunSQL(";\n".join(ADD), ";\n".join(DROP)),
        *(
            migrations.RunSQL(f"CREATE VIEW invariant_{name} AS {query}", f"DROP VIEW invariant_{name}")
            for name, query in INVARIANTS.items()
        ),
    ]
