from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity


class CreditUse(Entity):
    """What store credit (`owner` = user) or a gift card (`owner` = card) paid of one purchase, and how much of it went back."""

    class Source(models.TextChoices):
        STORE_CREDIT = "store_credit", _("Store credit")
        GIFT_CARD = "gift_card", _("Gift card")

    purchase = models.UUIDField()
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)
    owner = models.UUIDField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    returned_minor = models.BigIntegerField(_("returned"), default=0)

    class Meta:
        verbose_name = _("use of credit")
        verbose_name_plural = _("uses of credit")
        constraints = [
            models.UniqueConstraint(fields=["purchase", "source", "owner"], name="credit_use_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="credit_use_amount"),
            models.CheckConstraint(condition=Q(returned_minor__gte=0, returned_minor__lte=F("amount_minor")), name="credit_use_returned"),
            models.CheckConstraint(condition=Q(source__in=["store_credit", "gift_card"]), name="credit_use_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.amount_minor}"
