"""Who wants to hear when a sold-out variant is back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models.products import Variant
from core.models import Entity


class StockAlert(Entity):
    """One mail to be written once. A member's is confirmed at once, a guest's by the link in a first mail."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="stock_alerts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="stock_alerts")
    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    confirmed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("stock alert")
        verbose_name_plural = _("stock alerts")
        constraints = [
            models.UniqueConstraint("variant", Lower("email"), name="stock_alert_once", condition=Q(told_at__isnull=True)),
        ]
        indexes = [
            models.Index(fields=["variant"], name="stock_alert_waiting", condition=Q(told_at__isnull=True, confirmed_at__isnull=False)),
            models.Index(fields=["created_at"], name="stock_alert_unsure", condition=Q(confirmed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.variant_id)
