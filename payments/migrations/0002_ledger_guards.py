from django.db import migrations

# At COMMIT, once per ledger transaction: at least two entries, one currency, sum zero.
BALANCED = """
CREATE FUNCTION ledger_transaction_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    legs bigint; total numeric; currencies bigint;
BEGIN
    SELECT count(*), sum(amount_minor), count(DISTINCT currency) INTO legs, total, currencies
    FROM payments_ledgerentry WHERE transaction_id = NEW.id;
    IF legs < 2 OR currencies <> 1 OR total <> 0 THEN
        RAISE EXCEPTION 'ledger transaction % does not balance: % entries, % currencies, sum %', NEW.id, legs, currencies, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transaction_balanced AFTER INSERT ON payments_ledgertransaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transaction_balanced();
"""

# Once per INSERT statement: a transaction takes its entries in one statement, so an old one takes no more for ever, and the check at
# COMMIT, which fires for new transactions only, has seen all there will ever be. The account's currency is the entry's.
COMPLETE = """
CREATE FUNCTION ledger_entry_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM payments_ledgerentry WHERE transaction_id IN (SELECT transaction_id FROM fresh))
            <> (SELECT count(*) FROM fresh) THEN
        RAISE EXCEPTION 'a ledger transaction takes its entries in one statement; correct it by a reversal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_complete';
    END IF;
    IF EXISTS (SELECT FROM fresh JOIN payments_ledgeraccount a ON a.id = fresh.account_id WHERE a.currency <> fresh.currency) THEN
        RAISE EXCEPTION 'a ledger entry has another currency than its account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_currency';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_complete AFTER INSERT ON payments_ledgerentry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_complete();
"""

APPEND_ONLY = """
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger is append-only, correct it by a reversal', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_append_only';
END $$;
"""
GUARD = """
CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""
UNGUARD = "DROP TRIGGER {name}_append_only ON {table}; DROP TRIGGER {name}_no_truncate ON {table};"
GUARDED = [
    {"name": "ledger_transaction", "table": "payments_ledgertransaction"},
    {"name": "ledger_entry", "table": "payments_ledgerentry"},
    {"name": "ledger_account", "table": "payments_ledgeraccount"},
]


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.RunSQL(
            BALANCED, "DROP TRIGGER ledger_transaction_balanced ON payments_ledgertransaction; DROP FUNCTION ledger_transaction_balanced();"
        ),
        migrations.RunSQL(COMPLETE, "DROP TRIGGER ledger_entry_complete ON payments_ledgerentry; DROP FUNCTION ledger_entry_complete();"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION ledger_append_only();"),
        *(migrations.RunSQL(GUARD.format(**names), UNGUARD.format(**names)) for names in GUARDED),
    ]
