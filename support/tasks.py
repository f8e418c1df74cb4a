from celery import shared_task
from django.utils import timezone

from support import services


@shared_task(expires=30)
def send_due_mail() -> int:
    """Deliver what is due until nothing more goes out."""
    delivered = 0
    while done := services.send_due(clock=timezone.now):
        delivered += done
    return delivered
