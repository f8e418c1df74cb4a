import logistics.models.stock
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0007_tracking_numbers"),
        ("merchants", "0010_price_lists_scopes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reservation",
            name="reservation_once",
        ),
        migrations.AddField(
            model_name="warehouse",
            name="cost_currency",
            field=models.CharField(blank=True, default="", max_length=3),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="cut_off",
            field=models.TimeField(blank=True, null=True, verbose_name="cut-off time"),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="holidays",
            field=models.JSONField(blank=True, default=list, verbose_name="holidays"),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="latitude",
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="latitude"),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="longitude",
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="longitude"),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="parcel_cost_minor",
            field=models.BigIntegerField(default=0, verbose_name="cost per parcel"),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="time_zone",
            field=models.CharField(default="Asia/Shanghai", max_length=40, verbose_name="time zone"),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="working_days",
            field=models.JSONField(default=logistics.models.stock.every_day, verbose_name="working days"),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="zones",
            field=models.JSONField(blank=True, default=list, verbose_name="sends to"),
        ),
        migrations.AddConstraint(
            model_name="warehouse",
            constraint=models.CheckConstraint(condition=models.Q(("parcel_cost_minor__gte", 0)), name="warehouse_parcel_cost"),
        ),
        migrations.AddConstraint(
            model_name="warehouse",
            constraint=models.CheckConstraint(
                condition=models.Q(("latitude__isnull", True), models.Q(("latitude__gte", -90), ("latitude__lte", 90)), _connector="OR"),
                name="warehouse_latitude",
            ),
        ),
        migrations.AddConstraint(
            model_name="warehouse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("longitude__isnull", True), models.Q(("longitude__gte", -180), ("longitude__lte", 180)), _connector="OR"
                ),
                name="warehouse_longitude",
            ),
        ),
    ]
