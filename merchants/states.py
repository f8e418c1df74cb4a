"""How far somebody who wants to sell here has come, and holidays; the statuses of a shop stand with its model."""

from django.db import models
from django.utils.translation import pgettext_lazy


class HolidayStatus(models.TextChoices):
    """A time in which a shop rests (休假)."""

    PLANNED = "planned", pgettext_lazy("holiday", "Planned")
    RUNNING = "running", pgettext_lazy("holiday", "Running")
    OVER = "over", pgettext_lazy("holiday", "Over")
    CANCELLED = "cancelled", pgettext_lazy("holiday", "Cancelled")


HOLIDAY_TRANSITIONS = {
    "planned": frozenset({"running", "cancelled"}),
    "running": frozenset({"over"}),
}


class ApplicationStatus(models.TextChoices):
    """An application to sell here (商家入驻)."""

    DRAFT = "draft", pgettext_lazy("application", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("application", "Sent")
    IN_REVIEW = "in_review", pgettext_lazy("application", "In review")
    APPROVED = "approved", pgettext_lazy("application", "Approved")
    RETURNED = "returned", pgettext_lazy("application", "Returned for changes")
    REJECTED = "rejected", pgettext_lazy("application", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")


APPLICATION_TRANSITIONS = {
    "draft": frozenset({"submitted", "withdrawn"}),
    "submitted": frozenset({"in_review", "withdrawn"}),
    "in_review": frozenset({"approved", "returned", "rejected", "withdrawn"}),
    "returned": frozenset({"submitted", "withdrawn"}),
}
EDITABLE = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)
TO_REVIEW = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW)
OPEN = (*EDITABLE, *TO_REVIEW)
