import core.ids
import django.db.models.deletion
from django.db import migrations, models

# Rows go with their variant, which Django's own cascade would do before the variant is gone: the guard could not tell why.
CASCADE = """
ALTER TABLE catalog_pricechange ADD CONSTRAINT price_change_variant
    FOREIGN KEY (variant_id) REFERENCES catalog_variant (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""

# One statement for all rows a writer has touched, so that loading thousands of goods costs one more INSERT each.
RECORD = """
CREATE FUNCTION catalog_price_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_pricechange (id, variant_id, currency, price_minor, compare_at_minor, at)
    SELECT gen_random_uuid(), id, currency, price_minor, compare_at_minor, clock_timestamp() FROM fresh;
    RETURN NULL;
END $$;
CREATE FUNCTION catalog_price_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_pricechange (id, variant_id, currency, price_minor, compare_at_minor, at)
    SELECT gen_random_uuid(), fresh.id, fresh.currency, fresh.price_minor, fresh.compare_at_minor, clock_timestamp()
    FROM fresh JOIN stale ON stale.id = fresh.id
    WHERE (fresh.currency, fresh.price_minor, fresh.compare_at_minor)
        IS DISTINCT FROM (stale.currency, stale.price_minor, stale.compare_at_minor);
    RETURN NULL;
END $$;
CREATE FUNCTION catalog_own_price_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_pricechange (id, variant_id, currency, price_minor, compare_at_minor, at)
    SELECT gen_random_uuid(), variant_id, currency, price_minor, compare_at_minor, clock_timestamp() FROM fresh;
    RETURN NULL;
END $$;
CREATE FUNCTION catalog_own_price_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_pricechange (id, variant_id, currency, price_minor, compare_at_minor, at)
    SELECT gen_random_uuid(), fresh.variant_id, fresh.currency, fresh.price_minor, fresh.compare_at_minor, clock_timestamp()
    FROM fresh JOIN stale ON stale.id = fresh.id
    WHERE (fresh.variant_id, fresh.currency, fresh.price_minor, fresh.compare_at_minor)
        IS DISTINCT FROM (stale.variant_id, stale.currency, stale.price_minor, stale.compare_at_minor);
    RETURN NULL;
END $$;
CREATE FUNCTION catalog_own_price_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_pricechange (id, variant_id, currency, price_minor, compare_at_minor, at)
    SELECT gen_random_uuid(), stale.variant_id, stale.currency, NULL, NULL, clock_timestamp()
    FROM stale JOIN catalog_variant variant ON variant.id = stale.variant_id;
    RETURN NULL;
END $$;
CREATE TRIGGER price_made AFTER INSERT ON catalog_variant
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_made();
CREATE TRIGGER price_changed AFTER UPDATE ON catalog_variant
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_changed();
CREATE TRIGGER price_made AFTER INSERT ON catalog_variantprice
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION catalog_own_price_made();
CREATE TRIGGER price_changed AFTER UPDATE ON catalog_variantprice
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION catalog_own_price_changed();
CREATE TRIGGER price_taken_back AFTER DELETE ON catalog_variantprice
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION catalog_own_price_taken_back();
"""
FORGET = """
DROP TRIGGER price_made ON catalog_variant;
DROP TRIGGER price_changed ON catalog_variant;
DROP TRIGGER price_made ON catalog_variantprice;
DROP TRIGGER price_changed ON catalog_variantprice;
DROP TRIGGER price_taken_back ON catalog_variantprice;
DROP FUNCTION catalog_price_made();
DROP FUNCTION catalog_price_changed();
DROP FUNCTION catalog_own_price_made();
DROP FUNCTION catalog_own_price_changed();
DROP FUNCTION catalog_own_price_taken_back();
"""

GUARD = """
CREATE FUNCTION catalog_price_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (OLD.at < now() - interval '400 days'
            OR NOT EXISTS (SELECT FROM catalog_variant WHERE id = OLD.variant_id)) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'price history is append-only';
END $$;
CREATE TRIGGER price_change_stays BEFORE UPDATE OR DELETE ON catalog_pricechange
    FOR EACH ROW EXECUTE FUNCTION catalog_price_change_stays();
"""
UNGUARD = "DROP TRIGGER price_change_stays ON catalog_pricechange; DROP FUNCTION catalog_price_change_stays();"

# What things cost before is not known; from now on it is.
BEGIN = """
INSERT INTO catalog_pricechange (id, variant_id, currency, price_minor, compare_at_minor, at)
SELECT gen_random_uuid(), id, currency, price_minor, compare_at_minor, clock_timestamp() FROM catalog_variant
UNION ALL
SELECT gen_random_uuid(), variant_id, currency, price_minor, compare_at_minor, clock_timestamp() FROM catalog_variantprice;
-- Checked now, for the indexes that follow refuse a table with checks that wait.
SET CONSTRAINTS ALL IMMEDIATE
"""

WATCHED = """
CREATE VIEW invariant_price_history AS
SELECT variant.id AS variant_id, variant.sku, variant.price_minor, variant.compare_at_minor, last.price_minor AS recorded_minor
FROM catalog_variant variant
LEFT JOIN LATERAL (
    SELECT price_minor, compare_at_minor FROM catalog_pricechange
    WHERE variant_id = variant.id AND currency = variant.currency ORDER BY at DESC, id DESC LIMIT 1
) last ON true
WHERE (variant.price_minor, variant.compare_at_minor) IS DISTINCT FROM (last.price_minor, last.compare_at_minor)
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_slug_history")]

    operations = [
        migrations.CreateModel(
            name="PriceChange",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("price_minor", models.BigIntegerField(null=True, verbose_name="price in minor units")),
                ("compare_at_minor", models.BigIntegerField(null=True, verbose_name="compare-at price in minor units")),
                ("at", models.DateTimeField(verbose_name="from")),
                (
                    "variant",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="price_changes",
                        to="catalog.variant",
                        verbose_name="variant",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a price",
                "verbose_name_plural": "price history",
                "indexes": [
                    models.Index(fields=["variant", "at"], name="price_change_of_variant"),
                    models.Index(fields=["-at"], name="price_change_newest"),
                ],
            },
        ),
        migrations.RunSQL(CASCADE, migrations.RunSQL.noop),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
        migrations.RunSQL(RECORD, FORGET),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(WATCHED, "DROP VIEW invariant_price_history"),
    ]
