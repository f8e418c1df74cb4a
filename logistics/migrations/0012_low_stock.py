from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0011_shipping_zones"),
    ]

    operations = [
        migrations.AddField(
            model_name="stock",
            name="low_at",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="low from"),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="low_stock_at",
            field=models.PositiveIntegerField(default=5, verbose_name="low stock from"),
        ),
    ]
