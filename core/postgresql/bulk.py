"""Many rows in one statement. Django composes an INSERT of thousands of places for them, which takes longer than PostgreSQL needs.

The rows travel as one JSON text, and PostgreSQL turns it into rows of the table, each column read by its own type.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

# More of them would only make one statement last so long that it is cut off.
AT_ONCE = 2_000


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of one model as they are, defaults included. The keys of rows without one are made by the database."""
    if not rows:
        return
    model = type(rows[0])
    names = _columns(model, has_key=rows[0].pk is not None)
    _run(_insert(model, names), [{column: _plain(getattr(row, name)) for name, column in names} for row in rows])


def insert_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that never were instances, which take their time to make: each says the same columns, all that have no default."""
    if rows:
        columns = list(rows[0])
        _run(_insert(model, [(name, name) for name in columns]), [{name: _plain(value) for name, value in row.items()} for row in rows])


def upsert_many(rows: Sequence[models.Model], update: Sequence[str]) -> None:
    """Insert rows, or set the `update` fields of those that are there by their primary key."""
    if not rows:
        return
    model = type(rows[0])
    names = _columns(model, has_key=True)
    key = model._meta.pk.column
    sets = ", ".join(f'"{column}" = EXCLUDED."{column}"' for name, column in names if name in set(update) or column in set(update))
    sql = f'{_insert(model, names)} ON CONFLICT ("{key}") DO UPDATE SET {sets}'
    _run(sql, [{column: _plain(getattr(row, name)) for name, column in names} for row in rows])


def update_many(model: type[models.Model], rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> None:
    """Set `fields` (columns) of the rows with the keys that the mappings have; each mapping has the key and all fields."""
    if not rows:
        return
    table, key = model._meta.db_table, model._meta.pk.column
    sets = ", ".join(f'"{name}" = told."{name}"' for name in fields)
    source = f'json_populate_recordset(NULL::"{table}", %s::json) told'
    sql = f'UPDATE "{table}" kept SET {sets} FROM {source} WHERE kept."{key}" = told."{key}"'  # noqa: S608  # names of our own models
    _run(sql, [{name: _plain(value) for name, value in row.items()} for row in rows])


@functools.cache
def _columns(model: type[models.Model], *, has_key: bool) -> tuple[tuple[str, str], ...]:
    fields = [field for field in model._meta.concrete_fields if not field.generated and (has_key or not field.primary_key)]
    return tuple((field.attname, str(field.column)) for field in fields)


def _insert(model: type[models.Model], names: Iterable[tuple[str, str]]) -> str:
    table = model._meta.db_table
    columns = ", ".join(f'"{column}"' for _, column in names)
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::"{table}", %s::json)'  # noqa: S608


def _run(sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            cursor.execute(sql, [json.dumps(rows[start : start + AT_ONCE], ensure_ascii=False, default=str)])


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    return value.isoformat() if isinstance(value, dt.datetime) else value
