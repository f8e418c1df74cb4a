from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AttemptStatus(models.TextChoices):
    NEW = "new", _("New")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Unknown")
    SUCCEEDED = "succeeded", _("Succeeded")
    SURPLUS = "surplus", _("Paid twice")
    FAILED = "failed", _("Failed")


LIVE = ("new", "sent", "unknown")
CAPTURED = ("succeeded", "surplus")
# A payment we gave up can still succeed at the provider; the money is then really there, so failed is not the end.
ATTEMPT_TRANSITIONS = {
    "new": frozenset({"sent", "unknown", "succeeded", "surplus", "failed"}),
    "sent": frozenset({"unknown", "succeeded", "surplus", "failed"}),
    "unknown": frozenset({"sent", "succeeded", "surplus", "failed"}),
    "failed": frozenset({"succeeded", "surplus"}),
}


class RefundStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Unknown")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


REFUND_LIVE = ("requested", "sent", "unknown")
REFUND_TRANSITIONS = {
    "requested": frozenset({"sent", "unknown", "succeeded", "failed"}),
    "sent": frozenset({"unknown", "succeeded", "failed"}),
    "unknown": frozenset({"sent", "succeeded", "failed"}),
}


class PayoutStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Unknown")
    PAID = "paid", _("Paid out")
    FAILED = "failed", _("Failed")


PAYOUT_LIVE = ("requested", "sent", "unknown")
PAYOUT_TRANSITIONS = {
    "requested": frozenset({"sent", "unknown", "paid", "failed"}),
    "sent": frozenset({"unknown", "paid", "failed"}),
    "unknown": frozenset({"sent", "paid", "failed"}),
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
    DISMISSED = "dismissed", _("Dismissed")


MESSAGE_TRANSITIONS = {"received": frozenset({"handled", "quarantined"}), "quarantined": frozenset({"received", "dismissed"})}


class Subject(models.TextChoices):
    """What a webhook is about."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
    DISPUTE = "dispute", _("Dispute")
    OTHER = "other", _("Other")


class ProviderDisputeStatus(models.TextChoices):
    """How a dispute that has moved money stands; won and lost are the shop's view."""

    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


PROVIDER_DISPUTE_TRANSITIONS = {"open": frozenset({"won", "lost"})}


class BankLineStatus(models.TextChoices):
    UNMATCHED = "unmatched", _("Unmatched")
    MATCHED = "matched", _("Matched")
    RETURNED = "returned", pgettext_lazy("bank transfer", "Sent back")


BANK_LINE_TRANSITIONS = {"unmatched": frozenset({"matched", "returned"})}


class LineProblem(models.TextChoices):
    """Why a line of the bank's statement found no payment by itself."""

    NO_REFERENCE = "no_reference", _("No payment reference in it")
    UNKNOWN = "unknown", _("Unknown payment reference")
    SEVERAL = "several", _("More than one payment reference")
    AMOUNT = "amount", _("Another amount")
    CURRENCY = "currency", _("Another currency")
    PAID = "paid", _("Paid before")


class OutgoingStatus(models.TextChoices):
    TO_MAKE = "to_make", _("To be made")
    MADE = "made", pgettext_lazy("bank transfer", "Made")
    IMPOSSIBLE = "impossible", _("Cannot be made")


OUTGOING_TRANSITIONS = {"to_make": frozenset({"made", "impossible"})}


class ReconciliationStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    CLEAN = "clean", pgettext_lazy("books", "Clean")
    DIFFERS = "differs", _("Differs")
    EXPLAINED = "explained", _("Explained")
    FAILED = "failed", _("Failed")


# A day may be compared again at any time; what a person has explained stays explained.
RECONCILIATION_TRANSITIONS = {
    "requested": frozenset({"clean", "differs", "explained", "failed"}),
    "clean": frozenset({"requested"}),
    "differs": frozenset({"requested", "explained"}),
    "explained": frozenset({"requested"}),
    "failed": frozenset({"requested"}),
}


class DifferenceStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("difference", "Open")
    EXPLAINED = "explained", _("Explained")
    RESOLVED = "resolved", _("Resolved")


DIFFERENCE_TRANSITIONS = {"open": frozenset({"explained", "resolved"}), "explained": frozenset({"resolved"})}


class CashStatus(models.TextChoices):
    """Of the money a merchant collects at the door."""

    DUE = "due", _("To be collected")
    COLLECTED = "collected", _("Collected")
    DROPPED = "dropped", _("Not collected")
    REFUNDED = "refunded", _("Refunded")


CASH_TRANSITIONS = {"due": frozenset({"collected", "dropped", "refunded"}), "collected": frozenset({"refunded"})}


class GiftPurchaseStatus(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    PAID = "paid", _("Paid")
    REFUNDED = "refunded", _("Refunded")


GIFT_PURCHASE_TRANSITIONS = {"awaiting_payment": frozenset({"paid"}), "paid": frozenset({"refunded"})}


class GiftCardStatus(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("gift card", "Active")
    BLOCKED = "blocked", pgettext_lazy("gift card", "Blocked")


GIFT_CARD_TRANSITIONS = {"active": frozenset({"blocked"}), "blocked": frozenset({"active"})}


class PenaltyStatus(models.TextChoices):
    """The money of a broken rule."""

    TAKEN = "taken", _("Taken")
    RETURNED = "returned", pgettext_lazy("penalty", "Returned")


PENALTY_TRANSITIONS = {"taken": frozenset({"returned"})}
