"""SQL that is composed once: composing takes Django longer than PostgreSQL needs to answer, and hot statements differ in values only."""

from __future__ import annotations

import functools
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Field, Model, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesIterable, ValuesListIterable, get_related_populators
from django.db.transaction import TransactionManagementError

from core.postgresql.statements import Prepared

Row = TypeVar("Row")
MOST_SHAPES = 256
STAND_INS: dict[type, Callable[[], Any]] = {
    uuid.UUID: uuid.uuid4,
    str: lambda: secrets.token_hex(8),
    int: lambda: secrets.randbits(30),
}


@dataclass(frozen=True)
class _Plan:
    """`places` says for each parameter of the SQL which of the values, flattened, goes there; else the parameter as it is."""

    sql: Prepared
    places: tuple[tuple[int | None, Any], ...]
    compiler: Any
    converters: dict[int, Any]
    row: Callable[[Sequence[Any]], Any]
    locks: bool


def compiled(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    """Turn a function that returns a queryset into one that returns its rows, composing the SQL once for each shape of arguments.

    Arguments are positional: a UUID, str or int, or a list of them, whose length is part of the shape. The queryset may end in
    `.values()`, `.values_list()` or be models, locked or not, with `select_related` but without prefetching. The function must use its
    arguments as they are.
    """

    @functools.lru_cache(maxsize=MOST_SHAPES)
    def plan_for(shape: tuple[tuple[type, int | None], ...]) -> _Plan | None:
        stand_ins = [_stand_in(kind) if length is None else [_stand_in(kind) for _ in range(length)] for kind, length in shape]
        try:
            return _plan(build(*stand_ins), _flat(stand_ins))
        except EmptyResultSet:
            return None

    @functools.wraps(build)
    def run(*values: Any) -> list[Row]:
        plan = plan_for(tuple(_shape(value) for value in values))
        if plan is None:
            return []
        if plan.locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows are locked inside a transaction only")
        flat = _flat(values)
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, [fixed if place is None else flat[place] for place, fixed in plan.places])
            rows = cursor.fetchall()
        if plan.converters:
            rows = list(plan.compiler.apply_converters(rows, plan.converters))
        return [plan.row(row) for row in rows]

    return run


def first(rows: Sequence[Row]) -> Row | None:
    """The first row, None where there is none."""
    return rows[0] if rows else None


def insert(rows: Sequence[Model]) -> None:
    """Save new rows of one model in one statement, composed once per model. Their keys are made before, so nothing is read back."""
    if not rows:
        return
    model = type(rows[0])
    fields, sql = _insert_sql(model, len(rows))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


@functools.lru_cache(maxsize=MOST_SHAPES)
def _insert_sql(model: type[Model], rows: int) -> tuple[Sequence[Field[Any, Any]], Prepared]:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = f"({', '.join(['%s'] * len(fields))})"
    into = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) VALUES"  # names of our own models
    return fields, Prepared(f"{into} {', '.join([places] * rows)}")


def change(model: type[Model], found_by: Mapping[str, Any], changes: Mapping[str, Any]) -> int:
    """`filter(**found_by).update(**changes)` of plain values, composed once for each model and names; returns how many rows it were.

    A change that is an expression takes Django's own way.
    """
    if any(hasattr(value, "resolve_expression") for value in changes.values()):
        return model._default_manager.filter(**found_by).update(**changes)
    return _write(model, _update_sql(model, tuple(changes), tuple(found_by)), [*changes.items(), *found_by.items()])


def remove(model: type[Model], found_by: Mapping[str, Any]) -> int:
    """`filter(**found_by).delete()` for rows nothing refers to, composed once for each model and names."""
    return _write(model, _delete_sql(model, tuple(found_by)), found_by.items())


def _write(model: type[Model], sql: Prepared, values: Iterable[tuple[str, Any]]) -> int:
    parameters = [model._meta.get_field(name).get_db_prep_save(value, connection) for name, value in values]  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


@functools.lru_cache(maxsize=MOST_SHAPES)
def _update_sql(model: type[Model], changed: tuple[str, ...], found_by: tuple[str, ...]) -> Prepared:
    table = connection.ops.quote_name(model._meta.db_table)
    return Prepared(f"UPDATE {table} SET {_equal(model, changed, ', ')} WHERE {_equal(model, found_by, ' AND ')}")  # noqa: S608


@functools.lru_cache(maxsize=MOST_SHAPES)
def _delete_sql(model: type[Model], found_by: tuple[str, ...]) -> Prepared:
    table = connection.ops.quote_name(model._meta.db_table)
    return Prepared(f"DELETE FROM {table} WHERE {_equal(model, found_by, ' AND ')}")  # noqa: S608  # names of our own models


def _equal(model: type[Model], names: tuple[str, ...], between: str) -> str:
    columns = [str(model._meta.get_field(name).column) for name in names]  # type: ignore[union-attr]
    return between.join(f"{connection.ops.quote_name(column)} = %s" for column in columns)


def _shape(value: Any) -> tuple[type, int | None]:
    if isinstance(value, list):
        return (_kind(value[0]) if value else str, len(value))
    return (_kind(value), None)


def _kind(value: Any) -> type:
    for kind in STAND_INS:
        if isinstance(value, kind) and not isinstance(value, bool):
            return kind
    raise TypeError(f"{type(value).__name__} cannot be filled in")


def _stand_in(kind: type) -> Any:
    """A value that turns up nowhere else in the SQL's parameters."""
    return STAND_INS[kind]()


def _flat(values: Sequence[Any]) -> list[Any]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def _plan(rows: QuerySet[Any], stand_ins: list[Any]) -> _Plan:
    if rows._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise TypeError("nothing is prefetched here")
    compiler = rows.query.get_compiler(using=rows.db)
    sql, parameters = compiler.as_sql()
    places = tuple((stand_ins.index(given), None) if given in stand_ins else (None, given) for given in parameters)
    missing = set(range(len(stand_ins))) - {place for place, _ in places}
    if missing:
        raise TypeError(f"arguments {sorted(missing)} of the query are not in its SQL")
    converters = compiler.get_converters([column for column, _, _ in compiler.select])
    return _Plan(Prepared(sql), places, compiler, converters, _maker(rows, compiler), bool(rows.query.select_for_update))


def _maker(rows: QuerySet[Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What the queryset itself would make of a row."""
    kind = rows._iterable_class
    if issubclass(kind, FlatValuesListIterable):
        return lambda row: row[0]
    if issubclass(kind, ValuesListIterable):
        return tuple
    if issubclass(kind, ValuesIterable):
        names = (*rows.query.extra_select, *rows.query.values_select, *rows.query.annotation_select)
        return lambda row: dict(zip(names, row, strict=True))
    if issubclass(kind, ModelIterable):
        return _model_maker(rows, compiler)
    raise TypeError(f"{kind.__name__} is not known here")


def _model_maker(rows: QuerySet[Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    fields = [compiler.select[position][0].target.attname for position in compiler.klass_info["select_fields"]]
    start, count = compiler.klass_info["select_fields"][0], len(fields)
    annotations = dict(compiler.annotation_col_map)
    followed = get_related_populators(compiler.klass_info, compiler.select, rows.db)  # type: ignore[call-arg]  # the stubs are of Django 6

    def make(row: Sequence[Any]) -> Any:
        instance = rows.model.from_db(rows.db, fields, row[start : start + count])
        for related in followed:
            related.populate(row, instance)
        for name, position in annotations.items():
            setattr(instance, name, row[position])
        return instance

    return make
