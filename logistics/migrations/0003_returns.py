from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("logistics", "0002_walls")]

    operations = [
        migrations.AddField(
            "shipment",
            "direction",
            models.CharField(
                choices=[("to_shopper", "To the shopper"), ("to_merchant", "Sent back")],
                default="to_shopper",
                max_length=12,
                verbose_name="direction",
            ),
        ),
        migrations.AddConstraint(
            "shipment",
            models.CheckConstraint(condition=models.Q(direction__in=["to_shopper", "to_merchant"]), name="shipment_direction"),
        ),
        migrations.AddConstraint(
            "stockmovement",
            models.UniqueConstraint(
                fields=["reference"],
                condition=models.Q(reason="returned") & ~models.Q(reference=""),
                name="movement_returned_once",
            ),
        ),
    ]
