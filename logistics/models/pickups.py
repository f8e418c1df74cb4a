"""Ways of delivery beside a carrier: stores where goods are picked up, and hours at which a merchant comes to the door."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity
from logistics.models.stock import Warehouse
from logistics.rules.opening import Opening, hours_text
from merchants.models import Merchant, TenantQuerySet


class PickupPoint(Entity):
    """A store warehouse where shoppers may pick up what they bought.

    `opening_hours` (rules.opening.Opening) are by the warehouse's clock and not on its holidays. Goods are ready `ready_hours` opening
    hours after the order, and go back on sale when nobody has come `keep_days` after that. `fee_minor` is asked for it, usually nothing.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="pickup_points", editable=False)
    warehouse = models.OneToOneField(Warehouse, on_delete=models.PROTECT, related_name="pickup_point", verbose_name=_("store"))
    address = models.CharField(_("address"), max_length=200)
    opening_hours = models.JSONField(_("opening hours"), default=dict)
    ready_hours = models.PositiveSmallIntegerField(_("hours until ready"), default=2)
    keep_days = models.PositiveSmallIntegerField(_("days kept"), default=7)
    fee_minor = models.BigIntegerField(_("fee"), default=0)
    currency = models.CharField(max_length=3, editable=False)
    is_offered = models.BooleanField(_("offers pick-up"), default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("pick-up point")
        verbose_name_plural = _("pick-up points")
        constraints = [
            models.CheckConstraint(condition=Q(fee_minor__gte=0), name="pickup_point_fee"),
            models.CheckConstraint(condition=Q(keep_days__range=(1, 60), ready_hours__lte=240), name="pickup_point_hours"),
        ]
        indexes = [models.Index(fields=["merchant"], name="pickup_point_offered", condition=Q(is_offered=True))]

    def __str__(self) -> str:
        return self.warehouse.text("name")

    @property
    def opening(self) -> Opening:
        return Opening(self.opening_hours, self.warehouse.time_zone, tuple(self.warehouse.holidays))

    @property
    def hours_text(self) -> str:
        return hours_text(self.opening_hours)


class DeliverySlot(Entity):
    """Hours of a weekday (ISO) at which a warehouse's own vehicles come to some addresses (`zones`, none of them everywhere).

    So many orders fit into it, and it may be chosen until `closes_hours` before it begins, by the warehouse's clock.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="delivery_slots", editable=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="delivery_slots", verbose_name=_("warehouse"))
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("until"))
    capacity = models.PositiveIntegerField(_("orders that fit"), default=10)
    closes_hours = models.PositiveSmallIntegerField(_("closes so many hours before"), default=3)
    zones = models.JSONField(_("sends to"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery slot")
        verbose_name_plural = _("delivery slots")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "weekday", "starts_at", "ends_at"], name="delivery_slot_once"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="delivery_slot_span"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="delivery_slot_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


class SlotDay(Entity):
    """A slot on a date: how many orders fit, as agreed with the first of them, and how many places are taken."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    slot = models.ForeignKey(DeliverySlot, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    capacity = models.PositiveIntegerField()
    taken = models.IntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "day"], name="slot_day_once"),
            models.CheckConstraint(condition=Q(taken__gte=0) & Q(taken__lte=F("capacity")), name="slot_day_taken"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="slot_day_span"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.span}"

    @property
    def span(self) -> str:
        """The hours, as they are read."""
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"
