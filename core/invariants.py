"""What must always hold, as SQL views named `invariant_…` that each app's migrations create. All must be empty."""

from django.db import connection

LIST = "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'invariant\\_%' ORDER BY viewname"


def names() -> list[str]:
    """All invariant views of the database."""
    with connection.cursor() as cursor:
        cursor.execute(LIST)
        return [name for (name,) in cursor.fetchall()]


def broken(views: list[str]) -> list[str]:
    """Which of these views are not empty, in one statement."""
    if not views:
        return []
    # Names come from the catalogue of the database itself and are quoted; they cannot be parameters.
    probes = [f"SELECT {index} WHERE EXISTS (SELECT FROM {connection.ops.quote_name(name)})" for index, name in enumerate(views)]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(probes))
        return [views[index] for (index,) in cursor.fetchall()]


def violations(limit: int = 20) -> dict[str, list[dict[str, object]]]:
    """The first rows of every view that is not empty; an empty dict means that all is well."""
    found = {}
    with connection.cursor() as cursor:
        for name in names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)} LIMIT %s", [limit])  # noqa: S608
            columns = [column.name for column in cursor.description or ()]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            if rows:
                found[name] = rows
    return found
