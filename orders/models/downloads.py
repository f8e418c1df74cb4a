from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import DigitalFile
from core.models import Entity
from orders.models.purchases import OrderLine
from orders.states import OrderStatus


class Download(Entity):
    """The right of a buyer to download a file so often until then. `token` is its address; the purchase is asked for, too."""

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="downloads")
    file = models.ForeignKey(DigitalFile, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=48, unique=True)
    allowed = models.PositiveIntegerField(_("downloads allowed"))
    used = models.PositiveIntegerField(_("downloads used"), default=0)
    ends_at = models.DateTimeField(_("access until"))
    first_at = models.DateTimeField(_("first download"), null=True)
    last_at = models.DateTimeField(_("last download"), null=True)
    # The buyer gave it back before using it.
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        constraints = [
            models.UniqueConstraint(fields=["line", "file"], name="download_once"),
            models.CheckConstraint(condition=Q(used__lte=F("allowed")), name="download_limit"),
            models.CheckConstraint(condition=Q(used=0, first_at=None) | Q(used__gt=0, first_at__isnull=False), name="download_first"),
            models.CheckConstraint(condition=Q(revoked_at=None) | Q(used=0), name="download_revoked_unused"),
        ]

    def __str__(self) -> str:
        return f"{self.used}/{self.allowed}"

    @property
    def left(self) -> int:
        return self.allowed - self.used

    @property
    def is_ended(self) -> bool:
        """Given back, refunded or cancelled; its line and order are loaded."""
        order_ended = self.line.order.status in {OrderStatus.CANCELLED, OrderStatus.REFUNDED}
        return self.revoked_at is not None or order_ended or self.line.refunded_minor >= self.line.total_minor

    def is_over(self, at: dt.datetime) -> bool:
        """Whether the days of access are."""
        return at >= self.ends_at
