from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReservationStatus(models.TextChoices):
    HELD = "held", pgettext_lazy("reservation", "Held")
    COMMITTED = "committed", _("Committed")
    FULFILLED = "fulfilled", _("Fulfilled")
    RELEASED = "released", pgettext_lazy("reservation", "Released")
    EXPIRED = "expired", _("Expired")


RESERVATION_TRANSITIONS = {
    "held": frozenset({"committed", "released", "expired"}),
    "committed": frozenset({"fulfilled", "released"}),
}


class ShipmentStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    PACKED = "packed", _("Packed")
    HANDED_OVER = "handed_over", _("Handed to the carrier")
    IN_TRANSIT = "in_transit", _("On the way")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Delivery failed")
    RETURNED = "returned", _("Returned to sender")
    LOST = "lost", pgettext_lazy("parcel", "Lost")


# A carrier may turn a parcel around at any time, lose it and find it again.
SHIPMENT_TRANSITIONS = {
    "planned": frozenset({"packed", "handed_over"}),
    "packed": frozenset({"handed_over"}),
    "handed_over": frozenset({"in_transit", "out_for_delivery", "delivered", "failed", "returned", "lost"}),
    "in_transit": frozenset({"out_for_delivery", "delivered", "failed", "returned", "lost"}),
    "out_for_delivery": frozenset({"delivered", "failed", "returned", "lost"}),
    "failed": frozenset({"out_for_delivery", "delivered", "returned", "lost"}),
    "lost": frozenset({"delivered", "returned"}),
}


class RoutePlanStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("route plan", "Not planned yet")
    PLANNED = "planned", _("Planned")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", pgettext_lazy("route plan", "Done")


ROUTE_PLAN_TRANSITIONS = {
    "draft": frozenset({"planned"}),
    "planned": frozenset({"under_way"}),
    "under_way": frozenset({"done"}),
    "done": frozenset({"under_way"}),
}


class RouteStopStatus(models.TextChoices):
    PENDING = "pending", pgettext_lazy("route stop", "To be delivered")
    DELIVERED = "delivered", pgettext_lazy("route stop", "Delivered")
    FAILED = "failed", _("Delivery failed")


ROUTE_STOP_TRANSITIONS = {
    "pending": frozenset({"delivered", "failed"}),
    "failed": frozenset({"delivered"}),
}


class CarrierMessageStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    HANDLED = "handled", _("Handled")
    QUARANTINED = "quarantined", _("Quarantined")
    DISMISSED = "dismissed", _("Dismissed")


CARRIER_MESSAGE_TRANSITIONS = {
    "received": frozenset({"handled", "quarantined"}),
    "quarantined": frozenset({"received", "dismissed"}),
}


class CarrierClaimStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("claim", "Open")
    ACCEPTED = "accepted", pgettext_lazy("claim", "Accepted")
    REFUSED = "refused", pgettext_lazy("claim", "Refused")


CARRIER_CLAIM_TRANSITIONS = {"open": frozenset({"accepted", "refused"})}


class TransferStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("transfer", "Draft")
    SENT = "sent", pgettext_lazy("transfer", "On the way")
    RECEIVED = "received", pgettext_lazy("transfer", "Arrived")
    CANCELLED = "cancelled", pgettext_lazy("transfer", "Dropped")


TRANSFER_TRANSITIONS = {
    "draft": frozenset({"sent", "cancelled"}),
    "sent": frozenset({"received"}),
}


class PurchaseStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("purchase order", "Draft")
    ORDERED = "ordered", pgettext_lazy("purchase order", "Ordered")
    PART_RECEIVED = "part_received", pgettext_lazy("purchase order", "Partly received")
    RECEIVED = "received", pgettext_lazy("purchase order", "Received")
    CLOSED = "closed", pgettext_lazy("purchase order", "Closed, rest not coming")
    CANCELLED = "cancelled", pgettext_lazy("purchase order", "Dropped")


PURCHASE_TRANSITIONS = {
    "draft": frozenset({"ordered", "cancelled"}),
    "ordered": frozenset({"part_received", "received", "cancelled"}),
    "part_received": frozenset({"received", "closed"}),
}


class CountStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("stock count", "Being counted")
    TO_CONFIRM = "to_confirm", pgettext_lazy("stock count", "To confirm")
    POSTED = "posted", pgettext_lazy("stock count", "Posted")
    CANCELLED = "cancelled", pgettext_lazy("stock count", "Dropped")


COUNT_TRANSITIONS = {
    "open": frozenset({"to_confirm", "posted", "cancelled"}),
    "to_confirm": frozenset({"posted", "open", "cancelled"}),
}


class WaveStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("wave", "Planned")
    PICKING = "picking", pgettext_lazy("wave", "Being picked")
    PICKED = "picked", pgettext_lazy("wave", "Picked")
    PACKED = "packed", pgettext_lazy("wave", "All packed")
    CLOSED = "closed", pgettext_lazy("wave", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("wave", "Dropped")


WAVE_TRANSITIONS = {
    "planned": frozenset({"picking", "cancelled"}),
    "picking": frozenset({"picked", "cancelled"}),
    "picked": frozenset({"packed", "cancelled"}),
    "packed": frozenset({"closed"}),
}


class ToteStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("tote", "To do")
    PACKED = "packed", pgettext_lazy("tote", "Packed and sent")
    DROPPED = "dropped", pgettext_lazy("tote", "Taken out")


TOTE_TRANSITIONS = {"open": frozenset({"packed", "dropped"})}
