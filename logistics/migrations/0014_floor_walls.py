"""Everything on a floor is of one merchant, goods have bins of their own warehouse, and waves want only what orders are still due."""

from django.db import migrations

PARENTS = (
    ("bin", "of_merchant", "merchant_id"), ("bin", "of_warehouse", "warehouse_id"), ("wave", "of_merchant", "merchant_id"),
    ("wavetote", "of_merchant", "merchant_id"),
)  # fmt: skip
CHILDREN = (
    ("bin", "warehouse_id", "merchant_id", "warehouse"),
    ("stock", "bin_id", "warehouse_id", "bin"),
    ("floorplan", "warehouse_id", "merchant_id", "warehouse"),
    ("wave", "warehouse_id", "merchant_id", "warehouse"),
    ("wavetote", "wave_id", "merchant_id", "wave"),
    ("wavetote", "warehouse_id", "merchant_id", "warehouse"),
    ("wavepick", "tote_id", "merchant_id", "wavetote"),
    ("wavepick", "stock_id", "merchant_id", "stock"),
    ("floorscan", "wave_id", "merchant_id", "wave"),
    ("floorscan", "stock_id", "merchant_id", "stock"),
)

INVARIANTS = {
    "wave_tote_open_in_live_wave": """
        SELECT t.id AS tote_id, t.merchant_id, w.number, w.status
        FROM logistics_wavetote t JOIN logistics_wave w ON w.id = t.wave_id
        WHERE t.status = 'open' AND w.status NOT IN ('planned', 'picking', 'picked')
    """,
    "wave_wants_what_is_due": """
        SELECT t.id AS tote_id, t.merchant_id, p.stock_id, p.quantity - p.withdrawn AS wanted, coalesce(r.due, 0) AS due
        FROM logistics_wavetote t
        JOIN logistics_wavepick p ON p.tote_id = t.id
        LEFT JOIN LATERAL (
            SELECT sum(quantity) AS due FROM logistics_reservation
            WHERE "group" = t.reference AND stock_id = p.stock_id AND status = 'committed'
        ) r ON true
        WHERE t.status = 'open' AND p.quantity - p.withdrawn > coalesce(r.due, 0)
    """,
}


def _key(child: str, column: str, owner: str) -> str:
    return f"{child}_{column.removesuffix('_id')}_of_{owner.removesuffix('_id')}"


ADD = [f"ALTER TABLE logistics_{name} ADD CONSTRAINT logistics_{name}_{key} UNIQUE (id, {owner})" for name, key, owner in PARENTS] + [
    f"ALTER TABLE logistics_{child} ADD CONSTRAINT {_key(child, column, owner)}"
    f" FOREIGN KEY ({column}, {owner}) REFERENCES logistics_{parent} (id, {owner}) DEFERRABLE INITIALLY DEFERRED"
    for child, column, owner, parent in CHILDREN
]
DROP = [f"ALTER TABLE logistics_{child} DROP CONSTRAINT {_key(child, column, owner)}" for child, column, owner, _parent in CHILDREN] + [
    f"ALTER TABLE logistics_{name} DROP CONSTRAINT logistics_{name}_{key}" for name, key, _owner in PARENTS
]


class Migration(migrations.Migration):
    dependencies = [("logistics", "0013_floor")]

    operations = [
        migrations.RunSQL(";\n".join(ADD), ";\n".join(DROP)),
        *(
            migrations.RunSQL(f"CREATE VIEW invariant_{name} AS {query}", f"DROP VIEW invariant_{name}")
            for name, query in INVARIANTS.items()
        ),
    ]
