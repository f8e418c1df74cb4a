from django.utils import timezone

from core.sweeps import sweep
from support import services


@sweep(expires=60)
def send_due_mail() -> int:
    """Deliver what is due."""
    return services.send_due(clock=timezone.now)
