import core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0017_handling_days"),
        ("core", "0004_invariant_checks"),
        ("merchants", "0006_returns_scopes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("is_new", models.BooleanField()),
                ("before", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("columns", models.JSONField(default=dict)),
                ("defaults", models.JSONField(default=dict)),
                ("categories", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(choices=[("read", "Read"), ("check", "Check"), ("apply", "Apply"), ("undo", "Undo")], max_length=5),
                ),
                ("row", models.PositiveIntegerField()),
                ("field", models.CharField(max_length=90)),
                ("value", models.CharField(max_length=200)),
                ("code", models.CharField(max_length=40)),
                ("params", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ProductImport",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("actor", models.CharField(max_length=80)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "Waiting for its columns"),
                            ("checking", "Being checked"),
                            ("checked", "Checked, not imported yet"),
                            ("running", "Being imported"),
                            ("done", "Imported"),
                            ("failed", "Failed"),
                            ("discarded", "Discarded"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("file_name", models.CharField(max_length=200, verbose_name="file")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("digest", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=4)),
                ("encoding", models.CharField(blank=True, max_length=12)),
                ("delimiter", models.CharField(blank=True, max_length=1)),
                ("header", models.JSONField(default=list)),
                ("sample", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=list)),
                ("defaults", models.JSONField(default=dict)),
                ("categories", models.JSONField(default=dict)),
                ("is_atomic", models.BooleanField(default=False)),
                ("total", models.PositiveIntegerField(null=True)),
                ("row", models.PositiveIntegerField(default=0)),
                ("offset", models.PositiveBigIntegerField(default=0)),
                ("made", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("undone", models.PositiveIntegerField(default=0)),
                ("kept", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=60)),
                ("error_params", models.JSONField(default=dict)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("moved_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("has_file", models.BooleanField(default=True)),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
            },
        ),
        migrations.AddField(
            model_name="product",
            name="handle",
            field=models.CharField(blank=True, editable=False, max_length=120, verbose_name="product key"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(
                condition=models.Q(("handle", ""), _negated=True), fields=("merchant", "handle"), name="product_handle"
            ),
        ),
        migrations.AddField(
            model_name="importchange",
            name="product",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.product"),
        ),
        migrations.AddField(
            model_name="importmapping",
            name="merchant",
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="import_mapping", to="merchants.merchant"),
        ),
        migrations.AddField(
            model_name="productimport",
            name="job",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.job"),
        ),
        migrations.AddField(
            model_name="productimport",
            name="merchant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="imports", to="merchants.merchant"
            ),
        ),
        migrations.AddField(
            model_name="importproblem",
            name="product_import",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="catalog.productimport"),
        ),
        migrations.AddField(
            model_name="importchange",
            name="product_import",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="catalog.productimport"),
        ),
        migrations.AddIndex(
            model_name="productimport",
            index=models.Index(fields=["merchant", "-created_at"], name="import_newest"),
        ),
        migrations.AddIndex(
            model_name="productimport",
            index=models.Index(
                condition=models.Q(("status__in", ("checking", "running", "undoing"))), fields=["moved_at"], name="import_due"
            ),
        ),
        migrations.AddIndex(
            model_name="productimport",
            index=models.Index(condition=models.Q(("has_file", True)), fields=["created_at"], name="import_file_kept"),
        ),
        migrations.AddConstraint(
            model_name="productimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["uploaded", "checking", "checked", "running", "done", "failed", "discarded", "undoing", "undone"])
                ),
                name="import_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="productimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("running", "undoing"))), fields=("merchant",), name="import_one_at_a_time"
            ),
        ),
        migrations.AddIndex(
            model_name="importproblem",
            index=models.Index(fields=["product_import", "row", "id"], name="import_problem_row"),
        ),
        migrations.AddConstraint(
            model_name="importchange",
            constraint=models.UniqueConstraint(fields=("product_import", "product"), name="import_change_once"),
        ),
    ]
