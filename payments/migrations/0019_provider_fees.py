from importlib import import_module

import django.utils.timezone
from django.db import migrations, models

import core.ids

BALANCE_BEFORE = import_module("payments.migrations.0011_provider_disputes").BALANCE
BALANCE = BALANCE_BEFORE.replace(
    "        ), expected AS (",
    """            UNION ALL
            SELECT gateway, currency, -amount_minor FROM payments_providerfee
        ), expected AS (""",
)
DROP = "DROP VIEW invariant_provider_balance_explained;"
FEES = """
    WITH booked AS (
        SELECT a.code, sum(e.amount_minor) AS minor
        FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'provider_fees'
        GROUP BY a.code
    ), expected AS (
        SELECT 'provider_fees:' || gateway || ':' || currency AS code, sum(amount_minor) AS minor
        FROM payments_providerfee GROUP BY gateway, currency
    )
    SELECT code, coalesce(expected.minor, 0) AS expected_minor, coalesce(booked.minor, 0) AS booked_minor
    FROM expected FULL JOIN booked USING (code)
    WHERE coalesce(expected.minor, 0) <> coalesce(booked.minor, 0)"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0018_names"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ledgeraccount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("provider_balance", "Money at the provider"),
                    ("provider_clearing", "Provider clearing"),
                    ("held", "Held in escrow"),
                    ("payable", "Payable to merchant"),
                    ("commission", "Commission income"),
                    ("reserved", "Reserved for disputes"),
                    ("payouts", "Payouts on their way"),
                    ("commission_tax", "Tax on commission"),
                    ("store_credit", "Store credit"),
                    ("gift_card", "Gift cards"),
                    ("subsidies", "Subsidies and goodwill"),
                    ("disputed", "Disputed at the provider"),
                    ("provider_fees", "Fees of payment providers"),
                    ("points_liability", "Points liability"),
                    ("points_expense", "Points granted"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="ProviderFee",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("gateway", models.CharField(max_length=20, verbose_name="gateway")),
                ("provider_id", models.CharField(max_length=80, verbose_name="provider's number")),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3)),
                ("charged_at", models.DateTimeField(verbose_name="charged")),
            ],
            options={
                "verbose_name": "fee of a provider",
                "verbose_name_plural": "fees of providers",
                "constraints": [
                    models.UniqueConstraint(fields=("gateway", "provider_id"), name="provider_fee_once"),
                    models.CheckConstraint(condition=models.Q(("amount_minor", 0), _negated=True), name="provider_fee_amount"),
                ],
            },
        ),
        migrations.RunSQL(
            f"{DROP} CREATE VIEW invariant_provider_balance_explained AS {BALANCE}",
            f"{DROP} CREATE VIEW invariant_provider_balance_explained AS {BALANCE_BEFORE}",
        ),
        migrations.RunSQL(f"CREATE VIEW invariant_provider_fees_explained AS {FEES}", "DROP VIEW invariant_provider_fees_explained"),
    ]
