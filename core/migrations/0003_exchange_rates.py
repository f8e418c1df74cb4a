import core.ids
import django.utils.timezone
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION exchange_rate_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of exchange rates is refused: orders were made by them', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'exchange_rate_append_only';
END $$;
CREATE TRIGGER exchange_rate_append_only BEFORE UPDATE OR DELETE ON core_exchangerate
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_rate_append_only();
CREATE TRIGGER exchange_rate_no_truncate BEFORE TRUNCATE ON core_exchangerate
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_rate_append_only();
"""
NOT_ANY_MORE = """
DROP TRIGGER exchange_rate_append_only ON core_exchangerate;
DROP TRIGGER exchange_rate_no_truncate ON core_exchangerate;
DROP FUNCTION exchange_rate_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_invariants"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("base", models.CharField(max_length=3, verbose_name="base currency")),
                ("quote", models.CharField(max_length=3, verbose_name="quoted currency")),
                ("rate", models.DecimalField(decimal_places=12, max_digits=24, verbose_name="rate")),
                ("on", models.DateField(verbose_name="day")),
                (
                    "source",
                    models.CharField(
                        choices=[("entered", "Entered by hand"), ("file", "Imported from a file")],
                        default="entered",
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
                ("entered_by", models.CharField(max_length=80, verbose_name="entered by")),
            ],
            options={
                "verbose_name": "exchange rate",
                "verbose_name_plural": "exchange rates",
                "indexes": [models.Index(fields=["-on"], name="rate_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("base", "quote", "on"), name="rate_once_a_day"),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="rate_positive"),
                    models.CheckConstraint(condition=models.Q(("base", models.F("quote")), _negated=True), name="rate_of_two_currencies"),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_ANY_MORE),
    ]
