import django.db.models.expressions
import django.db.models.functions.comparison
from django.db import migrations, models

# A sweep makes these anew, and looks into their histories; until it has, nothing is announced as reduced that may not be.
LOOK_BACK = """
UPDATE catalog_productcard SET is_stale = true
WHERE NOT is_stale AND (compare_at_minor IS NOT NULL OR prices <> '{}'::jsonb)
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0019_pending_words")]

    operations = [
        migrations.RemoveIndex(model_name="productcard", name="card_deal"),
        migrations.RemoveField(model_name="productcard", name="discount_bps"),
        migrations.AddField(model_name="productcard", name="reference_minor", field=models.BigIntegerField(null=True)),
        migrations.AddField(
            model_name="productcard",
            name="discount_bps",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce(
                    django.db.models.expressions.CombinedExpression(
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("reference_minor"), "-", models.F("price_minor")),
                            "*",
                            models.Value(10000),
                        ),
                        "/",
                        models.F("reference_minor"),
                    ),
                    0,
                ),
                output_field=models.IntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="productcard",
            index=models.Index(
                condition=models.Q(("discount_bps__gt", 0), ("is_visible", True)), fields=["-discount_bps", "product"], name="card_deal"
            ),
        ),
        migrations.RunSQL(LOOK_BACK, migrations.RunSQL.noop),
    ]
