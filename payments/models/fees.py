from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity
from core.money import Money


class ProviderFee(Entity):
    """What a provider kept of one movement of its own books (`provider_id`), in the currency in which it kept it.

    Below zero where it gave a fee back. Never changed: it is what the ledger's posting was made from.
    """

    gateway = models.CharField(_("gateway"), max_length=20)
    provider_id = models.CharField(_("provider's number"), max_length=80)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    charged_at = models.DateTimeField(_("charged"))

    class Meta:
        verbose_name = _("fee of a provider")
        verbose_name_plural = _("fees of providers")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_id"], name="provider_fee_once"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="provider_fee_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {Money(self.amount_minor, self.currency).format()}"
