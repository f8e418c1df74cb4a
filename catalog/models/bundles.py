"""What is sold together under one page of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product, Variant
from core.models import Entity
from merchants.models import Merchant, TenantQuerySet


class BundleItem(Entity):
    """So many pieces of `component` are in a piece of `variant`, the bundle; both are the same merchant's, as composite keys hold.

    Written by catalog.services.bundles only. A component is never a bundle itself.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="bundle_items")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="bundle_items", verbose_name=_("set"))
    component = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="in_bundles", verbose_name=_("contains"))
    quantity = models.PositiveSmallIntegerField(_("pieces"), default=1)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a set")
        verbose_name_plural = _("parts of sets")
        constraints = [
            models.UniqueConstraint(fields=["variant", "component"], name="bundle_item_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=1_000), name="bundle_item_quantity"),
            models.CheckConstraint(condition=~Q(variant=F("component")), name="bundle_item_other"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.component_id}"
