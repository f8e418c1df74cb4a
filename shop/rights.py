"""Rights of the role that web server and worker connect as, where it is another than the one that owns the tables.

The ledger's triggers bind everybody, its owner too; an application role has not even the right to try.
"""

from django.db import connection

# Tables nobody but their owner changes: what the application may not do to them.
REFUSED = {
    "payments_ledgertransaction": "UPDATE, DELETE, TRUNCATE",
    "payments_ledgerentry": "UPDATE, DELETE, TRUNCATE",
    "payments_ledgeraccount": "UPDATE, DELETE, TRUNCATE",
    "payments_ledgerbalance": "DELETE, TRUNCATE",
    "core_statechange": "UPDATE, DELETE, TRUNCATE",
}
GRANT = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
"""


def grant_to(role: str) -> None:
    """Give an existing role what the running shop needs and nothing it must never do; repeatable after every migration."""
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(GRANT.format(role=name))
        for table, privileges in REFUSED.items():
            cursor.execute(f"REVOKE {privileges} ON {table} FROM {name}")
