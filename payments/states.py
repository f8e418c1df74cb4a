from django.db import models
from django.utils.translation import gettext_lazy as _


class AttemptStatus(models.TextChoices):
    NEW = "new", _("New")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Unknown")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


ATTEMPT_TRANSITIONS = {
    "new": frozenset({"sent", "unknown", "succeeded", "failed"}),
    "sent": frozenset({"unknown", "succeeded", "failed"}),
    "unknown": frozenset({"sent", "succeeded", "failed"}),
}


class RefundStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Unknown")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


REFUND_TRANSITIONS = {
    "requested": frozenset({"sent", "unknown", "succeeded", "failed"}),
    "sent": frozenset({"unknown", "succeeded", "failed"}),
    "unknown": frozenset({"sent", "succeeded", "failed"}),
}


class EscrowStatus(models.TextChoices):
    HELD = "held", _("Held")
    RELEASED = "released", _("Released")
    REFUNDED = "refunded", _("Refunded")


ESCROW_TRANSITIONS = {"held": frozenset({"released", "refunded"}), "released": frozenset({"refunded"})}


class MessageStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    HANDLED = "handled", _("Handled")
    QUARANTINED = "quarantined", _("Quarantined")


MESSAGE_TRANSITIONS = {"received": frozenset({"handled", "quarantined"})}
