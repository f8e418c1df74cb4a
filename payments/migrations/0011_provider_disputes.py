import core.ids
import django.db.models.deletion
import django.utils.timezone
from importlib import import_module

from django.db import migrations, models
from django.db.models import F, Q

BALANCE_BEFORE = import_module("payments.migrations.0010_payouts_watched").BALANCE
BALANCE = BALANCE_BEFORE.replace(
    "        ), expected AS (",
    """            UNION ALL
            SELECT a.gateway, d.currency, -d.amount_minor
            FROM payments_providerdispute d JOIN payments_paymentattempt a ON a.id = d.attempt_id WHERE d.status IN ('open', 'lost')
        ), expected AS (""",
)
DROP = "DROP VIEW invariant_provider_balance_explained;"
ADDED = {
    "disputed_explained": """
        WITH booked AS (
            SELECT e.currency, sum(e.amount_minor) AS minor
            FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'disputed'
            GROUP BY e.currency
        ), expected AS (
            SELECT currency, sum(amount_minor) AS minor FROM payments_providerdispute WHERE status = 'open' GROUP BY currency
        )
        SELECT currency, coalesce(booked.minor, 0) AS booked_minor, coalesce(expected.minor, 0) AS open_minor
        FROM booked FULL JOIN expected USING (currency)
        WHERE coalesce(booked.minor, 0) <> coalesce(expected.minor, 0)""",
    "lost_disputes_are_borne": """
        SELECT d.id AS dispute_id, d.amount_minor, d.claimed_minor, coalesce(r.minor, 0) AS taken_minor
        FROM payments_providerdispute d
        LEFT JOIN LATERAL (
            SELECT sum(amount_minor) AS minor FROM payments_escrowreturn WHERE cause = d.id AND is_chargeback
        ) r ON true
        WHERE coalesce(r.minor, 0) <> CASE WHEN d.status = 'lost' THEN d.claimed_minor ELSE 0 END""",
    "attempt_disputed_is_sum": """
        SELECT a.id AS attempt_id, a.reference AS purchase, a.disputed_minor, coalesce(sum(d.claimed_minor), 0) AS claimed_minor
        FROM payments_paymentattempt a
        LEFT JOIN payments_providerdispute d ON d.attempt_id = a.id AND d.status IN ('open', 'lost')
        GROUP BY a.id
        HAVING a.disputed_minor <> coalesce(sum(d.claimed_minor), 0)""",
}
SUBJECTS = [("payment", "Payment"), ("refund", "Refund"), ("dispute", "Dispute"), ("other", "Other")]


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_payouts_watched")]

    operations = [
        migrations.AddField("paymentattempt", "disputed_minor", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.CheckConstraint(
                condition=Q(disputed_minor__gte=0) & Q(amount_minor__gte=F("refunded_minor") + F("disputed_minor")), name="attempt_disputed"
            ),
        ),
        migrations.AlterField("inboxmessage", "subject", models.CharField(max_length=10, choices=SUBJECTS)),
        migrations.CreateModel(
            name="ProviderDispute",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "attempt",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="payments.paymentattempt"),
                ),
                ("provider_id", models.CharField(max_length=120, unique=True)),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(max_length=80, verbose_name="reason")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost")], default="open", max_length=10, verbose_name="status"
                    ),
                ),
                ("claimed_minor", models.BigIntegerField(verbose_name="claimed from merchants")),
                ("evidence_due_by", models.DateTimeField(null=True, verbose_name="evidence due by")),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "dispute at the provider",
                "verbose_name_plural": "disputes at the provider",
                "constraints": [
                    models.CheckConstraint(condition=Q(amount_minor__gt=0), name="provider_dispute_amount"),
                    models.CheckConstraint(
                        condition=Q(claimed_minor__gte=0) & Q(claimed_minor__lte=F("amount_minor")), name="provider_dispute_claimed"
                    ),
                    models.CheckConstraint(condition=Q(status__in=["open", "won", "lost"]), name="provider_dispute_status"),
                ],
            },
        ),
        migrations.RunSQL(
            f"{DROP} CREATE VIEW invariant_provider_balance_explained AS {BALANCE}",
            f"{DROP} CREATE VIEW invariant_provider_balance_explained AS {BALANCE_BEFORE}",
        ),
        *(migrations.RunSQL(f"CREATE VIEW invariant_{name} AS {query}", f"DROP VIEW invariant_{name}") for name, query in ADDED.items()),
    ]
