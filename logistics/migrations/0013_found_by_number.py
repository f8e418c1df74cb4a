from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0012_low_stock"),
        ("merchants", "0014_scorecards"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["tracking_number"], name="shipment_number"),
        ),
    ]
