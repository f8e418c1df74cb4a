"""Moving a row from one status to the next: the table decides what is allowed, one conditional UPDATE decides who was first."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.models import StateChange, Stateful, entity_id_of


class IllegalTransition(DomainError):
    code = "illegal_transition"
    message = _("This is not possible while the status is “%(status)s”.")


class StaleState(DomainError):
    code = "stale_state"
    message = _("Somebody else changed this a moment ago. Please look again.")


def record_change(row: models.Model, previous: str, status: str, *, actor: str, reason: str, at: dt.datetime) -> StateChange:
    """An unsaved history row; callers that make many rows at once save them with bulk_create."""
    return StateChange(
        entity=row._meta.label_lower, entity_id=entity_id_of(row), from_status=previous, to_status=status, actor=actor, reason=reason, at=at
    )


def move_to(row: Stateful, status: str, *, actor: str, at: dt.datetime, reason: str = "", **changes: Any) -> None:
    """Move `row` to `status` and write its history row; `changes` are further fields set in the same UPDATE.

    Raises:
        IllegalTransition: the table has no such step from the status this process last saw.
        StaleState: somebody else moved the row first.
    """
    previous = row.status
    if status not in row.TRANSITIONS.get(previous, frozenset()):
        raise IllegalTransition(status=row.get_status_display())  # type: ignore[attr-defined]  # made by the choices of `status`
    rows: models.Manager[Any] = type(row)._default_manager
    moved = rows.filter(pk=row.pk, status=previous).update(status=status, **changes)
    if moved != 1:
        raise StaleState
    record_change(row, previous, status, actor=actor, reason=reason, at=at).save(force_insert=True)
    row.status = status
    for name, value in changes.items():
        setattr(row, name, value)


def history(row: models.Model) -> models.QuerySet[StateChange]:
    """All moves of a row, oldest first."""
    return StateChange.objects.filter(entity_id=entity_id_of(row)).order_by("at", "id")
