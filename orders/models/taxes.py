from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import TaxClass
from core.models import Entity


class TaxKind(models.TextChoices):
    """What countries call the tax that prices include."""

    VAT = "vat", _("VAT")
    GST = "gst", _("GST")
    SALES = "sales", _("Sales tax")
    CONSUMPTION = "consumption", _("Consumption tax")


class TaxedAs(models.TextChoices):
    """Classes with a rate: those of goods, and what is not goods. Without a row of their own the latter two are standard."""

    STANDARD = TaxClass.STANDARD.value, TaxClass.STANDARD.label
    REDUCED = TaxClass.REDUCED.value, TaxClass.REDUCED.label
    ZERO = TaxClass.ZERO.value, TaxClass.ZERO.label
    SHIPPING = "shipping", _("Shipping")
    SERVICE = "service", _("The operator's services")


class TaxRate(Entity):
    """A country's rate for a class of goods from a day on, in basis points of the net amount. Prices include it."""

    country = models.CharField(_("country"), max_length=2)
    tax_class = models.CharField(_("tax class"), max_length=10, choices=TaxedAs.choices, default=TaxedAs.STANDARD)
    kind = models.CharField(_("name"), max_length=12, choices=TaxKind.choices, default=TaxKind.VAT)
    rate_bps = models.PositiveIntegerField(_("rate in basis points"))
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [
            models.UniqueConstraint(fields=["country", "tax_class", "valid_from"], name="tax_rate_once"),
            models.CheckConstraint(condition=Q(rate_bps__lte=10_000), name="tax_rate_share"),
            models.CheckConstraint(condition=Q(kind__in=TaxKind.values), name="tax_rate_kind"),
            models.CheckConstraint(condition=Q(tax_class__in=TaxedAs.values), name="tax_rate_class"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.get_kind_display()} {self.rate_bps / 100:g}%"
