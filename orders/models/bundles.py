"""Sets that were bought: the lines of an order that belong together."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Variant
from core.i18n import translated
from core.models import Entity
from merchants.models import Merchant
from orders.models.purchases import MerchantOrder


class OrderBundle(Entity):
    """A set as it was named and priced when it was bought. Its order lines are its parts; their totals sum to its total.

    Nothing is shipped, taxed, refunded or restocked by it: that is done with the lines.
    """

    order = models.ForeignKey(MerchantOrder, on_delete=models.CASCADE, related_name="bundles")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    # Which set of its order it is, from 1 on.
    number = models.PositiveSmallIntegerField()
    sku = models.CharField(_("SKU"), max_length=64)
    title = models.CharField(_("title"), max_length=200)
    i18n = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField(_("price"))
    quantity = models.PositiveIntegerField(_("quantity"))
    total_minor = models.BigIntegerField(_("total"))

    class Meta:
        verbose_name = _("set that was bought")
        verbose_name_plural = _("sets that were bought")
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="order_bundle_number"),
            models.CheckConstraint(condition=Q(total_minor=F("price_minor") * F("quantity")), name="order_bundle_total"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_bundle_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"

    def said_of_part(self, language: str) -> str:
        """What stands beside a line that was bought in it."""
        title = translated({"title": self.title}, self.i18n, "title", language)
        with override(language):
            return gettext("Part of set %(number)s: %(title)s") % {"number": self.number, "title": title}
