from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0016_ways"),
        ("merchants", "0014_scorecards"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["tracking_number"], name="shipment_number"),
        ),
    ]
