from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Stateful
from core.money import Money
from payments import states


class PaymentAttempt(Stateful):
    """One try to collect the total of one purchase (`reference`) through one gateway."""

    TRANSITIONS = states.ATTEMPT_TRANSITIONS

    reference = models.UUIDField()
    gateway = models.CharField(_("gateway"), max_length=20)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    status = models.CharField(_("status"), max_length=10, choices=states.AttemptStatus.choices, default=states.AttemptStatus.NEW)
    idempotency_key = models.CharField(max_length=64, unique=True)
    provider_id = models.CharField(max_length=120, blank=True)
    redirect_url = models.URLField(max_length=2000, blank=True)
    return_url = models.URLField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    failure_code = models.CharField(max_length=60, blank=True)
    card = models.CharField(max_length=64, blank=True, help_text="The provider's fingerprint of the card, where it tells one.")
    refunded_minor = models.BigIntegerField(default=0)
    disputed_minor = models.BigIntegerField(default=0, db_default=0)
    polls = models.PositiveSmallIntegerField(default=0)
    next_poll_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        constraints = [
            models.UniqueConstraint(fields=["reference"], condition=Q(status__in=states.LIVE), name="attempt_one_live"),
            models.UniqueConstraint(fields=["reference"], condition=Q(status="succeeded"), name="attempt_one_success"),
            models.UniqueConstraint(fields=["gateway", "provider_id"], condition=~Q(provider_id=""), name="attempt_provider_id"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="attempt_amount"),
            models.CheckConstraint(condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=F("amount_minor")), name="attempt_refunded"),
            models.CheckConstraint(
                condition=Q(disputed_minor__gte=0) & Q(amount_minor__gte=F("refunded_minor") + F("disputed_minor")), name="attempt_disputed"
            ),
            models.CheckConstraint(condition=Q(status__in=states.AttemptStatus.values), name="attempt_status"),
        ]
        indexes = [
            models.Index(fields=["next_poll_at"], name="attempt_due", condition=Q(status__in=states.LIVE)),
            models.Index(fields=["reference"], name="attempt_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.get_status_display()}"


class Refund(Stateful):
    """Money going back to the shopper out of one succeeded attempt.

    `cause` is why (an after-sales case, or the merchant order itself when all of it goes back): each pays at most once.
    """

    TRANSITIONS = states.REFUND_TRANSITIONS

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    reference = models.UUIDField(db_index=True)
    cause = models.UUIDField()
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=states.RefundStatus.choices, default=states.RefundStatus.REQUESTED)
    idempotency_key = models.CharField(max_length=64, unique=True)
    provider_id = models.CharField(max_length=120, blank=True)
    polls = models.PositiveSmallIntegerField(default=0)
    next_poll_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "reference", "cause"], condition=~Q(status="failed"), name="refund_once_per_cause"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount"),
            models.CheckConstraint(condition=Q(status__in=states.RefundStatus.values), name="refund_status"),
        ]
        indexes = [
            models.Index(fields=["next_poll_at"], name="refund_due", condition=Q(status__in=states.REFUND_LIVE)),
            models.Index(fields=["provider_id"], name="refund_provider_id", condition=~Q(provider_id="")),
        ]

    def __str__(self) -> str:
        return f"{Money(self.amount_minor, self.currency).format()} {self.get_status_display()}"
