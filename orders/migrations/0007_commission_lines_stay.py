"""Commission lines of orders placed before there were any; from then on they are written once and add up."""

from typing import Any

from django.db import migrations

from core.money import split

CHUNK = 500

GUARD = """
CREATE FUNCTION commission_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was agreed at placing stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_line_stays';
END $$;
CREATE TRIGGER commission_line_stays BEFORE UPDATE OR DELETE ON orders_commissionline
    FOR EACH STATEMENT EXECUTE FUNCTION commission_line_stays();
"""
UNGUARD = "DROP TRIGGER commission_line_stays ON orders_commissionline; DROP FUNCTION commission_line_stays();"

VIEWS = {
    "invariant_order_commission_is_sum_of_lines": """
        SELECT o.id AS order_id, o.number, o.commission_minor, o.commission_tax_minor, l.amount_minor, l.tax_minor
        FROM orders_merchantorder o
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(amount_minor), 0) AS amount_minor, COALESCE(sum(tax_minor), 0) AS tax_minor,
                   COALESCE(sum(gross_minor), 0) AS gross_minor
            FROM orders_commissionline WHERE order_id = o.id
        ) l
        WHERE (o.commission_minor, o.commission_tax_minor, o.total_minor) <> (l.amount_minor, l.tax_minor, l.gross_minor)
    """,
    "invariant_escrow_keeps_the_tax_on_commission": """
        SELECT o.id AS order_id, o.number, o.commission_tax_minor, h.commission_tax_minor AS escrow_commission_tax_minor
        FROM orders_merchantorder o JOIN payments_escrowhold h ON h.reference = o.id
        WHERE o.commission_tax_minor <> h.commission_tax_minor
    """,
    "invariant_order_tax_is_sum_of_lines": """
        SELECT o.id AS order_id, o.number, o.tax_minor, o.shipping_tax_minor, l.tax_minor AS lines_tax_minor
        FROM orders_merchantorder o
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(tax_minor), 0) AS tax_minor FROM orders_orderline WHERE order_id = o.id
        ) l
        WHERE o.tax_minor <> l.tax_minor + o.shipping_tax_minor
    """,
}


def share_among_lines(apps: Any, schema_editor: Any) -> None:
    """What was kept of a whole order is shared among its lines and shipping in proportion, by largest remainder."""
    orders, rows = apps.get_model("orders", "MerchantOrder"), apps.get_model("orders", "CommissionLine")
    batch: list[Any] = []
    for order in orders.objects.order_by("pk").prefetch_related("lines").iterator(chunk_size=CHUNK):
        parts = [(line, line.total_minor) for line in sorted(order.lines.all(), key=lambda line: line.pk)]
        parts += [(None, order.shipping_minor)] if order.shipping_minor else []
        shares = split(order.commission_minor, [gross for _, gross in parts])
        batch += [
            rows(order=order, line=line, gross_minor=gross, base_minor=gross, rate_bps=order.commission_bps, amount_minor=share)
            for (line, gross), share in zip(parts, shares, strict=True)
        ]
        if len(batch) >= CHUNK:
            rows.objects.bulk_create(batch)
            batch = []
    rows.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_taxes_and_commission"), ("payments", "0006_part_refunds_and_balances")]
    operations = [
        migrations.RunPython(share_among_lines, migrations.RunPython.noop),
        migrations.RunSQL(GUARD, UNGUARD),
        *[migrations.RunSQL(f"CREATE VIEW {name} AS {query}", f"DROP VIEW {name}") for name, query in VIEWS.items()],
    ]
