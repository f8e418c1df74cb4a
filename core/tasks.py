from celery import shared_task
from django.utils import timezone

from core import idempotency, invariants, jobs, outbox
from core.sweeps import sweep

AT_ONCE = 50


@sweep(expires=60)
def relay_outbox() -> int:
    """Hand recorded events to their handlers."""
    return outbox.relay(now=timezone.now(), limit=AT_ONCE)


@shared_task
def tidy() -> None:
    """Fail jobs whose process is gone and forget idempotency keys older than a week."""
    now = timezone.now()
    jobs.fail_silent_jobs(now=now)
    idempotency.forget_old(now=now)


@shared_task(expires=240)
def check_invariants() -> None:
    """Look for rows that must not exist and keep what was found for the operator."""
    invariants.check_if_due(at=timezone.now())
