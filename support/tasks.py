from celery import shared_task
from django.utils import timezone

from core.turns import work_off
from support import services


@shared_task(expires=30)
def send_due_mail() -> int:
    """Deliver what is due until nothing more goes out, or the turn is over."""
    return work_off(lambda: services.send_due(clock=timezone.now))
