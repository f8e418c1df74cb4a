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


SHIPMENT_TRANSITIONS = {
    "planned": frozenset({"packed", "handed_over"}),
    "packed": frozenset({"handed_over"}),
    "handed_over": frozenset({"in_transit", "out_for_delivery", "delivered", "failed"}),
    "in_transit": frozenset({"out_for_delivery", "delivered", "failed"}),
    "out_for_delivery": frozenset({"delivered", "failed"}),
    "failed": frozenset({"out_for_delivery", "delivered", "returned"}),
}


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
