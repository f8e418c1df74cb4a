from celery import shared_task
from django.utils import timezone

from core.sweeps import sweep
from logistics import services
from logistics.routes import work
from logistics.services.waiting import wake_waiting


@sweep(expires=60)
def expire_reservations() -> int:
    """Give back what unpaid purchases still hold; the backstop behind the purchase's own deadline."""
    return services.expire_reservations(at=timezone.now())


@shared_task(expires=600)
def correct_showcase() -> int:
    """Bring the catalogue's `in stock` in step with the warehouses."""
    return services.correct_showcase()


@sweep(expires=60)
def wake_stock_alerts() -> int:
    """Mail those who wait for variants that are back."""
    return wake_waiting(at=timezone.now())


@sweep(expires=60)
def plan_routes() -> int:
    """Plan the next day of own delivery that somebody has asked for."""
    return work.step(clock=timezone.now)
