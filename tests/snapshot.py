"""All business rows of the database as fingerprints: equal before and after means that nothing at all was written."""

from collections.abc import Collection

from django.apps import apps
from django.db import connection

from tests.architecture.layers import own_apps

Snapshot = dict[str, tuple[int, str]]


def business_tables() -> list[str]:
    """The tables of our own apps: everything but sessions, migrations and what other packages keep."""
    ours = own_apps()
    return sorted(model._meta.db_table for model in apps.get_models() if apps.get_app_config(model._meta.app_label).name in ours)


def snapshot(*, without: Collection[str] = ()) -> Snapshot:
    """Per table how many rows there are and a digest of all they say; one statement."""
    tables = [name for name in business_tables() if name not in without]
    digest = "coalesce(md5(string_agg(words, '|' ORDER BY words)), '')"
    parts = [f"SELECT '{name}', count(*), {digest} FROM (SELECT t::text AS words FROM \"{name}\" t) r" for name in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}
