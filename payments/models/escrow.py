from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Stateful
from core.money import Money
from merchants.models import Merchant, TenantQuerySet
from payments import states


class EscrowHold(Stateful):
    """The shopper's money for one merchant order (`reference`), until it is released to the merchant or refunded."""

    TRANSITIONS = states.ESCROW_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="escrow_holds")
    purchase = models.UUIDField()
    reference = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField()
    points_minor = models.BigIntegerField(default=0)
    commission_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(_("status"), max_length=10, choices=states.EscrowStatus.choices, default=states.EscrowStatus.HELD)
    settled_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("escrow hold")
        verbose_name_plural = _("escrow holds")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="escrow_amount"),
            models.CheckConstraint(condition=Q(points_minor__gte=0) & Q(points_minor__lte=F("amount_minor")), name="escrow_points"),
            models.CheckConstraint(
                condition=Q(commission_minor__gte=0) & Q(commission_minor__lte=F("amount_minor")), name="escrow_commission"
            ),
            models.CheckConstraint(condition=Q(status__in=states.EscrowStatus.values), name="escrow_status"),
        ]

    def __str__(self) -> str:
        return f"{Money(self.amount_minor, self.currency).format()} {self.status}"
