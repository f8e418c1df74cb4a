from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from core.models import Entity, Stateful
from logistics import states
from logistics.models.stock import Warehouse
from merchants.models import Merchant, TenantQuerySet

BUILT_IN = _("Jishi Express")


class ShippingRate(Entity):
    """A merchant's price for sending one order: flat, free from a goods total upward."""

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="shipping_rate")
    currency = models.CharField(_("currency"), max_length=3)
    flat_minor = models.BigIntegerField(_("flat rate in minor units"))
    free_over_minor = models.BigIntegerField(_("free from, in minor units"), null=True, blank=True)
    # Delivered duty paid; otherwise buyers abroad pay duty and tax on arrival.
    bears_duties = models.BooleanField(_("import charges are ours (DDP)"), default=False)

    class Meta:
        verbose_name = _("shipping rate")
        verbose_name_plural = _("shipping rates")
        constraints = [
            models.CheckConstraint(condition=Q(flat_minor__gte=0), name="shipping_flat"),
            models.CheckConstraint(condition=Q(free_over_minor__isnull=True) | Q(free_over_minor__gte=0), name="shipping_free_over"),
        ]

    def __str__(self) -> str:
        return str(self.merchant)


class Shipment(Stateful):
    """One parcel of one merchant order, or of the after-sales case about it (`reference`)."""

    class Direction(models.TextChoices):
        TO_SHOPPER = "to_shopper", _("To the shopper")
        TO_MERCHANT = "to_merchant", _("Sent back")

    TRANSITIONS = states.SHIPMENT_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="shipments")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    reference = models.UUIDField(db_index=True)
    direction = models.CharField(_("direction"), max_length=12, choices=Direction.choices, default=Direction.TO_SHOPPER)
    status = models.CharField(_("status"), max_length=20, choices=states.ShipmentStatus.choices, default=states.ShipmentStatus.PLANNED)
    carrier = models.CharField(_("carrier"), max_length=60)
    tracking_number = models.CharField(_("tracking number"), max_length=60)
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints = [
            models.UniqueConstraint(fields=["reference", "warehouse", "tracking_number"], name="shipment_once"),
            models.CheckConstraint(condition=Q(direction__in=["to_shopper", "to_merchant"]), name="shipment_direction"),
            models.CheckConstraint(condition=Q(status__in=states.ShipmentStatus.values), name="shipment_status"),
        ]
        indexes = [
            models.Index(fields=["merchant", "tracking_number"], name="shipment_tracking"),
            models.Index(fields=["tracking_number"], name="shipment_number"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}"

    @property
    def carrier_name(self) -> str:
        """The carrier in the active language, where the merchant has an account there; else as it was written down."""
        booking = getattr(self, "booking", None)
        return self.carrier if booking is None else str(booking.account or BUILT_IN)

    @property
    def followed_by(self) -> str:
        """The gateway that tells of it, "manual" where people do."""
        booking = getattr(self, "booking", None)
        return "manual" if booking is None else booking.gateway

    @property
    def tracking_link(self) -> str:
        """The carrier's own page about the parcel; empty where it has none."""
        booking = getattr(self, "booking", None)
        return booking.tracking_link if booking is not None else ""


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "variant"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"


class ShipmentEvent(Entity):
    """A line of the parcel's timeline as the shopper reads it. `code` is translated, `place` and `note` are as told."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="events")
    code = models.CharField(max_length=20, choices=states.ShipmentStatus.choices)
    place = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["shipment", "at"], name="shipment_timeline")]

    def __str__(self) -> str:
        return self.code
