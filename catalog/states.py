"""States of the catalogue's queues."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CopyStatus(models.TextChoices):
    """A listing picture that looks like an older one of another merchant."""

    OPEN = "open", _("To decide")
    ALLOWED = "allowed", _("Allowed")
    COPIED = "copied", _("Copied")


COPY_TRANSITIONS = {CopyStatus.OPEN.value: frozenset({CopyStatus.ALLOWED.value, CopyStatus.COPIED.value})}
