from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection, transaction

from core.jobs import JobRunning, finish_job, queue_job
from core.models import Job
from recommend.services.guard import LOCK, fail_dead_training

KIND = "recommend.train"


def request_training(*, actor: str, at: dt.datetime) -> Job:
    """Queue a training for the worker and return the job to watch. A training whose process died does not stand in the way.

    Raises:
        JobRunning: one is queued or running already.
    """
    fail_dead_training(at=at)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + 1])
        if Job.objects.filter(kind=KIND, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).exists():
            raise JobRunning
        job = queue_job(kind=KIND, actor=actor)
        transaction.on_commit(lambda: ring(job.pk), robust=True)
    return job


def ring(job_id: uuid.UUID) -> None:
    """Wake a worker for a queued job; when the broker is away, the sweep rings again."""
    from recommend.tasks import train_recommendations  # noqa: PLC0415  tasks import the services

    train_recommendations.apply_async(args=(str(job_id),), retry=False)


def ring_for_waiting(*, at: dt.datetime, patience: dt.timedelta = dt.timedelta(seconds=30)) -> int:
    """Ring again for jobs whose message was lost."""
    waiting = Job.objects.filter(kind=KIND, status=Job.Status.QUEUED, created_at__lt=at - patience)
    ids = list(waiting.values_list("pk", flat=True))
    for job_id in ids:
        ring(job_id)
    return len(ids)


def give_up(*, job_id: uuid.UUID, at: dt.datetime) -> None:
    """Fail a queued job that met another training; a running one, delivered twice, goes on undisturbed."""
    if Job.objects.filter(pk=job_id, status=Job.Status.QUEUED).exists():
        finish_job(job_id=job_id, now=at, errors=[str(JobRunning())])
