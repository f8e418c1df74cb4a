from django.utils import timezone

from core.sweeps import sweep
from merchants.services import holidays
from merchants.services.application_documents import warn_of_documents


@sweep(expires=3600)
def warn_of_ending_documents() -> int:
    """Tell shops of papers that end soon."""
    return warn_of_documents(at=timezone.now())


@sweep(expires=60)
def move_holidays() -> int:
    """Begin and end the holidays of shops on time."""
    return holidays.move_holidays(at=timezone.now())
