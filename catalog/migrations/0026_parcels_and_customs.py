from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0025_facet_codes"),
        ("merchants", "0014_scorecards"),
    ]

    operations = [
        migrations.AddField(
            model_name="variant",
            name="height_mm",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="height in mm"),
        ),
        migrations.AddField(
            model_name="variant",
            name="hs_code",
            field=models.CharField(blank=True, max_length=10, verbose_name="HS code"),
        ),
        migrations.AddField(
            model_name="variant",
            name="length_mm",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="length in mm"),
        ),
        migrations.AddField(
            model_name="variant",
            name="origin",
            field=models.CharField(blank=True, max_length=2, verbose_name="country of origin"),
        ),
        migrations.AddField(
            model_name="variant",
            name="width_mm",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="width in mm"),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("length_mm__isnull", True), models.Q(("length_mm__gt", 0), ("length_mm__lte", 30000)), _connector="OR"),
                name="variant_length_mm",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("width_mm__isnull", True), models.Q(("width_mm__gt", 0), ("width_mm__lte", 30000)), _connector="OR"),
                name="variant_width_mm",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("height_mm__isnull", True), models.Q(("height_mm__gt", 0), ("height_mm__lte", 30000)), _connector="OR"),
                name="variant_height_mm",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("hs_code", ""), ("hs_code__regex", "^[0-9]{6,10}$"), _connector="OR"), name="variant_hs_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin", ""), ("origin__regex", "^[A-Z]{2}$"), _connector="OR"), name="variant_origin"
            ),
        ),
    ]
