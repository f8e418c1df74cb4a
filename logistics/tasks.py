from celery import shared_task
from django.utils import timezone

from core.clock import database_now
from core.sweeps import sweep
from logistics import services
from logistics.routes import work
from logistics.services.carrier_inbox import process_carrier_messages as handle_messages
from logistics.services.tracking import give_up_silent_parcels as give_up
from logistics.services.tracking import move_simulated_parcels as move_parcels
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


@sweep(expires=30)
def move_simulated_parcels() -> int:
    """Let the built-in carrier's parcels travel, by the database's clock."""
    return move_parcels(at=database_now())


@sweep(expires=60)
def process_carrier_messages() -> int:
    """Tell parcels what carriers have sent."""
    return handle_messages(at=timezone.now())


@sweep(expires=600)
def give_up_silent_parcels() -> int:
    """Parcels of which nothing was heard for too long are lost, by the database's clock."""
    return give_up(at=database_now())
