from django.utils import timezone

from core.sweeps import sweep
from merchants.services.application_documents import warn_of_documents


@sweep(expires=3600)
def warn_of_ending_documents() -> int:
    """Tell shops of papers that end soon."""
    return warn_of_documents(at=timezone.now())
