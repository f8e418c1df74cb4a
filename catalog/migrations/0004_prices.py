import core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_product_tax_class"),
        ("merchants", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="productcard",
            name="prices",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="VariantPrice",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("price_minor", models.BigIntegerField(verbose_name="price in minor units")),
                ("compare_at_minor", models.BigIntegerField(blank=True, null=True, verbose_name="compare-at price in minor units")),
                (
                    "merchant",
                    models.ForeignKey(
                        editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="merchants.merchant"
                    ),
                ),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="prices", to="catalog.product")),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="prices", to="catalog.variant", verbose_name="variant"
                    ),
                ),
            ],
            options={
                "verbose_name": "price in another currency",
                "verbose_name_plural": "prices in other currencies",
                "constraints": [
                    models.UniqueConstraint(fields=("variant", "currency"), name="variant_price_once"),
                    models.CheckConstraint(
                        condition=models.Q(("price_minor__gt", 0), ("price_minor__lte", 1000000000000)), name="variant_price_in_currency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("compare_at_minor__isnull", True), ("compare_at_minor__gt", models.F("price_minor")), _connector="OR"
                        ),
                        name="variant_compare_at_in_currency",
                    ),
                ],
            },
        ),
    ]
