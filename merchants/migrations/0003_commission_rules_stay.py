"""Versions of commission rules are not changed, only retired once: sales point at them."""

from django.db import migrations

GUARD = """
CREATE FUNCTION commission_rule_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.retired_at IS NOT NULL
            OR to_jsonb(OLD) - 'retired_at' IS DISTINCT FROM to_jsonb(NEW) - 'retired_at' THEN
        RAISE EXCEPTION '% of a commission rule is refused: write its next version', TG_OP
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_rule_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER commission_rule_stays BEFORE UPDATE OR DELETE ON merchants_commissionrule
    FOR EACH ROW EXECUTE FUNCTION commission_rule_stays();
"""
UNGUARD = "DROP TRIGGER commission_rule_stays ON merchants_commissionrule; DROP FUNCTION commission_rule_stays();"


class Migration(migrations.Migration):
    dependencies = [("merchants", "0002_commission_rules")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
