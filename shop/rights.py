"""Who may do what in the database: its owner, the role that web server and worker connect as, and the role that reads for one merchant.

The ledger's triggers bind everybody, its owner too; the application's role has not even the right to try.
"""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction

from core.postgresql.roles import APP_ROLE, TENANT_ROLE
from shop import row_level
from shop.environment import database_from_url, env

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


def connect_as_owner() -> None:
    """For what makes tables: the login of DATABASE_OWNER_URL, where the application has one of its own."""
    if url := env("DATABASE_OWNER_URL"):
        owner = database_from_url(url)
        connection.close()
        connection.settings_dict.update({name: owner[name] for name in ("USER", "PASSWORD")})


def settle() -> None:
    """Roles, rights and row-level security as the models now want them; by the owner, after every migration.

    Raises:
        CommandError: a role is missing and the owner may not make it.
    """
    for role in (TENANT_ROLE, APP_ROLE):
        _ensure(role)
        grant_to(role)
    row_level.build(APP_ROLE)
    _let_the_application_sign_in()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_has_role('{APP_ROLE}', '{TENANT_ROLE}', 'MEMBER')")
        if cursor.fetchone() == (False,):
            cursor.execute(f"GRANT {TENANT_ROLE} TO {APP_ROLE}")


def _let_the_application_sign_in() -> None:
    """Where it has a login of its own: one that does not exist yet is made with the password that DATABASE_URL says."""
    if not env("DATABASE_OWNER_URL"):
        return
    login = database_from_url(env("DATABASE_URL"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [login["USER"]])
        found, name = cursor.fetchone(), connection.ops.quote_name(login["USER"])
        if found != (True,):
            cursor.execute(f"{'ALTER' if found else 'CREATE'} ROLE {name} LOGIN INHERIT PASSWORD %s", [login["PASSWORD"]])
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [login["USER"], APP_ROLE])
        if cursor.fetchone() == (False,):
            cursor.execute(f"GRANT {APP_ROLE} TO {name}")


def _ensure(role: str) -> None:
    """A role that the owner is a member of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() == (True,):
            return
        try:
            with transaction.atomic():
                cursor.execute(f"CREATE ROLE {role} NOINHERIT")
                cursor.execute(f"GRANT {role} TO current_user")
        except ProgrammingError as error:
            words = f"CREATE ROLE {role}; GRANT {role} TO {connection.settings_dict['USER']} WITH ADMIN OPTION;"
            raise CommandError(f"The owner of the tables needs the role {role} and may not make it. As a superuser: {words}") from error
