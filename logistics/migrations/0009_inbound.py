import core.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0025_facet_codes"),
        ("logistics", "0008_warehouses"),
        ("merchants", "0010_price_lists_scopes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountLine",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expected", models.IntegerField(null=True, verbose_name="in the books")),
                ("counted", models.PositiveIntegerField(null=True, verbose_name="counted pieces")),
            ],
            options={
                "verbose_name": "counted shelf",
                "verbose_name_plural": "counted shelves",
            },
        ),
        migrations.CreateModel(
            name="PurchaseLine",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("quantity", models.PositiveIntegerField(verbose_name="ordered pieces")),
                ("received", models.PositiveIntegerField(default=0, verbose_name="received pieces")),
            ],
            options={
                "verbose_name": "goods",
                "verbose_name_plural": "goods",
            },
        ),
        migrations.CreateModel(
            name="PurchaseOrder",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "number",
                    models.CharField(default=core.ids.order_number, editable=False, max_length=20, unique=True, verbose_name="number"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("ordered", "Ordered"),
                            ("part_received", "Partly received"),
                            ("received", "Received"),
                            ("closed", "Closed, rest not coming"),
                            ("cancelled", "Dropped"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected on")),
                ("ordered_at", models.DateTimeField(editable=False, null=True, verbose_name="ordered")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
            options={
                "verbose_name": "purchase order",
                "verbose_name_plural": "purchase orders",
            },
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "number",
                    models.CharField(default=core.ids.order_number, editable=False, max_length=20, unique=True, verbose_name="number"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Being counted"), ("to_confirm", "To confirm"), ("posted", "Posted"), ("cancelled", "Dropped")],
                        default="open",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("confirm_from", models.PositiveIntegerField(default=5, verbose_name="confirm from a difference of")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
            options={
                "verbose_name": "stock count",
                "verbose_name_plural": "stock counts",
            },
        ),
        migrations.CreateModel(
            name="Supplier",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("code", models.CharField(max_length=30, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("lead_days", models.PositiveSmallIntegerField(default=7, verbose_name="days until goods arrive")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "supplier",
                "verbose_name_plural": "suppliers",
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "number",
                    models.CharField(default=core.ids.order_number, editable=False, max_length=20, unique=True, verbose_name="number"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("sent", "On the way"), ("received", "Arrived"), ("cancelled", "Dropped")],
                        default="draft",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("sent_at", models.DateTimeField(editable=False, null=True, verbose_name="sent")),
                ("received_at", models.DateTimeField(editable=False, null=True, verbose_name="arrived")),
            ],
            options={
                "verbose_name": "transfer",
                "verbose_name_plural": "transfers",
            },
        ),
        migrations.CreateModel(
            name="TransferLine",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("quantity", models.PositiveIntegerField(verbose_name="sent pieces")),
                ("received", models.PositiveIntegerField(null=True, verbose_name="arrived pieces")),
            ],
            options={
                "verbose_name": "goods",
                "verbose_name_plural": "goods",
            },
        ),
        migrations.AlterField(
            model_name="stockmovement",
            name="reason",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("shipped", "Shipped"),
                    ("returned", "Returned"),
                    ("corrected", "Corrected"),
                    ("counted", "Counted"),
                    ("transfer_out", "Sent to another warehouse"),
                    ("transfer_in", "Came from another warehouse"),
                ],
                max_length=12,
                verbose_name="reason",
            ),
        ),
        migrations.AddIndex(
            model_name="stockmovement",
            index=models.Index(
                condition=models.Q(
                    ("reason__in", ["received", "counted", "transfer_out", "transfer_in"]), models.Q(("reference", ""), _negated=True)
                ),
                fields=["reference"],
                name="movement_reference",
            ),
        ),
        migrations.AddField(
            model_name="countline",
            name="merchant",
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="merchants.merchant"),
        ),
        migrations.AddField(
            model_name="countline",
            name="stock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.stock", verbose_name="stock"
            ),
        ),
        migrations.AddField(
            model_name="purchaseline",
            name="merchant",
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="merchants.merchant"),
        ),
        migrations.AddField(
            model_name="purchaseline",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant", verbose_name="variant"
            ),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="merchant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="purchase_orders", to="merchants.merchant"
            ),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.warehouse", verbose_name="warehouse"
            ),
        ),
        migrations.AddField(
            model_name="purchaseline",
            name="order",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.purchaseorder"),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="merchant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="stock_counts", to="merchants.merchant"
            ),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.warehouse", verbose_name="warehouse"
            ),
        ),
        migrations.AddField(
            model_name="countline",
            name="count",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.stockcount"),
        ),
        migrations.AddField(
            model_name="supplier",
            name="merchant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="suppliers", to="merchants.merchant"
            ),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="supplier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="logistics.supplier", verbose_name="supplier"
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="merchant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="merchants.merchant"
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.warehouse", verbose_name="from warehouse"
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.warehouse", verbose_name="to warehouse"
            ),
        ),
        migrations.AddField(
            model_name="transferline",
            name="merchant",
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="merchants.merchant"),
        ),
        migrations.AddField(
            model_name="transferline",
            name="transfer",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.transfer"),
        ),
        migrations.AddField(
            model_name="transferline",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant", verbose_name="variant"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.UniqueConstraint(fields=("order", "variant"), name="purchase_line_once"),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="purchase_line_quantity"),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.CheckConstraint(condition=models.Q(("received__lte", models.F("quantity"))), name="purchase_line_received"),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["open", "to_confirm", "posted", "cancelled"])), name="stock_count_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.UniqueConstraint(fields=("count", "stock"), name="count_line_once"),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counted__isnull", True), ("expected__isnull", True)),
                    models.Q(("counted__isnull", False), ("expected__isnull", False)),
                    _connector="OR",
                ),
                name="count_line_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplier",
            constraint=models.UniqueConstraint(fields=("merchant", "code"), name="supplier_code"),
        ),
        migrations.AddConstraint(
            model_name="purchaseorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "ordered", "part_received", "received", "closed", "cancelled"])),
                name="purchase_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "sent", "received", "cancelled"])), name="transfer_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(condition=models.Q(("source", models.F("target")), _negated=True), name="transfer_elsewhere"),
        ),
        migrations.AddConstraint(
            model_name="transferline",
            constraint=models.UniqueConstraint(fields=("transfer", "variant"), name="transfer_line_once"),
        ),
        migrations.AddConstraint(
            model_name="transferline",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="transfer_line_quantity"),
        ),
        migrations.AddConstraint(
            model_name="transferline",
            constraint=models.CheckConstraint(
                condition=models.Q(("received__isnull", True), ("received__lte", models.F("quantity")), _connector="OR"),
                name="transfer_line_received",
            ),
        ),
    ]
