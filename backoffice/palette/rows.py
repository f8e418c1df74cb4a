"""Rows of many tables in one statement: each finder narrows its table, all are read as one union."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise

from backoffice.palette.terms import Term
from merchants.models import Merchant

Said = str | Callable[[], Any]
MOST_OF_A_KIND = 6
_COLUMNS = ("found_kind", "found_key", "found_title", "found_detail", "found_state")


@dataclass(frozen=True)
class Asked:
    """What is looked for, and in whose rows: one shop's, or everybody's where `merchant` is None."""

    term: Term
    merchant: Merchant | None = None

    def rows(self, model: type[Model]) -> QuerySet[Any]:
        rows: QuerySet[Any] = model._default_manager.all()
        return rows if self.merchant is None else rows.filter(merchant_id=self.merchant.pk)


@dataclass(frozen=True)
class Kind:
    """One kind of row. `find` gives no QuerySet, one or several; `title` and `detail` are columns, or make an expression."""

    model: type[Model]
    heading: Promise
    icon: str
    find: Callable[[Asked], Iterable[QuerySet[Any]]]
    title: Said
    detail: Said = ""
    state: str = ""


@dataclass(frozen=True)
class Row:
    kind: Kind
    key: str
    title: str
    detail: str
    state: str


def read(kinds: Sequence[Kind], asked: Asked) -> list[Row]:
    """At most MOST_OF_A_KIND rows of each kind, in the order of kinds: one statement, none where the term can be nothing of it."""
    parts = [_columns(kind, index, rows) for index, kind in enumerate(kinds) for rows in kind.find(asked)]
    if not parts:
        return []
    found = dict.fromkeys(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    rows = [Row(kinds[index], *said) for index, *said in sorted(found, key=lambda row: row[0])]
    return [row for kind in kinds for row in [row for row in rows if row.kind is kind][:MOST_OF_A_KIND]]


def _columns(kind: Kind, index: int, rows: QuerySet[Any]) -> QuerySet[Any, tuple[Any, ...]]:
    columns = {
        "found_kind": Value(index),
        "found_key": Cast("pk", TextField()),
        "found_title": _text(kind.title),
        "found_detail": _text(kind.detail),
        "found_state": _text(kind.state),
    }
    found: QuerySet[Any, tuple[Any, ...]] = rows.annotate(**columns).values_list(*_COLUMNS)[:MOST_OF_A_KIND]
    return found


def _text(said: Said) -> Any:
    if said == "":
        return Value("", TextField())
    return Cast(F(said) if isinstance(said, str) else said(), TextField())
