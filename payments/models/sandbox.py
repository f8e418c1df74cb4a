from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Entity


class SandboxPayment(Entity):
    """What the built-in practice provider remembers: the provider's own books, never read by anything but its gateway."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("payment", "Open")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")

    idempotency_key = models.CharField(max_length=64, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200, blank=True)
    return_url = models.URLField(max_length=2000)
    reference = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    effective_at = models.DateTimeField(null=True)
    notify_at = models.DateTimeField(null=True)
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["notify_at"], name="sandbox_notify", condition=Q(notify_at__isnull=False))]
        constraints = [
            models.CheckConstraint(condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=F("amount_minor")), name="sandbox_refunded"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"


class SandboxRefund(Entity):
    payment = models.ForeignKey(SandboxPayment, on_delete=models.PROTECT, related_name="refunds")
    idempotency_key = models.CharField(max_length=64, unique=True)
    amount_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.payment_id} {self.amount_minor}"


class SandboxTransfer(Entity):
    """A payout as the practice provider remembers it."""

    class Status(models.TextChoices):
        PAID = "paid", _("Paid out")
        FAILED = "failed", _("Failed")

    idempotency_key = models.CharField(max_length=64, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    destination = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices)
    failure_code = models.CharField(max_length=60, blank=True)
    effective_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="sandbox_transfer_amount")]

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"
