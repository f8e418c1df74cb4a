"""The operation log: what a form, a button or a list's action of a back office changed, read before and after it.

Rows are compared, not signals heard: it does not matter how a service writes, and whatever runs outside the back office (checkouts,
imports, jobs) pays nothing. Only fields named here are read, so secrets stay out.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from merchants.models import Operation

if TYPE_CHECKING:
    from core.backoffice.base import ConsoleAdmin as _Admin
else:
    _Admin = object

MOST_ROWS = 200
LONGEST = 300
Action = Operation.Action


@dataclass(frozen=True)
class Recorded:
    """Fields of a model to write down.

    `path` leads from its rows to the row that was opened, where they are below that; `key` says which row is which before and after,
    for rows that are written anew with every change; `name` is what people call a row.
    """

    model: type[models.Model]
    fields: tuple[str, ...]
    path: str = "pk"
    key: Callable[[Any], Any] = lambda row: row.pk
    name: Callable[[Any], str] = str


@dataclass(frozen=True)
class _Row:
    """How a row was at one moment."""

    model: type[models.Model]
    name: str
    values: dict[str, str | None]
    currency: str


Taken = dict[tuple[str, str], _Row]


def take(recorded: Sequence[Recorded], keys: Sequence[Any]) -> Taken:
    """How the recorded rows of these keys are now; one statement for each kind of row."""
    return {(part.model._meta.label, str(part.key(row))): _read(part, row) for part in recorded for row in _rows(part, keys)}


def _rows(part: Recorded, keys: Sequence[Any]) -> models.QuerySet[Any]:
    related = [field.name for field in part.model._meta.concrete_fields if field.is_relation]
    rows = part.model._base_manager.filter(**{f"{part.path}__in": list(keys)[:MOST_ROWS]})
    return rows.select_related(*related) if related else rows


def _read(part: Recorded, row: Any) -> _Row:
    values = {name: _text(getattr(row, name)) for name in part.fields}
    return _Row(part.model, part.name(row)[:LONGEST], values, str(getattr(row, "currency", "") or ""))


def _text(value: Any) -> str | None:
    """A value as it is compared and kept; nothing, an empty text and an empty list are the same."""
    if value is None or value in ("", [], {}):
        return None
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, dt.datetime) else _said(value)


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(part)}" for name, part in value.items())
    return ", ".join(map(_said, value)) if isinstance(value, list | tuple) else str(value)


def write(before: Taken, after: Taken, *, merchant_id: uuid.UUID, actor: Any, by: str, at: dt.datetime) -> int:
    """Write down how rows differ; returns how many did."""
    entries = [
        Operation(
            merchant_id=merchant_id,
            content_type=ContentType.objects.get_for_model(row.model),
            object_pk=key,
            object_repr=row.name,
            action=action,
            changes=changes,
            actor=actor,
            actor_email=actor.email,
            timestamp=at,
            additional_data={"by": by, "currency": row.currency},
        )
        for (_label, key), row, action, changes in _differences(before, after)
    ]
    Operation.objects.bulk_create(entries)
    return len(entries)


def _differences(before: Taken, after: Taken) -> Iterator[tuple[tuple[str, str], _Row, int, dict[str, list[str | None]]]]:
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        row = new or old
        assert row is not None  # noqa: S101  the key is of one of them
        action = Action.UPDATE if old and new else Action.CREATE if new else Action.DELETE
        pairs = {name: (old.values[name] if old else None, new.values[name] if new else None) for name in row.values}
        changes = {name: [_short(was), _short(now)] for name, (was, now) in pairs.items() if was != now}
        if changes:
            yield key, row, action, changes


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= LONGEST else text[: LONGEST - 1] + "…"


@contextmanager
def recording(
    request: HttpRequest, recorded: Sequence[Recorded], keys: Sequence[Any], *, merchant_id: uuid.UUID, by: str, is_atomic: bool = True
) -> Iterator[None]:
    """Write down what the work inside changes, in one transaction with it unless the work begins its transactions anew by itself."""
    with transaction.atomic() if is_atomic else nullcontext():
        before = take(recorded, keys)
        yield
        write(before, take(recorded, keys), merchant_id=merchant_id, actor=request.user, by=by, at=timezone.now())


class Recording(_Admin):
    """Mixin of a model admin whose changes are written down."""

    # In `records` of a subclass; the first is the admin's own model.
    records: Sequence[Recorded] = ()
    recorded_by = "merchant"

    if TYPE_CHECKING:

        def recorded_merchant(self, request: HttpRequest, key: Any) -> uuid.UUID:
            """Whose log it is; the admins of each site say it."""

    def recording(self, request: HttpRequest, keys: Sequence[Any]) -> AbstractContextManager[None]:
        if not (self.records and keys and request.method == "POST"):
            return nullcontext()
        merchant_id = self.recorded_merchant(request, keys[0])
        return recording(request, self.records, keys, merchant_id=merchant_id, by=self.recorded_by)

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if self.records and object_id and request.method == "POST" else None
        if row is not None:
            request.taken = take(self.records, [row.pk])  # type: ignore[attr-defined]  # lives as long as the request
        return super().changeform_view(request, object_id, form_url, extra_context)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._write(request, obj, getattr(request, "taken", {}))
        return super().log_change(request, obj, message)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._write(request, obj, {})
        return super().log_addition(request, obj, message)

    def _write(self, request: HttpRequest, obj: Any, before: Taken) -> None:
        if self.records:
            after, merchant_id = take(self.records, [obj.pk]), self.recorded_merchant(request, obj.pk)
            write(before, after, merchant_id=merchant_id, actor=request.user, by=self.recorded_by, at=timezone.now())

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any) -> Any:
        with self.recording(request, _chosen(request, queryset)):
            return super().response_action(request, queryset, *args, **kwargs)


def _chosen(request: HttpRequest, queryset: models.QuerySet[Any]) -> list[Any]:
    """Keys of the rows a list's action is about, of those this person may see; the first ones where all of a long list are chosen."""
    if request.POST.get("select_across") == "1":
        return list(queryset.values_list("pk", flat=True)[:MOST_ROWS])
    keys = []
    for text in request.POST.getlist("_selected_action")[:MOST_ROWS]:
        try:
            keys.append(uuid.UUID(text))
        except ValueError:
            continue
    return list(queryset.filter(pk__in=keys).values_list("pk", flat=True))
