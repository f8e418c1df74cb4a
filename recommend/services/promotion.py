from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from core.states import move_to
from recommend.errors import ResultsGone
from recommend.models import ModelVersion
from recommend.services.guard import ACTOR, throw_away

KEPT = 2


@transaction.atomic
def promote(*, version_id: uuid.UUID, actor: str, at: dt.datetime, reason: str = "") -> ModelVersion:
    """Make a trained version the live one; readers see the old or the new one, never neither. Also the way back to an older one.

    Raises:
        ResultsGone: its results were thrown away.
        IllegalTransition: it is in training, failed or live.
    """
    rows = ModelVersion.objects.select_for_update().order_by("pk")
    by_id = {row.pk: row for row in rows.filter(pk=version_id) | rows.filter(status=ModelVersion.Status.LIVE)}
    version = by_id[version_id]
    if not version.has_results:
        raise ResultsGone
    for row in by_id.values():
        if row.status == ModelVersion.Status.LIVE and row.pk != version_id:
            move_to(row, ModelVersion.Status.RETIRED, actor=actor, at=at)
    move_to(version, ModelVersion.Status.LIVE, actor=actor, at=at, reason=reason, live_at=at)
    return version


@transaction.atomic
def refuse(version: ModelVersion, *, at: dt.datetime, reason: str) -> None:
    """Retire a trained version that is worse than the live one; an operator may still promote it by hand."""
    move_to(version, ModelVersion.Status.RETIRED, actor=ACTOR, at=at, reason=reason)


@transaction.atomic
def forget_old_results() -> int:
    """Throw away results beyond the live version and the newest other one; their metrics stay. Returns how many versions."""
    finished = ModelVersion.objects.filter(has_results=True).exclude(status=ModelVersion.Status.TRAINING)
    newest_first = sorted(finished, key=lambda version: (version.status != ModelVersion.Status.LIVE, -version.created_at.timestamp()))
    old = newest_first[KEPT:]
    throw_away(old)
    ModelVersion.objects.filter(pk__in=[version.pk for version in old]).update(has_results=False)
    return len(old)
