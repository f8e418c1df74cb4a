"""Papers are written once, numbered without gaps, and add up."""

from django.db import migrations

GUARD = """
CREATE FUNCTION paper_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was issued stays, correct it by a credit note', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'paper_stays';
END $$;
CREATE TRIGGER paper_stays BEFORE UPDATE OR DELETE ON orders_invoice FOR EACH STATEMENT EXECUTE FUNCTION paper_stays();
CREATE TRIGGER paper_no_truncate BEFORE TRUNCATE ON orders_invoice FOR EACH STATEMENT EXECUTE FUNCTION paper_stays();
"""
UNGUARD = "DROP TRIGGER paper_stays ON orders_invoice; DROP TRIGGER paper_no_truncate ON orders_invoice; DROP FUNCTION paper_stays();"

VIEWS = {
    "invariant_papers_are_numbered_without_gaps": """
        SELECT merchant_id, series, year, p.papers, p.highest, c.last
        FROM (
            SELECT merchant_id, series, year, count(*) AS papers, max(sequence) AS highest
            FROM orders_invoice GROUP BY merchant_id, series, year
        ) p
        FULL JOIN orders_papercounter c USING (merchant_id, series, year)
        WHERE (p.papers, p.highest) IS DISTINCT FROM (c.last::bigint, c.last)
    """,
    "invariant_papers_add_up": """
        SELECT i.id AS paper_id, i.number, i.total_minor, i.tax_minor, l.total_minor AS lines_minor, l.tax_minor AS lines_tax_minor,
               t.tax_minor AS taxes_minor
        FROM orders_invoice i
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum((line->>'total_minor')::bigint), 0) AS total_minor, COALESCE(sum((line->>'tax_minor')::bigint), 0) AS tax_minor
            FROM jsonb_array_elements(i.content->'lines') line
        ) l
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum((tax->>'tax_minor')::bigint), 0) AS tax_minor FROM jsonb_array_elements(i.content->'taxes') tax
        ) t
        WHERE (i.total_minor, i.tax_minor, i.tax_minor) <> (l.total_minor, l.tax_minor, t.tax_minor)
    """,
    "invariant_invoice_is_its_order": """
        SELECT i.id AS paper_id, i.number, i.total_minor, i.tax_minor, o.total_minor AS order_minor, o.tax_minor AS order_tax_minor,
               n.total_minor AS credited_minor, n.tax_minor AS credited_tax_minor
        FROM orders_invoice i
        JOIN orders_merchantorder o ON o.id = i.order_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(total_minor), 0) AS total_minor, COALESCE(sum(tax_minor), 0) AS tax_minor
            FROM orders_invoice WHERE corrects_id = i.id
        ) n
        WHERE i.kind = 'invoice' AND (
            (i.total_minor, i.tax_minor, i.merchant_id, i.currency) <> (o.total_minor, o.tax_minor, o.merchant_id, o.currency)
            OR n.total_minor > i.total_minor OR n.tax_minor > i.tax_minor
            OR n.total_minor = i.total_minor AND n.tax_minor <> i.tax_minor)
    """,
}


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_papers")]
    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        *[migrations.RunSQL(f"CREATE VIEW {name} AS {query}", f"DROP VIEW {name}") for name, query in VIEWS.items()],
    ]
