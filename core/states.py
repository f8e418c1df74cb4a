"""Moving a row from one status to the next: the table decides what is allowed, one conditional UPDATE decides who was first."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from core.compiled import change
from core.errors import DomainError
from core.models import StateChange, Stateful, entity_id_of
from core.postgresql.statements import Prepared


class IllegalTransition(DomainError):
    code = "illegal_transition"
    message = _("This is not possible while the status is “%(status)s”.")


class StaleState(DomainError):
    code = "stale_state"
    message = _("Somebody else changed this a moment ago. Please look again.")


def record_change(row: models.Model, previous: str, status: str, *, actor: str, reason: str, at: dt.datetime) -> StateChange:
    """An unsaved history row, for `write_changes`."""
    return StateChange(
        entity=row._meta.label_lower, entity_id=entity_id_of(row), from_status=previous, to_status=status, actor=actor, reason=reason, at=at
    )


# By hand, because every move writes one and Django takes longer to compose an INSERT than the database to run it.
_WRITE = Prepared(
    """
INSERT INTO core_statechange (entity, entity_id, from_status, to_status, actor, reason, at)
SELECT * FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
"""
)


def write_changes(changes: Iterable[StateChange]) -> None:
    """Save history rows, in one statement."""
    rows = [(row.entity, row.entity_id, row.from_status, row.to_status, row.actor, row.reason, row.at) for row in changes]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])


def move_to(row: Stateful, status: str, *, actor: str, at: dt.datetime, reason: str = "", **changes: Any) -> None:
    """Move `row` to `status` and write its history row; `changes` are further fields set in the same UPDATE.

    Raises:
        IllegalTransition: the table has no such step from the status this process last saw.
        StaleState: somebody else moved the row first.
    """
    previous = row.status
    if status not in row.TRANSITIONS.get(previous, frozenset()):
        raise IllegalTransition(status=row.get_status_display())  # type: ignore[attr-defined]  # made by the choices of `status`
    if change(type(row), {row._meta.pk.name: row.pk, "status": previous}, {"status": status, **changes}) != 1:
        raise StaleState
    write_changes([record_change(row, previous, status, actor=actor, reason=reason, at=at)])
    row.status = status
    for name, value in changes.items():
        setattr(row, name, value)


def history(row: models.Model) -> models.QuerySet[StateChange]:
    """All moves of a row, oldest first."""
    return StateChange.objects.filter(entity_id=entity_id_of(row)).order_by("at", "id")
