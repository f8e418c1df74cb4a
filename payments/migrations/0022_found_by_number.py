from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0021_deposits"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(condition=models.Q(("provider_id", ""), _negated=True), fields=["provider_id"], name="refund_provider_id"),
        ),
    ]
