import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_invariants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="checkout",
            index=models.Index(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("status", "awaiting_payment"), ("user", None)),
                name="checkout_unpaid_by_guest",
            ),
        ),
    ]
