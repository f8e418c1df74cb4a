from django.db import migrations, models
from django.db.models import Q

# A message that a person has released starts its five minutes anew.
HANDLED_IN_TIME = """
CREATE VIEW invariant_inbox_handled_in_time AS
SELECT id AS message_id, gateway, kind, attempts, created_at, released_at
FROM payments_inboxmessage
WHERE status = 'received' AND coalesce(released_at, created_at) < now() - interval '5 minutes'
"""
BEFORE = """
CREATE VIEW invariant_inbox_handled_in_time AS
SELECT id AS message_id, gateway, kind, attempts, created_at
FROM payments_inboxmessage WHERE status = 'received' AND created_at < now() - interval '5 minutes'
"""
DROP = "DROP VIEW invariant_inbox_handled_in_time;"
STATUSES = ["received", "handled", "quarantined", "dismissed"]


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_payouts")]

    operations = [
        migrations.AddField("inboxmessage", "released_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "inboxmessage",
            "status",
            models.CharField(
                choices=[("received", "Received"), ("handled", "Handled"), ("quarantined", "Quarantined"), ("dismissed", "Dismissed")],
                default="received",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.RemoveConstraint("inboxmessage", "inbox_status"),
        migrations.AddConstraint("inboxmessage", models.CheckConstraint(condition=Q(status__in=STATUSES), name="inbox_status")),
        migrations.RunSQL(DROP + HANDLED_IN_TIME, DROP + BEFORE),
    ]
