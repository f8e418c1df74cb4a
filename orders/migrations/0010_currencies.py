from django.db import migrations, models

BEFORE = """
UPDATE orders_cartline l SET seen_currency = v.currency FROM catalog_variant v WHERE v.id = l.variant_id;
UPDATE orders_checkout SET base_currency = currency;
UPDATE orders_merchantorder SET base_currency = currency;
UPDATE orders_orderline l SET currency = o.currency FROM orders_merchantorder o WHERE o.id = l.order_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_after_sales_watched")]

    operations = [
        migrations.AddField("cartline", "seen_currency", models.CharField(max_length=3, default=""), preserve_default=False),
        migrations.AddField(
            "checkout",
            "base_currency",
            models.CharField(max_length=3, default="", help_text="The shop's own currency when it was placed; points are valued by it."),
            preserve_default=False,
        ),
        migrations.AddField(
            "checkout",
            "rate",
            models.DecimalField(max_digits=24, decimal_places=12, default=1, help_text="Of the base currency → the purchase's."),
        ),
        migrations.AddField(
            "checkout", "rate_on", models.DateField(null=True, help_text="The day the rate is of; nothing where nothing was converted.")
        ),
        migrations.AddField(
            "merchantorder",
            "base_currency",
            models.CharField(max_length=3, default="", help_text="The merchant's own currency when it was placed."),
            preserve_default=False,
        ),
        migrations.AddField(
            "merchantorder",
            "rate",
            models.DecimalField(max_digits=24, decimal_places=12, default=1, help_text="Of the base currency → the order's."),
        ),
        migrations.AddField(
            "merchantorder",
            "rate_on",
            models.DateField(null=True, help_text="The day the rate is of; nothing where nothing was converted."),
        ),
        migrations.AddField("orderline", "currency", models.CharField(max_length=3, default=""), preserve_default=False),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
