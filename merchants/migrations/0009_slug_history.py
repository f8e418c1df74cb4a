import core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# A trigger, so that no writer of shops can forget it; two shops that want one slug at the same moment meet at its index.
RECORD = """
CREATE FUNCTION merchants_slug_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM merchants_shopslug WHERE slug = NEW.slug AND merchant_id = NEW.id) THEN
        INSERT INTO merchants_shopslug (id, created_at, slug, merchant_id) VALUES (gen_random_uuid(), clock_timestamp(), NEW.slug, NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER slug_taken AFTER INSERT OR UPDATE OF slug ON merchants_merchant
    FOR EACH ROW EXECUTE FUNCTION merchants_slug_taken();
"""
FORGET = "DROP TRIGGER slug_taken ON merchants_merchant; DROP FUNCTION merchants_slug_taken();"

BEGIN = """
INSERT INTO merchants_shopslug (id, created_at, slug, merchant_id)
SELECT gen_random_uuid(), clock_timestamp(), slug, id FROM merchants_merchant;
-- Checked now, for the trigger that follows changes a table with checks that wait.
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [("merchants", "0008_needs_approval")]

    operations = [
        migrations.CreateModel(
            name="ShopSlug",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("slug", models.SlugField(max_length=60, unique=True)),
                (
                    "merchant",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="slugs", to="merchants.merchant"),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
        migrations.RunSQL(RECORD, FORGET),
    ]
