"""Statuses of the catalogue's own work; the statuses of a product stand with the model."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CopyStatus(models.TextChoices):
    """A listing picture that looks like an older one of another merchant."""

    OPEN = "open", _("To decide")
    ALLOWED = "allowed", _("Allowed")
    COPIED = "copied", _("Copied")


COPY_TRANSITIONS = {CopyStatus.OPEN.value: frozenset({CopyStatus.ALLOWED.value, CopyStatus.COPIED.value})}


class ImportStatus(models.TextChoices):
    """How far a file of products has come."""

    UPLOADED = "uploaded", pgettext_lazy("import", "Waiting for its columns")
    CHECKING = "checking", pgettext_lazy("import", "Being checked")
    CHECKED = "checked", pgettext_lazy("import", "Checked, not imported yet")
    RUNNING = "running", pgettext_lazy("import", "Being imported")
    DONE = "done", pgettext_lazy("import", "Imported")
    FAILED = "failed", pgettext_lazy("import", "Failed")
    DISCARDED = "discarded", pgettext_lazy("import", "Discarded")
    UNDOING = "undoing", pgettext_lazy("import", "Being undone")
    UNDONE = "undone", pgettext_lazy("import", "Undone")


IMPORT_TRANSITIONS = {
    "uploaded": frozenset({"checking", "discarded", "failed"}),
    "checking": frozenset({"checked", "running", "failed"}),
    "checked": frozenset({"checking", "running", "discarded", "failed"}),
    "running": frozenset({"done", "failed"}),
    "done": frozenset({"undoing"}),
    "undoing": frozenset({"undone", "failed"}),
}
# A worker has something to do.
MOVING = ("checking", "running", "undoing")
# What changes products; one such at a time for each merchant.
WRITING = ("running", "undoing")


class TradeStatus(models.TextChoices):
    """Whether a company gets a merchant's trade prices."""

    REQUESTED = "requested", pgettext_lazy("trade account", "Asked for")
    INVITED = "invited", pgettext_lazy("trade account", "Offered")
    APPROVED = "approved", pgettext_lazy("trade account", "Agreed")
    REFUSED = "refused", pgettext_lazy("trade account", "Refused")
    ENDED = "ended", pgettext_lazy("trade account", "Ended")


# A merchant that has refused may still offer; the company may not ask it again.
TRADE_TRANSITIONS = {
    "requested": frozenset({"approved", "refused", "ended"}),
    "invited": frozenset({"approved", "ended"}),
    "approved": frozenset({"ended"}),
    "refused": frozenset({"invited"}),
    "ended": frozenset({"requested", "invited"}),
}
