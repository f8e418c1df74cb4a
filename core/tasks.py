from celery import shared_task
from django.utils import timezone

from core import outbox


@shared_task(acks_late=True, expires=30)
def relay_outbox() -> int:
    """Hand recorded events to their handlers until none is due."""
    finished = 0
    while done := outbox.relay(now=timezone.now()):
        finished += done
    return finished
