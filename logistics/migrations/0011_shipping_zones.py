import core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0010_inbound_walls"),
        ("merchants", "0010_price_lists_scopes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShippingZone",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("zones", models.JSONField(default=list, verbose_name="sends to")),
                (
                    "way",
                    models.CharField(
                        choices=[("flat", "Flat"), ("weight", "By weight"), ("item", "By item")],
                        default="flat",
                        max_length=8,
                        verbose_name="price by",
                    ),
                ),
                ("currency", models.CharField(editable=False, max_length=3)),
                ("flat_minor", models.BigIntegerField(verbose_name="basic price")),
                ("step_minor", models.BigIntegerField(default=0, verbose_name="price of each step")),
                ("step", models.PositiveIntegerField(default=1000, verbose_name="size of a step")),
                ("free_over_minor", models.BigIntegerField(blank=True, null=True, verbose_name="free from a goods total of")),
                ("position", models.PositiveSmallIntegerField(default=10, verbose_name="order, lowest first")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "merchant",
                    models.ForeignKey(
                        editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="shipping_zones", to="merchants.merchant"
                    ),
                ),
            ],
            options={
                "verbose_name": "shipping zone",
                "verbose_name_plural": "shipping zones",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "name"), name="shipping_zone_name"),
                    models.CheckConstraint(condition=models.Q(("way__in", ["flat", "weight", "item"])), name="shipping_zone_way"),
                    models.CheckConstraint(
                        condition=models.Q(("flat_minor__gte", 0), ("step__gt", 0), ("step_minor__gte", 0)), name="shipping_zone_price"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("free_over_minor__isnull", True), ("free_over_minor__gte", 0), _connector="OR"),
                        name="shipping_zone_free_over",
                    ),
                ],
            },
        ),
    ]
