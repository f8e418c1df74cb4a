import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0004_payouts_scope"),
        ("orders", "0015_papers_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PurchaseOrigin",
            fields=[
                (
                    "checkout",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="origin",
                        serialize=False,
                        to="orders.checkout",
                    ),
                ),
                ("address", models.GenericIPAddressField(null=True)),
                ("device", models.CharField(blank=True, max_length=48)),
                ("network_country", models.CharField(blank=True, max_length=2)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="merchantorder",
            name="order_status",
        ),
        migrations.AddField(
            model_name="checkout",
            name="review_by",
            field=models.DateTimeField(
                help_text="Until when a person has time to decide about the payment; then it is decided.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="merchantorder",
            name="status",
            field=models.CharField(
                choices=[
                    ("awaiting_payment", "Awaiting payment"),
                    ("in_review", "Payment is being checked"),
                    ("paid", "Paid"),
                    ("preparing", "Preparing"),
                    ("shipped", "Shipped"),
                    ("delivered", "Delivered"),
                    ("completed", "Completed"),
                    ("cancelled", "Cancelled"),
                    ("expired", "Expired"),
                    ("refunded", "Refunded"),
                ],
                default="awaiting_payment",
                max_length=20,
                verbose_name="status",
            ),
        ),
        migrations.AddIndex(
            model_name="checkout",
            index=models.Index(condition=models.Q(("review_by__isnull", False)), fields=["review_by"], name="checkout_review_due"),
        ),
        migrations.AddIndex(
            model_name="checkout",
            index=models.Index(
                django.db.models.functions.text.Lower("email"),
                models.OrderBy(models.F("placed_at"), descending=True),
                condition=models.Q(("user", None)),
                name="checkout_of_guest",
            ),
        ),
        migrations.AddConstraint(
            model_name="merchantorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "awaiting_payment",
                            "in_review",
                            "paid",
                            "preparing",
                            "shipped",
                            "delivered",
                            "completed",
                            "cancelled",
                            "expired",
                            "refunded",
                        ],
                    )
                ),
                name="order_status",
            ),
        ),
        migrations.AddIndex(
            model_name="purchaseorigin",
            index=models.Index(fields=["address", "seen_at"], name="origin_address"),
        ),
        migrations.AddIndex(
            model_name="purchaseorigin",
            index=models.Index(condition=models.Q(("device", ""), _negated=True), fields=["device", "seen_at"], name="origin_device"),
        ),
        migrations.AddIndex(
            model_name="purchaseorigin",
            index=models.Index(fields=["seen_at"], name="origin_seen"),
        ),
    ]
