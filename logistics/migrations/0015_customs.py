import core.ids
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0014_floor_walls"),
        ("merchants", "0014_scorecards"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomsRegime",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("country", models.CharField(max_length=2, verbose_name="destination")),
                (
                    "base",
                    models.CharField(
                        choices=[("cif", "Goods, shipping and insurance (CIF)"), ("goods", "The goods alone")],
                        default="cif",
                        max_length=5,
                        verbose_name="duty is on",
                    ),
                ),
                (
                    "tax_kind",
                    models.CharField(
                        choices=[("vat", "VAT"), ("gst", "GST"), ("sales", "Sales tax"), ("consumption", "Consumption tax")],
                        default="vat",
                        max_length=12,
                        verbose_name="import tax",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("duty_free_minor", models.BigIntegerField(default=0, verbose_name="no duty up to")),
                ("tax_free_minor", models.BigIntegerField(default=0, verbose_name="no import tax up to")),
                ("bonded_most_minor", models.BigIntegerField(blank=True, null=True, verbose_name="most in one purchase out of bond")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("source", models.CharField(blank=True, max_length=120, verbose_name="source")),
            ],
            options={
                "verbose_name": "customs rules",
                "verbose_name_plural": "customs rules",
            },
        ),
        migrations.CreateModel(
            name="DutyRate",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("country", models.CharField(max_length=2, verbose_name="destination")),
                ("hs_prefix", models.CharField(blank=True, max_length=10, verbose_name="HS code begins with")),
                ("duty_bps", models.PositiveIntegerField(verbose_name="import duty in basis points")),
                ("tax_bps", models.PositiveIntegerField(verbose_name="import tax in basis points")),
                ("bonded_duty_bps", models.PositiveIntegerField(default=0, verbose_name="duty out of bond in basis points")),
                ("bonded_tax_bps", models.PositiveIntegerField(default=0, verbose_name="tax out of bond in basis points")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("source", models.CharField(blank=True, max_length=120, verbose_name="source")),
            ],
            options={
                "verbose_name": "duty rate",
                "verbose_name_plural": "duty rates",
            },
        ),
        migrations.AddField(
            model_name="shippingrate",
            name="bears_duties",
            field=models.BooleanField(default=False, verbose_name="import charges are ours (DDP)"),
        ),
        migrations.AddField(
            model_name="shippingzone",
            name="divisor",
            field=models.PositiveIntegerField(default=5000, verbose_name="cm³ that count as a kilogram"),
        ),
        migrations.AlterField(
            model_name="warehouse",
            name="kind",
            field=models.CharField(
                choices=[
                    ("central", "Central"),
                    ("regional", "Regional"),
                    ("front", "Front"),
                    ("overseas", "Overseas"),
                    ("bonded", "Bonded"),
                    ("store", "Store"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingzone",
            constraint=models.CheckConstraint(
                condition=models.Q(("divisor__gte", 1000), ("divisor__lte", 20000)), name="shipping_zone_divisor"
            ),
        ),
        migrations.AddConstraint(
            model_name="customsregime",
            constraint=models.UniqueConstraint(fields=("country", "valid_from"), name="customs_regime_once"),
        ),
        migrations.AddConstraint(
            model_name="customsregime",
            constraint=models.CheckConstraint(condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="customs_regime_country"),
        ),
        migrations.AddConstraint(
            model_name="customsregime",
            constraint=models.CheckConstraint(condition=models.Q(("base__in", ["cif", "goods"])), name="customs_regime_base"),
        ),
        migrations.AddConstraint(
            model_name="customsregime",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax_kind__in", ["vat", "gst", "sales", "consumption"])), name="customs_regime_tax"
            ),
        ),
        migrations.AddConstraint(
            model_name="customsregime",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("duty_free_minor__gte", 0),
                    ("tax_free_minor__gte", 0),
                    models.Q(("bonded_most_minor__isnull", True), ("bonded_most_minor__gt", 0), _connector="OR"),
                ),
                name="customs_regime_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="customsregime",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"),
                name="customs_regime_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyrate",
            constraint=models.UniqueConstraint(fields=("country", "hs_prefix", "valid_from"), name="duty_rate_once"),
        ),
        migrations.AddConstraint(
            model_name="dutyrate",
            constraint=models.CheckConstraint(condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="duty_rate_country"),
        ),
        migrations.AddConstraint(
            model_name="dutyrate",
            constraint=models.CheckConstraint(condition=models.Q(("hs_prefix__regex", "^[0-9]{0,10}$")), name="duty_rate_prefix"),
        ),
        migrations.AddConstraint(
            model_name="dutyrate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bonded_duty_bps__lte", 100000), ("bonded_tax_bps__lte", 10000), ("duty_bps__lte", 100000), ("tax_bps__lte", 10000)
                ),
                name="duty_rate_shares",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"),
                name="duty_rate_period",
            ),
        ),
    ]
