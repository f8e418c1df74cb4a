from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity
from logistics.models.customs import CustomsRegime
from merchants.models import Merchant, TenantQuerySet
from orders.models.purchases import MerchantOrder


class DutyEstimate(Entity):
    """What import duty and tax on an order from another country were estimated at when it was placed; no part of its total. Written once.

    Amounts in minor units of the order's currency, NULL where `missing` says why they could not be estimated. `lines` are
    logistics.rules.duties.DutyLine with the variant's key as `key`; `version` names the rates that were used.
    """

    class Terms(models.TextChoices):
        DAP = "dap", _("The buyer pays on arrival (DAP)")
        DDP = "ddp", _("The shop pays (DDP)")

    class Missing(models.TextChoices):
        NO_RULES = "no_rules", _("we know no import rules of this country")
        NO_CODE = "no_code", _("the shop has not said under which customs number (HS code) the goods go")
        NO_RATE = "no_rate", _("we know no rate for these goods")
        NO_EXCHANGE = "no_exchange", _("there is no exchange rate to that country's currency")

    order = models.OneToOneField(MerchantOrder, on_delete=models.CASCADE, related_name="duty_estimate")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="+")
    country = models.CharField(_("destination"), max_length=2)
    sent_from = models.CharField(_("sent from"), max_length=60)
    terms = models.CharField(_("import charges"), max_length=3, choices=Terms.choices, default=Terms.DAP)
    missing = models.CharField(max_length=12, choices=Missing.choices, blank=True)
    currency = models.CharField(max_length=3)
    duty_minor = models.BigIntegerField(_("import duty"), null=True)
    tax_minor = models.BigIntegerField(_("import tax"), null=True)
    tax_kind = models.CharField(max_length=12, blank=True)
    version = models.CharField(_("version"), max_length=40, blank=True)
    lines = models.JSONField(default=list)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("estimate of import charges")
        verbose_name_plural = _("estimates of import charges")
        constraints = [
            models.CheckConstraint(condition=Q(terms__in=["dap", "ddp"]), name="duty_estimate_terms"),
            models.CheckConstraint(
                condition=Q(missing="", duty_minor__gte=0, tax_minor__gte=0)
                | Q(missing__in=["no_rules", "no_code", "no_rate", "no_exchange"], duty_minor__isnull=True, tax_minor__isnull=True),
                name="duty_estimate_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.country}"

    @property
    def is_known(self) -> bool:
        return not self.missing

    @property
    def is_borne(self) -> bool:
        """The shop pays it."""
        return self.terms == self.Terms.DDP

    @property
    def total_minor(self) -> int | None:
        return None if self.duty_minor is None or self.tax_minor is None else self.duty_minor + self.tax_minor

    @property
    def tax_name(self) -> str:
        """What the destination calls its tax on imports."""
        return str(CustomsRegime.TaxKind(self.tax_kind).label) if self.tax_kind in CustomsRegime.TaxKind.values else str(_("Tax"))
