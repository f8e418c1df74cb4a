from celery import shared_task
from django.utils import timezone

from loyalty import services


@shared_task(expires=3600)
def expire_points() -> int:
    """Expire lots whose time has come."""
    return services.expire_points(at=timezone.now())
