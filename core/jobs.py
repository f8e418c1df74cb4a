"""Progress of long work, kept in PostgreSQL so that it survives restarts of everything else."""

import datetime as dt
import uuid

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.models import Job

SILENCE = dt.timedelta(minutes=15)


class JobRunning(DomainError):
    code = "job_running"
    message = _("This is running already.")


def queue_job(*, kind: str, actor: str) -> Job:
    """A new job row in state queued."""
    return Job.objects.create(kind=kind, actor=actor)


def start_job(*, job_id: uuid.UUID, total: int, now: dt.datetime) -> Job:
    """Mark a queued, or re-delivered, job as running with `total` steps; a finished one raises JobRunning."""
    started = Job.objects.filter(pk=job_id, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).update(
        status=Job.Status.RUNNING, total=total, done=0, started_at=now, seen_at=now
    )
    if not started:
        raise JobRunning
    return Job.objects.get(pk=job_id)


def report_progress(*, job_id: uuid.UUID, done: int, now: dt.datetime, note: str = "") -> None:
    Job.objects.filter(pk=job_id).update(done=done, note=note[:200], seen_at=now)


def finish_job(*, job_id: uuid.UUID, now: dt.datetime, note: str = "", errors: list[str] | None = None) -> None:
    """End a job: failed where there are errors, else done."""
    status = Job.Status.FAILED if errors else Job.Status.DONE
    Job.objects.filter(pk=job_id).update(status=status, note=note[:200], errors=errors or [], finished_at=now, seen_at=now)


def fail_silent_jobs(*, now: dt.datetime) -> int:
    """Fail running jobs nobody has heard of for a quarter of an hour, so that they can be started again."""
    silent = Job.objects.filter(status=Job.Status.RUNNING, seen_at__lt=now - SILENCE)
    return silent.update(status=Job.Status.FAILED, errors=["no sign of life"], finished_at=now)
