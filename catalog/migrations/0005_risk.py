from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_prices"),
    ]

    operations = [
        migrations.AddField(
            model_name="category",
            name="is_risky",
            field=models.BooleanField(
                default=False,
                help_text="Payments for such goods, here and below, are looked at more closely.",
                verbose_name="often bought with stolen cards",
            ),
        ),
    ]
