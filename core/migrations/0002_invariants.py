from django.db import migrations

VIEW = """
CREATE VIEW invariant_outbox_handled_within_five_minutes AS
SELECT id, name, attempts, created_at, last_error FROM core_outboxevent
WHERE handled_at IS NULL AND dead_at IS NULL AND created_at < now() - interval '5 minutes' AND next_try_at < now() - interval '5 minutes'
"""
DEAD = """
CREATE VIEW invariant_no_dead_outbox_event AS
SELECT id, name, attempts, dead_at, last_error FROM core_outboxevent WHERE dead_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW invariant_outbox_handled_within_five_minutes"),
        migrations.RunSQL(DEAD, "DROP VIEW invariant_no_dead_outbox_event"),
    ]
