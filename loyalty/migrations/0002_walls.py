"""Walls that models cannot say: entries are append-only; what must always hold, as views that must be empty."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION loyalty_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write an entry that corrects it', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER pointsentry_append_only BEFORE UPDATE OR DELETE ON loyalty_pointsentry
FOR EACH ROW EXECUTE FUNCTION loyalty_refuse_change();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER pointsentry_append_only ON loyalty_pointsentry;
DROP FUNCTION loyalty_refuse_change();
"""

INVARIANTS = {
    "points_lot_is_sum_of_entries": """
        SELECT l.id AS lot_id, l.user_id, l.remaining, coalesce(e.points, 0) AS entries
        FROM loyalty_pointslot l
        LEFT JOIN (SELECT lot_id, sum(delta) AS points FROM loyalty_pointsentry GROUP BY lot_id) e ON e.lot_id = l.id
        WHERE l.remaining <> coalesce(e.points, 0)
    """,
    "points_lot_within_earned": """
        SELECT id AS lot_id, user_id, earned, remaining FROM loyalty_pointslot WHERE remaining < 0 OR remaining > earned
    """,
    "points_balance_not_negative": """
        SELECT user_id, sum(delta) AS balance FROM loyalty_pointsentry GROUP BY user_id HAVING sum(delta) < 0
    """,
    "points_entry_of_one_user": """
        SELECT e.id AS entry_id, e.user_id, l.user_id AS lot_user_id
        FROM loyalty_pointsentry e JOIN loyalty_pointslot l ON l.id = e.lot_id WHERE e.user_id <> l.user_id
    """,
}


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        *(
            migrations.RunSQL(f"CREATE VIEW invariant_{name} AS {query}", f"DROP VIEW invariant_{name}")
            for name, query in INVARIANTS.items()
        ),
    ]
