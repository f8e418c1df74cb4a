from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Entity
from logistics.rules.offers import DIVISOR
from merchants.models import Merchant, TenantQuerySet


class ShippingZone(Entity):
    """A merchant's price for sending to some addresses (`zones`, rules.places.Zone); the first by position that serves one counts.

    ShippingRate is the price for everywhere else.
    """

    class Way(models.TextChoices):
        FLAT = "flat", pgettext_lazy("shipping price", "Flat")
        WEIGHT = "weight", pgettext_lazy("shipping price", "By weight")
        ITEM = "item", pgettext_lazy("shipping price", "By item")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="shipping_zones", editable=False)
    name = models.CharField(_("name"), max_length=60)
    zones = models.JSONField(_("sends to"), default=list)
    way = models.CharField(_("price by"), max_length=8, choices=Way.choices, default=Way.FLAT)
    currency = models.CharField(max_length=3, editable=False)
    flat_minor = models.BigIntegerField(_("basic price"))
    step_minor = models.BigIntegerField(_("price of each step"), default=0)
    step = models.PositiveIntegerField(_("size of a step"), default=1_000)
    divisor = models.PositiveIntegerField(_("cm³ that count as a kilogram"), default=DIVISOR)
    free_over_minor = models.BigIntegerField(_("free from a goods total of"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("order, lowest first"), default=10)
    is_active = models.BooleanField(_("active"), default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipping zone")
        verbose_name_plural = _("shipping zones")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="shipping_zone_name"),
            models.CheckConstraint(condition=Q(way__in=["flat", "weight", "item"]), name="shipping_zone_way"),
            models.CheckConstraint(condition=Q(flat_minor__gte=0, step_minor__gte=0, step__gt=0), name="shipping_zone_price"),
            models.CheckConstraint(condition=Q(free_over_minor__isnull=True) | Q(free_over_minor__gte=0), name="shipping_zone_free_over"),
            models.CheckConstraint(condition=Q(divisor__gte=1_000, divisor__lte=20_000), name="shipping_zone_divisor"),
        ]

    def __str__(self) -> str:
        return self.name
