import core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


GUARD = """
CREATE FUNCTION duty_estimate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was estimated at placing stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'duty_estimate_stays';
END $$;
CREATE TRIGGER duty_estimate_stays BEFORE UPDATE OR DELETE ON orders_dutyestimate
    FOR EACH STATEMENT EXECUTE FUNCTION duty_estimate_stays();
"""
UNGUARD = "DROP TRIGGER duty_estimate_stays ON orders_dutyestimate; DROP FUNCTION duty_estimate_stays();"
SAME_MERCHANT = """
CREATE VIEW invariant_duty_estimate_is_of_its_orders_merchant AS
SELECT e.id AS estimate_id, o.id AS order_id, o.number, e.currency, o.currency AS order_currency
FROM orders_dutyestimate e JOIN orders_merchantorder o ON o.id = e.order_id
WHERE e.merchant_id <> o.merchant_id OR e.currency <> o.currency
"""


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0014_scorecards"),
        ("orders", "0028_undelivered"),
    ]

    operations = [
        migrations.CreateModel(
            name="DutyEstimate",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("country", models.CharField(max_length=2, verbose_name="destination")),
                ("sent_from", models.CharField(max_length=60, verbose_name="sent from")),
                (
                    "terms",
                    models.CharField(
                        choices=[("dap", "The buyer pays on arrival (DAP)"), ("ddp", "The shop pays (DDP)")],
                        default="dap",
                        max_length=3,
                        verbose_name="import charges",
                    ),
                ),
                (
                    "missing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_rules", "we know no import rules of this country"),
                            ("no_code", "the shop has not said under which customs number (HS code) the goods go"),
                            ("no_rate", "we know no rate for these goods"),
                            ("no_exchange", "there is no exchange rate to that country's currency"),
                        ],
                        max_length=12,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("duty_minor", models.BigIntegerField(null=True, verbose_name="import duty")),
                ("tax_minor", models.BigIntegerField(null=True, verbose_name="import tax")),
                ("tax_kind", models.CharField(blank=True, max_length=12)),
                ("version", models.CharField(blank=True, max_length=40, verbose_name="version")),
                ("lines", models.JSONField(default=list)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="merchants.merchant"
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="duty_estimate", to="orders.merchantorder"
                    ),
                ),
            ],
            options={
                "verbose_name": "estimate of import charges",
                "verbose_name_plural": "estimates of import charges",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("terms__in", ["dap", "ddp"])), name="duty_estimate_terms"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("duty_minor__gte", 0), ("missing", ""), ("tax_minor__gte", 0)),
                            models.Q(
                                ("duty_minor__isnull", True),
                                ("missing__in", ["no_rules", "no_code", "no_rate", "no_exchange"]),
                                ("tax_minor__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="duty_estimate_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(SAME_MERCHANT, "DROP VIEW invariant_duty_estimate_is_of_its_orders_merchant"),
    ]
