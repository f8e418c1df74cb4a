"""Things that wait for a check, and the one queue they wait in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from catalog.models import ModerationItem, Published
from core.states import move_to

SYSTEM = "system:check"
Status = Published.Status


def hold(row: Published, kind: str, cause: str, *, product_id: uuid.UUID, at: dt.datetime) -> None:
    """Keep something from being shown until the operator has looked at it; the caller holds the row."""
    if row.status == Status.VISIBLE:
        move_to(row, Status.HELD, actor=SYSTEM, at=at, reason=cause)
    put_in_queue(kind, row.pk, cause, product_id=product_id, at=at)


def put_in_queue(kind: str, subject_id: uuid.UUID, cause: str, *, product_id: uuid.UUID, at: dt.datetime) -> ModerationItem:
    """The locked item of a thing, waiting for a decision again where one was made already."""
    fresh = ModerationItem(kind=kind, subject_id=subject_id, product_id=product_id, cause=cause, created_at=at)
    ModerationItem.objects.bulk_create([fresh], ignore_conflicts=True)
    item = ModerationItem.objects.select_for_update(of=("self",)).get(subject_id=subject_id)
    if item.status != ModerationItem.Status.WAITING:
        move_to(item, ModerationItem.Status.WAITING, actor=SYSTEM, at=at, reason=cause, cause=cause)
    return item


def take_from_queue(subject_ids: Iterable[uuid.UUID]) -> None:
    """Nobody has to decide about what its author took back."""
    ModerationItem.objects.filter(subject_id__in=list(subject_ids), status=ModerationItem.Status.WAITING).delete()
