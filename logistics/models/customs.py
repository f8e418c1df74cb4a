from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Entity


class CustomsRegime(Entity):
    """How a country charges for what comes in from a day on (rules.duties.Regime); amounts in minor units of `currency`.

    The latest that has begun and not ended counts.
    """

    class Base(models.TextChoices):
        CIF = "cif", _("Goods, shipping and insurance (CIF)")
        GOODS = "goods", _("The goods alone")

    class TaxKind(models.TextChoices):
        VAT = "vat", _("VAT")
        GST = "gst", _("GST")
        SALES = "sales", _("Sales tax")
        CONSUMPTION = "consumption", _("Consumption tax")

    country = models.CharField(_("destination"), max_length=2)
    base = models.CharField(_("duty is on"), max_length=5, choices=Base.choices, default=Base.CIF)
    tax_kind = models.CharField(_("import tax"), max_length=12, choices=TaxKind.choices, default=TaxKind.VAT)
    currency = models.CharField(_("currency"), max_length=3)
    duty_free_minor = models.BigIntegerField(_("no duty up to"), default=0)
    tax_free_minor = models.BigIntegerField(_("no import tax up to"), default=0)
    bonded_most_minor = models.BigIntegerField(_("most in one purchase out of bond"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("customs rules")
        verbose_name_plural = _("customs rules")
        constraints = [
            models.UniqueConstraint(fields=["country", "valid_from"], name="customs_regime_once"),
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="customs_regime_country"),
            models.CheckConstraint(condition=Q(base__in=["cif", "goods"]), name="customs_regime_base"),
            models.CheckConstraint(condition=Q(tax_kind__in=["vat", "gst", "sales", "consumption"]), name="customs_regime_tax"),
            models.CheckConstraint(
                condition=Q(duty_free_minor__gte=0, tax_free_minor__gte=0)
                & (Q(bonded_most_minor__isnull=True) | Q(bonded_most_minor__gt=0)),
                name="customs_regime_amounts",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="customs_regime_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.valid_from:%Y-%m-%d}"


class DutyRate(Entity):
    """What a country charges for goods whose HS code begins so, in basis points; the longest prefix wins, the empty one is of all others.

    Goods out of bond pay the bonded rates, which already say what share of the tax is charged.
    """

    country = models.CharField(_("destination"), max_length=2)
    hs_prefix = models.CharField(_("HS code begins with"), max_length=10, blank=True)
    duty_bps = models.PositiveIntegerField(_("import duty in basis points"))
    tax_bps = models.PositiveIntegerField(_("import tax in basis points"))
    bonded_duty_bps = models.PositiveIntegerField(_("duty out of bond in basis points"), default=0)
    bonded_tax_bps = models.PositiveIntegerField(_("tax out of bond in basis points"), default=0)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("customs", "duty rate")
        verbose_name_plural = pgettext_lazy("customs", "duty rates")
        constraints = [
            models.UniqueConstraint(fields=["country", "hs_prefix", "valid_from"], name="duty_rate_once"),
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="duty_rate_country"),
            models.CheckConstraint(condition=Q(hs_prefix__regex="^[0-9]{0,10}$"), name="duty_rate_prefix"),
            models.CheckConstraint(
                condition=Q(duty_bps__lte=100_000, tax_bps__lte=10_000, bonded_duty_bps__lte=100_000, bonded_tax_bps__lte=10_000),
                name="duty_rate_shares",
            ),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="duty_rate_period"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.hs_prefix or '*'} {self.valid_from:%Y-%m-%d}"
