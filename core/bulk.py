"""Many rows at once: one statement with one parameter, where Django would compose thousands of places for values."""

from __future__ import annotations

import datetime as dt
import functools
import json
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model


def upsert(rows: Sequence[Model], *, key: str, changed: Sequence[str]) -> None:
    """Insert rows of one model; where a row with this `key` exists, its fields named in `changed` become those of the new row.

    Values must be plain: texts, numbers, moments, UUIDs, and lists and mappings of them. They are written as they are, without signals.
    """
    if not rows:
        return
    names, sql = _statement(type(rows[0]), key, tuple(changed))
    values = [{column: getattr(row, attribute) for attribute, column in names} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(values, default=_plain, ensure_ascii=False)])


@functools.lru_cache(maxsize=32)
def _statement(model: type[Model], key: str, changed: tuple[str, ...]) -> tuple[list[tuple[str, str]], str]:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(str(field.column)) for field in fields)
    by_name = {field.name: quote(str(field.column)) for field in fields}
    taken = ", ".join(f"{by_name[name]} = excluded.{by_name[name]}" for name in changed)
    # Names of our own models; the values travel as one parameter.
    rows = f"SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"  # noqa: S608
    sql = f"INSERT INTO {table} ({columns}) {rows} ON CONFLICT ({by_name[key]}) DO UPDATE SET {taken}"
    return [(field.attname, str(field.column)) for field in fields], sql


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no plain value")
