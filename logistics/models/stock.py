from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Variant
from core.i18n import Translated
from core.models import Entity, Stateful
from logistics import states
from logistics.rules.places import EVERY_DAY
from merchants.models import Merchant, TenantQuerySet


def every_day() -> list[int]:
    """ISO weekdays from Monday to Sunday."""
    return list(EVERY_DAY)


class Warehouse(Translated, Entity):
    """Where goods lie. `zones` (rules.places.Zone) are the addresses it sends to, none of them everywhere; `cut_off`, `working_days`
    (ISO weekdays) and `holidays` (ISO dates) are by the clock of `time_zone`."""

    class Kind(models.TextChoices):
        CENTRAL = "central", _("Central")
        REGIONAL = "regional", _("Regional")
        FRONT = "front", _("Front")
        OVERSEAS = "overseas", _("Overseas")
        BONDED = "bonded", _("Bonded")
        STORE = "store", _("Store")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="warehouses")
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    city = models.CharField(_("city"), max_length=80)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, default="CN")
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    zones = models.JSONField(_("sends to"), default=list, blank=True)
    parcel_cost_minor = models.BigIntegerField(_("cost per parcel"), default=0)
    cost_currency = models.CharField(max_length=3, default="", blank=True)
    cut_off = models.TimeField(_("cut-off time"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    working_days = models.JSONField(_("working days"), default=every_day)
    holidays = models.JSONField(_("holidays"), default=list, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority, lowest first"), default=10)
    low_stock_at = models.PositiveIntegerField(_("low stock from"), default=5)
    is_active = models.BooleanField(_("active"), default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="warehouse_code"),
            models.CheckConstraint(condition=Q(parcel_cost_minor__gte=0), name="warehouse_parcel_cost"),
            models.CheckConstraint(condition=Q(latitude__isnull=True) | Q(latitude__gte=-90, latitude__lte=90), name="warehouse_latitude"),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True) | Q(longitude__gte=-180, longitude__lte=180), name="warehouse_longitude"
            ),
        ]

    def __str__(self) -> str:
        return self.text("name")

    @property
    def town(self) -> str:
        """The city in the active language; in the merchant's words where it is the merchant's city and not translated here."""
        own = self.text("city")
        return self.merchant.text("city") if own == self.city == self.merchant.city else own


class Bin(Entity):
    """A place goods lie in. `aisle_number`, from the left, and `along_cm`, from the front, say where one walks to it."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="bins", editable=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="bins", verbose_name=_("warehouse"))
    code = models.CharField(_("bin"), max_length=20)
    zone = models.CharField(_("zone"), max_length=10, blank=True)
    aisle = models.CharField(_("aisle"), max_length=2)
    rack = models.PositiveSmallIntegerField(_("rack"))
    level = models.PositiveSmallIntegerField(pgettext_lazy("bin", "level"))
    aisle_number = models.PositiveSmallIntegerField(_("aisle from the left"))
    along_cm = models.PositiveIntegerField(_("from the front, in cm"))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("bin")
        verbose_name_plural = _("bins")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="bin_code"),
            models.CheckConstraint(condition=Q(aisle_number__gte=1), name="bin_aisle"),
        ]

    def __str__(self) -> str:
        return self.code


class Stock(Entity):
    """How many of a variant lie in a warehouse and how many of those are promised. Changed by logistics.services only."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="stock", editable=False)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="stock", verbose_name=_("variant"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="stock", verbose_name=_("warehouse"))
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    low_at = models.PositiveIntegerField(_("low from"), null=True, blank=True)
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, blank=True, related_name="stock", verbose_name=_("bin"))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["variant", "warehouse"], name="stock_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand")), name="stock_reserved"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} @ {self.warehouse}"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def low_from(self) -> int:
        """At so many free pieces or fewer it runs low: its own threshold, else its warehouse's."""
        return self.warehouse.low_stock_at if self.low_at is None else self.low_at


class StockMovement(Entity):
    """Why `on_hand` changed. Append-only; on_hand is the sum of the movements."""

    class Reason(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("stock movement", "Received")
        SHIPPED = "shipped", pgettext_lazy("stock movement", "Shipped")
        RETURNED = "returned", pgettext_lazy("stock movement", "Returned")
        CORRECTED = "corrected", _("Corrected")
        COUNTED = "counted", _("Counted")
        TRANSFER_OUT = "transfer_out", _("Sent to another warehouse")
        TRANSFER_IN = "transfer_in", _("Came from another warehouse")

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements")
    delta = models.IntegerField(_("change"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    reference = models.CharField(max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    actor = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [
            # Goods that come back name what they come back for, and do so once.
            models.UniqueConstraint(fields=["reference"], condition=Q(reason="returned") & ~Q(reference=""), name="movement_returned_once")
        ]
        indexes = [
            models.Index(fields=["stock", "created_at"], name="movement_stock"),
            # Transfers, purchase orders and counts are compared with their movements.
            models.Index(
                fields=["reference"],
                name="movement_reference",
                condition=Q(reason__in=["received", "counted", "transfer_out", "transfer_in"]) & ~Q(reference=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delta:+d} {self.reason}"


class Reservation(Stateful):
    """A promise of some units to one purchase. `reference` is the purchase, `group` the merchant order within it.

    `ordinal` numbers the rows of a purchase from 0, so that two simultaneous reserves of one purchase collide in the index
    whichever warehouses they chose; what was split off a row when a part of it was sent has none. `plan` says why this warehouse
    was chosen (rules.allocate).
    """

    TRANSITIONS = states.RESERVATION_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="reservations")
    reference = models.UUIDField()
    group = models.UUIDField()
    ordinal = models.PositiveSmallIntegerField(null=True)
    quantity = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=states.ReservationStatus.choices, default=states.ReservationStatus.HELD)
    expires_at = models.DateTimeField(null=True)
    plan = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference", "ordinal"], name="reservation_numbered"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_quantity"),
            models.CheckConstraint(condition=Q(status__in=states.ReservationStatus.values), name="reservation_status"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="reservation_due", condition=Q(status="held")),
            models.Index(fields=["stock"], name="reservation_open", condition=Q(status__in=["held", "committed"])),
            models.Index(fields=["group"], name="reservation_group"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.stock_id} {self.status}"
