from django.db import migrations, models

# What was taken back before was all of it.
ALL_OF_IT = """
UPDATE loyalty_pointslot l SET clawed = earned
WHERE EXISTS (SELECT FROM loyalty_pointsentry e WHERE e.reference = l.reference AND e.kind = 'claw_back')
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0002_walls")]

    operations = [
        migrations.AddField("pointslot", "clawed", models.PositiveIntegerField(default=0)),
        migrations.AddField("pointsentry", "cause", models.UUIDField(null=True)),
        migrations.RunSQL(ALL_OF_IT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "pointslot",
            models.CheckConstraint(condition=models.Q(clawed__gte=0) & models.Q(clawed__lte=models.F("earned")), name="points_lot_clawed"),
        ),
        migrations.RemoveConstraint("pointsentry", "points_entry_once"),
        migrations.AddConstraint(
            "pointsentry",
            models.UniqueConstraint(fields=["lot", "kind", "reference", "cause"], nulls_distinct=False, name="points_entry_once"),
        ),
    ]
