from __future__ import annotations

import logging
import uuid

from celery import shared_task
from django.utils import timezone

from core.jobs import JobRunning
from recommend.services.guard import fail_dead_training
from recommend.services.requests import give_up, ring_for_waiting

log = logging.getLogger(__name__)


@shared_task(time_limit=3600)
def train_recommendations(job_id: str | None = None) -> str:
    """Train and promote a version; without a job (the nightly run) it makes its own. Safe to deliver twice."""
    from recommend.services.training import train  # noqa: PLC0415  brings numpy, which a web process that only queues must not load

    job = uuid.UUID(job_id) if job_id else None
    try:
        version = train(clock=timezone.now, job_id=job)
    except JobRunning:
        log.info("training refused: one is running", extra={"job": job_id})
        if job:
            give_up(job_id=job, at=timezone.now())
        return "refused"
    return version.status


@shared_task(expires=60)
def tend_training() -> int:
    """Fail the training of a dead process, and ring again for jobs whose message was lost."""
    now = timezone.now()
    return fail_dead_training(at=now) + ring_for_waiting(at=now)
