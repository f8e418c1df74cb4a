"""Who moved a row, when and why, as the operator reads it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from accounts.models import User
from core.backoffice.display import TONES, role_of_actor
from core.models import StateChange, Stateful
from core.states import history


def moves(row: Stateful) -> list[dict[str, Any]]:
    """A row's history for the template, newest first; two statements."""
    changes = list(history(row))[::-1]
    names = _people(change.actor for change in changes)
    labels = dict(row._meta.get_field("status").flatchoices)
    return [_move(change, labels, names) for change in changes]


def _move(change: StateChange, labels: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        "at": change.at,
        "label": labels.get(change.to_status, change.to_status),
        "tone": TONES.get(change.to_status, "neutral"),
        "is_step": change.from_status != change.to_status,
        "actor": names.get(change.actor, role_of_actor(change.actor)),
        "reason": change.reason,
    }


def _people(actors: Iterable[str]) -> dict[str, str]:
    """E-mail addresses of the operator's staff among actors such as "operator:<user id>"."""
    keys = {actor: key for actor in actors if actor.startswith("operator:") and (key := _uuid(actor.partition(":")[2]))}
    emails = dict(User.objects.filter(pk__in=keys.values()).values_list("pk", "email")) if keys else {}
    return {actor: emails[key] for actor, key in keys.items() if key in emails}


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
