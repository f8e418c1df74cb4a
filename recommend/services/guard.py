"""One training at a time, decided by PostgreSQL: the lock belongs to the training's connection and dies with its process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from core.jobs import SILENCE, JobRunning, finish_job
from core.models import Job
from core.states import move_to
from recommend.models import ItemNeighbours, ModelVersion, UserRecommendation

LOCK = 0x6A69736869  # "jishi"; advisory locks are per database, and no other part of the house takes one of a single key
ACTOR = "system:recommend"


@contextmanager
def training_lock() -> Iterator[None]:
    """Hold the lock of trainings on this connection; it outlives transactions and is freed at once when the process dies.

    Half a second of waiting lets the sweep, which holds it for a moment, pass.

    Raises:
        JobRunning: somebody else is training.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    except OperationalError as error:
        if "lock timeout" in str(error):
            raise JobRunning from error
        raise
    try:
        yield
    finally:
        _unlock()


def _unlock() -> None:
    """Give the lock back; a connection that broke has given it back itself."""
    if connection.is_usable():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def fail_orphans(*, at: dt.datetime) -> int:
    """Fail versions still in training; the caller holds the lock, so whoever trained them is gone."""
    orphans = list(ModelVersion.objects.filter(status=ModelVersion.Status.TRAINING))
    for version in orphans:
        fail(version, at=at, reason="no sign of life")
    return len(orphans)


def fail(version: ModelVersion, *, at: dt.datetime, reason: str) -> None:
    """Move a version in training to failed and throw its unfinished results away; its running job fails with it."""
    with transaction.atomic():
        move_to(version, ModelVersion.Status.FAILED, actor=ACTOR, at=at, reason=reason[:200], has_results=False)
        throw_away([version])
        job = version.job
        if job and job.status == Job.Status.RUNNING:
            finish_job(job_id=job.pk, now=at, errors=[reason])


def throw_away(versions: list[ModelVersion]) -> None:
    """Delete the stored results of versions."""
    UserRecommendation.objects.filter(version__in=versions).delete()
    ItemNeighbours.objects.filter(version__in=versions).delete()


def fail_dead_training(*, at: dt.datetime) -> int:
    """Fail the training whose process died, or which hangs: no progress for a quarter of an hour while it holds the lock."""
    training = ModelVersion.objects.filter(status=ModelVersion.Status.TRAINING)
    if not training.exists():
        return 0
    silent = training.filter(job__seen_at__lt=at - SILENCE)
    if silent.exists():
        _evict_holder()
    try:
        with training_lock():
            return fail_orphans(at=at)
    except JobRunning:
        return 0


def _evict_holder() -> None:
    """End the database session that holds the lock, unless it is our own; its process then fails at its next statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND objsubid = 1"
            " AND classid::bigint << 32 | objid::bigint = %s",
            [LOCK],
        )
