import core.ids
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0014_cash_watched"),
    ]

    operations = [
        migrations.CreateModel(
            name="RiskChallenge",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("reference", models.UUIDField(unique=True)),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent", models.PositiveSmallIntegerField(default=1)),
                ("salt", models.CharField(max_length=32)),
                ("passed_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="card",
            field=models.CharField(blank=True, help_text="The provider's fingerprint of the card, where it tells one.", max_length=64),
        ),
        migrations.CreateModel(
            name="RiskAssessment",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("reference", models.UUIDField()),
                ("stage", models.CharField(choices=[("started", "Started"), ("paid", "Paid")], max_length=10, verbose_name="when")),
                ("score", models.PositiveSmallIntegerField(verbose_name="score")),
                (
                    "decision",
                    models.CharField(
                        choices=[("allow", "Allow"), ("extra_check", "Extra check"), ("review", "Review"), ("block", "Refuse")],
                        max_length=12,
                        verbose_name="decision",
                    ),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="reasons")),
                ("policy_version", models.PositiveIntegerField(verbose_name="version of the policy")),
                (
                    "verdict",
                    models.CharField(
                        blank=True, choices=[("approved", "Approved"), ("rejected", "Rejected")], max_length=10, verbose_name="verdict"
                    ),
                ),
                ("reviewed_by", models.CharField(blank=True, max_length=80, verbose_name="reviewed by")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="reviewed")),
            ],
            options={
                "verbose_name": "payment risk",
                "verbose_name_plural": "payment risks",
                "indexes": [
                    models.Index(
                        condition=models.Q(("decision", "review"), ("stage", "paid"), ("verdict", "")),
                        fields=["created_at"],
                        name="risk_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("reference", "stage"), name="risk_once_per_stage"),
                    models.CheckConstraint(condition=models.Q(("score__gte", 0), ("score__lte", 100)), name="risk_score"),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["allow", "extra_check", "review", "block"])), name="risk_decision"
                    ),
                    models.CheckConstraint(condition=models.Q(("stage__in", ["started", "paid"])), name="risk_stage"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_at", None), ("verdict", "")),
                            models.Q(("reviewed_at__isnull", False), ("verdict__in", ["approved", "rejected"])),
                            _connector="OR",
                        ),
                        name="risk_verdict",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskPolicy",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("version", models.PositiveIntegerField(unique=True, verbose_name="version")),
                ("weights", models.JSONField(verbose_name="weights")),
                ("limits", models.JSONField(verbose_name="limits")),
                ("extra_check_from", models.PositiveSmallIntegerField(verbose_name="extra check from")),
                ("review_from", models.PositiveSmallIntegerField(verbose_name="review from")),
                ("block_from", models.PositiveSmallIntegerField(verbose_name="refuse from")),
                ("entered_by", models.CharField(max_length=80, verbose_name="entered by")),
            ],
            options={
                "verbose_name": "risk policy",
                "verbose_name_plural": "risk policies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extra_check_from__gte", 1),
                            ("extra_check_from__lte", models.F("review_from")),
                            ("review_from__lte", models.F("block_from")),
                        ),
                        name="risk_policy_in_order",
                    )
                ],
            },
        ),
    ]
