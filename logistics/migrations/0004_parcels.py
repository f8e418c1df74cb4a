from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("logistics", "0003_returns")]

    operations = [
        migrations.AlterField("reservation", "ordinal", models.PositiveSmallIntegerField(null=True)),
        migrations.RemoveConstraint("reservation", "reservation_once"),
        migrations.AddConstraint(
            "reservation",
            models.UniqueConstraint(
                condition=models.Q(status__in=["held", "committed"]),
                fields=["reference", "group", "stock"],
                name="reservation_once",
            ),
        ),
    ]
