from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Stateful
from core.money import Money
from payments import states
from payments.models.attempts import PaymentAttempt


class ProviderDispute(Stateful):
    """A shopper's bank has taken a payment back (chargeback), for good or until the evidence was judged.

    `claimed_minor` of it stands against the merchants' orders; the rest was theirs no more and is the operator's loss if it is lost.
    """

    TRANSITIONS = states.PROVIDER_DISPUTE_TRANSITIONS

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("payment attempt"))
    provider_id = models.CharField(max_length=120, unique=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=80)
    status = models.CharField(
        _("status"), max_length=10, choices=states.ProviderDisputeStatus.choices, default=states.ProviderDisputeStatus.OPEN
    )
    claimed_minor = models.BigIntegerField(_("claimed from merchants"))
    evidence_due_by = models.DateTimeField(_("evidence due by"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("dispute at the provider")
        verbose_name_plural = _("disputes at the provider")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="provider_dispute_amount"),
            models.CheckConstraint(
                condition=Q(claimed_minor__gte=0) & Q(claimed_minor__lte=F("amount_minor")), name="provider_dispute_claimed"
            ),
            models.CheckConstraint(condition=Q(status__in=states.ProviderDisputeStatus.values), name="provider_dispute_status"),
        ]

    @property
    def purchase_id(self) -> uuid.UUID:
        return self.attempt.reference

    def __str__(self) -> str:
        return f"{Money(self.amount_minor, self.currency).format()} {self.status}"
