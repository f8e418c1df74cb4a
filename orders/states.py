from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CheckoutStatus(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    PAID = "paid", _("Paid")
    CONFIRMED = "confirmed", _("Cash on delivery")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", pgettext_lazy("order", "Expired")


# Confirmed is paid without a payment: its merchants collect the money at the door.
CHECKOUT_TRANSITIONS = {"awaiting_payment": frozenset({"paid", "confirmed", "cancelled", "expired"})}


class OrderStatus(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    IN_REVIEW = "in_review", _("Payment is being checked")
    PAID = "paid", _("Paid")
    PREPARING = "preparing", _("Preparing")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", pgettext_lazy("order", "Expired")
    REFUNDED = "refunded", _("Refunded")


ORDER_TRANSITIONS = {
    "awaiting_payment": frozenset({"paid", "in_review", "preparing", "cancelled", "expired"}),
    "in_review": frozenset({"paid", "cancelled"}),
    "paid": frozenset({"preparing", "shipped", "delivered", "cancelled"}),
    "preparing": frozenset({"shipped", "cancelled"}),
    "shipped": frozenset({"delivered", "completed", "refunded", "cancelled"}),
    "delivered": frozenset({"completed", "refunded"}),
    "completed": frozenset({"refunded"}),
}


class CaseStatus(models.TextChoices):
    REQUESTED = "requested", _("Waiting for the shop")
    OFFERED = "offered", _("Offer made")
    APPROVED = "approved", _("Approved")
    SENT_BACK = "sent_back", _("Sent back")
    RECEIVED = "received", _("Received by the shop")
    REFUSED = "refused", _("Refused")
    ESCALATED = "escalated", _("In dispute")
    VERDICT = "verdict", _("Decided")
    REFUNDED = "refunded", _("Refunded")
    REPLACED = "replaced", _("Replacement sent")
    REPAIRED = "repaired", _("Repaired and sent")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CLOSED = "closed", _("Closed")


# Every case may end early: the order it belongs to is refunded as a whole, or whoever has to act never does.
CASE_TRANSITIONS = {
    "requested": frozenset({"approved", "offered", "refused", "withdrawn", "closed"}),
    "offered": frozenset({"approved", "requested", "refunded", "escalated", "withdrawn", "closed"}),
    "approved": frozenset({"sent_back", "refunded", "withdrawn", "closed"}),
    "sent_back": frozenset({"received", "closed"}),
    "received": frozenset({"refunded", "replaced", "repaired", "offered", "refused", "closed"}),
    "refused": frozenset({"escalated", "withdrawn", "closed"}),
    "escalated": frozenset({"verdict", "withdrawn", "closed"}),
    "verdict": frozenset({"approved", "refunded", "closed"}),
    "refunded": frozenset({"closed"}),
    "replaced": frozenset({"closed"}),
    "repaired": frozenset({"closed"}),
}
# Somebody has to do something, and has until the case's deadline.
CASE_WAITING = ("requested", "offered", "approved", "sent_back", "received", "refused", "escalated", "refunded", "replaced", "repaired")
# The money asked for is not settled yet: it is frozen, and the order does not complete by itself.
CASE_UNSETTLED = ("requested", "offered", "approved", "sent_back", "received", "refused", "escalated", "verdict", "replaced", "repaired")


class CaseKind(models.TextChoices):
    CANCELLATION = "cancellation", _("Cancel before sending")
    REFUND_ONLY = "refund_only", _("Refund without sending back")
    RETURN = "return", pgettext_lazy("after-sales", "Return")
    EXCHANGE = "exchange", _("Exchange")
    REPAIR = "repair", _("Repair")


class CaseReason(models.TextChoices):
    WITHDRAWAL = "withdrawal", _("Withdrawal from the contract")
    NOT_ARRIVED = "not_arrived", _("It has not arrived")
    DAMAGED = "damaged", _("It arrived damaged")
    FAULTY = "faulty", _("It does not work")
    WRONG_ITEM = "wrong_item", _("Another article than ordered")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    INCOMPLETE = "incomplete", _("Something is missing")
    CHANGED_MIND = "changed_mind", _("Changed my mind")
    OTHER = "other", pgettext_lazy("reason", "Something else")


class CaseSide(models.TextChoices):
    SHOPPER = "shopper", _("Shopper")
    MERCHANT = "merchant", _("Merchant")
    OPERATOR = "operator", _("Marketplace")


class Grade(models.TextChoices):
    A = "a", _("A: as new")
    B = "b", _("B: opened or used")
    C = "c", _("C: marked or worn")
    UNUSABLE = "unusable", _("Unusable")


class Verdict(models.TextChoices):
    SHOPPER = "shopper", _("For the shopper, in full")
    PART = "part", _("For the shopper, in part")
    MERCHANT = "merchant", _("For the merchant")


class QuoteStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("price request", "Requested")
    OFFERED = "offered", pgettext_lazy("price request", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("price request", "Agreed")
    ORDERED = "ordered", pgettext_lazy("price request", "Ordered")
    REFUSED = "refused", pgettext_lazy("price request", "Refused")
    DECLINED = "declined", pgettext_lazy("price request", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("price request", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("price request", "Expired")


QUOTE_WAITING = [QuoteStatus.REQUESTED, QuoteStatus.OFFERED, QuoteStatus.ACCEPTED]
QUOTE_TRANSITIONS = {
    "requested": frozenset({"offered", "refused", "withdrawn", "expired"}),
    "offered": frozenset({"accepted", "declined", "expired"}),
    "accepted": frozenset({"ordered", "declined", "expired"}),
    "ordered": frozenset({"accepted"}),
}


class UndeliveredStatus(models.TextChoices):
    OPEN = "open", _("To decide")
    SENT_AGAIN = "sent_again", _("Sent again")
    REFUNDED = "refunded", _("Refunded")
    ARRIVED = "arrived", _("Arrived after all")


UNDELIVERED_TRANSITIONS = {"open": frozenset({"sent_again", "refunded", "arrived"})}


class PickupStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("pick-up", "To put aside")
    READY = "ready", pgettext_lazy("pick-up", "Ready")
    COLLECTED = "collected", _("Picked up")
    MISSED = "missed", _("Not picked up")
    CANCELLED = "cancelled", _("Cancelled")


PICKUP_TRANSITIONS = {
    "waiting": frozenset({"ready", "cancelled"}),
    "ready": frozenset({"collected", "missed", "cancelled"}),
}
PICKUP_OPEN = ("waiting", "ready")
