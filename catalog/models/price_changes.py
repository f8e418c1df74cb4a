"""What variants have cost, ever since they were made."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Variant
from core.ids import uuid7


class PriceChange(models.Model):
    """A variant's price in a currency from `at` on; `price_minor` is None where a price set by hand was taken back.

    Written by triggers on the rows of variants and their prices, so that no writer can forget it; a trigger refuses to change a row,
    and to delete one younger than 400 days. With its variant a row goes by the database's own cascade.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    variant = models.ForeignKey(
        Variant, on_delete=models.DO_NOTHING, db_constraint=False, related_name="price_changes", verbose_name=_("variant")
    )
    currency = models.CharField(_("currency"), max_length=3)
    price_minor = models.BigIntegerField(_("price in minor units"), null=True)
    compare_at_minor = models.BigIntegerField(_("compare-at price in minor units"), null=True)
    at = models.DateTimeField(_("from"))

    class Meta:
        verbose_name = _("change of a price")
        verbose_name_plural = _("price history")
        indexes = [
            models.Index(fields=["variant", "at"], name="price_change_of_variant"),
            models.Index(fields=["-at"], name="price_change_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} {self.currency} {self.at:%Y-%m-%d}"
