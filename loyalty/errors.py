from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class InsufficientPoints(DomainError):
    code = "insufficient_points"
    message = _("You have %(available)s points.")

    def __init__(self, *, available: int) -> None:
        self.available = available
        super().__init__(available=available)


class InvalidPoints(DomainError):
    code = "invalid_points"
    message = _("Enter a whole number of points, greater than zero.")
    status = 400
