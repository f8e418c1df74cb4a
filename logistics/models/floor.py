"""The floor of a warehouse: its layout and bins, and waves of orders that are picked and packed together."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.ids import order_number
from core.models import Entity, Stateful
from logistics import states
from logistics.models.shipments import Shipment
from logistics.models.stock import Bin, Stock, Warehouse
from logistics.rules.floors import Layout
from merchants.models import Merchant, TenantQuerySet


class FloorPlan(Entity):
    """How a warehouse's aisles lie, in centimetres (rules.floors.Layout). A rack is `rack_cm` wide."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    warehouse = models.OneToOneField(Warehouse, on_delete=models.CASCADE, related_name="floor")
    gap_cm = models.PositiveIntegerField(default=300)
    rack_cm = models.PositiveIntegerField(default=120)
    length_cm = models.PositiveIntegerField(default=3_000)
    crossings_cm = models.JSONField(default=list, blank=True)
    pack_aisle = models.PositiveSmallIntegerField(default=1)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gap_cm__range=(1, 10_000), rack_cm__range=(1, 10_000), length_cm__range=(1, 100_000), pack_aisle__gte=1),
                name="floor_plan_sizes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.warehouse_id}"

    @property
    def layout(self) -> Layout:
        return Layout(self.gap_cm, self.length_cm, tuple(self.crossings_cm), self.pack_aisle)


class Wave(Stateful):
    """Orders of one warehouse that are picked in one walk, `distance_cm` long from the pack point and back, and packed together."""

    TRANSITIONS = states.WAVE_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="waves", editable=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    number = models.CharField(_("number"), max_length=20, unique=True, default=order_number, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=states.WaveStatus.choices, default=states.WaveStatus.PLANNED)
    distance_cm = models.PositiveIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        constraints = [models.CheckConstraint(condition=Q(status__in=states.WaveStatus.values), name="wave_status")]
        indexes = [models.Index(fields=["merchant", "-created_at"], name="wave_newest")]

    def __str__(self) -> str:
        return self.number


class WaveTote(Stateful):
    """What one order (`reference`, called `label` by people) gets out of a wave: the tote with its number, later its parcel."""

    class End(models.TextChoices):
        ORDER = "order", _("the order is not to be sent from here any more")
        SENT = "sent", _("it was sent without the check")
        PERSON = "person", _("somebody took it out")
        WAVE = "wave", _("the wave was dropped")

    TRANSITIONS = states.TOTE_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="totes")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    reference = models.UUIDField()
    label = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=states.ToteStatus.choices, default=states.ToteStatus.OPEN)
    ended_by = models.CharField(max_length=10, choices=End.choices, blank=True)
    ended_because = models.CharField(max_length=200, blank=True)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            # What waits in a warehouse for an order is in one live wave at most.
            models.UniqueConstraint(fields=["reference", "warehouse"], condition=Q(status="open"), name="wave_tote_live_once"),
            models.UniqueConstraint(fields=["wave", "position"], name="wave_tote_position"),
            models.CheckConstraint(condition=Q(status__in=states.ToteStatus.values), name="wave_tote_status"),
        ]

    def __str__(self) -> str:
        return self.label


class WavePick(Entity):
    """Pieces of an article to fetch for a tote. `sequence` is the stop of the walk, `bin` where it was when the walk was planned.

    `withdrawn` pieces are not wanted any more; of the others some are picked, and some were missing (`short`). `packed` ones have
    passed the check.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    tote = models.ForeignKey(WaveTote, on_delete=models.CASCADE, related_name="picks")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="+")
    bin = models.ForeignKey(Bin, on_delete=models.SET_NULL, null=True, related_name="+")
    sequence = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField(default=0)
    picked = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)
    short_reason = models.CharField(max_length=200, blank=True)
    packed = models.PositiveIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tote", "stock"], name="wave_pick_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(withdrawn__lte=F("quantity")) & Q(picked__lte=F("quantity") - F("short")),
                name="wave_pick_quantity",
            ),
            models.CheckConstraint(condition=Q(packed__lte=F("picked")), name="wave_pick_packed"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.stock_id}"

    @property
    def wanted(self) -> int:
        return self.quantity - self.withdrawn

    @property
    def to_pick(self) -> int:
        return max(self.wanted - self.picked - self.short, 0)

    @property
    def to_pack(self) -> int:
        """Pieces that belong into the parcel."""
        return min(self.wanted, self.picked)

    @property
    def to_put_back(self) -> int:
        return max(self.picked - self.wanted, 0)


class FloorScan(Entity):
    """What somebody picked, missed or checked, by the token their device made for it: the same token again changes nothing."""

    class Kind(models.TextChoices):
        PICKED = "picked", _("Picked")
        SHORT = "short", _("Missing")
        PACKED = "packed", _("Checked")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="scans")
    token = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="+")
    pieces = models.PositiveIntegerField()
    actor = models.CharField(max_length=80)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "token"], name="floor_scan_once"),
            models.CheckConstraint(condition=Q(kind__in=["picked", "short", "packed"]), name="floor_scan_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pieces}"
