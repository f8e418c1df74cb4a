from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Stateful
from payments import states


class Movement(models.TextChoices):
    """What a provider's list consists of."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
    TRANSFER = "transfer", _("Transfer")
    DISPUTE = "dispute", _("Dispute")
    FEE = "fee", pgettext_lazy("of a payment provider", "Fee")


class Reconciliation(Stateful):
    """One day (UTC) of one gateway: what the provider's list says beside what our books say."""

    TRANSITIONS = states.RECONCILIATION_TRANSITIONS

    gateway = models.CharField(_("gateway"), max_length=20)
    day = models.DateField(_("day"))
    status = models.CharField(
        _("status"), max_length=10, choices=states.ReconciliationStatus.choices, default=states.ReconciliationStatus.REQUESTED
    )
    runs = models.PositiveIntegerField(_("runs"), default=0)
    repaired = models.PositiveIntegerField(_("made good"), default=0)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    requested_at = models.DateTimeField(_("requested"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "day"], name="reconciliation_once"),
            models.CheckConstraint(condition=Q(status__in=states.ReconciliationStatus.values), name="reconciliation_status"),
        ]
        indexes = [models.Index(fields=["requested_at"], name="reconciliation_due", condition=Q(status="requested"))]

    def __str__(self) -> str:
        return f"{self.gateway} {self.day:%Y-%m-%d}"


class ReconciliationTotal(models.Model):
    """Number and sum of one kind of movement in one currency, ours and theirs."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="totals")
    movement = models.CharField(_("movement"), max_length=10, choices=Movement.choices)
    currency = models.CharField(max_length=3)
    our_count = models.PositiveIntegerField(default=0)
    our_minor = models.BigIntegerField(default=0)
    their_count = models.PositiveIntegerField(default=0)
    their_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reconciliation", "movement", "currency"], name="reconciliation_total_once")]

    def __str__(self) -> str:
        return f"{self.movement} {self.currency}"


class ReconciliationDifference(Stateful):
    """One movement on which the provider and we do not agree, until a person has explained or resolved it."""

    TRANSITIONS = states.DIFFERENCE_TRANSITIONS

    class Kind(models.TextChoices):
        MISSING_HERE = "missing_here", _("Not in our books")
        MISSING_THERE = "missing_there", _("Not at the provider")
        AMOUNT_DIFFERS = "amount_differs", _("Another amount")
        CURRENCY_DIFFERS = "currency_differs", _("Another currency")
        STATUS_DIFFERS = "status_differs", _("Not settled here")
        TWICE_THERE = "twice_there", _("Twice at the provider")

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(_("difference"), max_length=20, choices=Kind.choices)
    movement = models.CharField(_("movement"), max_length=10, choices=Movement.choices)
    provider_id = models.CharField(_("provider's number"), max_length=120, blank=True)
    reference = models.CharField(_("our number"), max_length=120, blank=True)
    our_minor = models.BigIntegerField(_("ours"), null=True)
    our_currency = models.CharField(max_length=3, blank=True)
    our_status = models.CharField(_("our status"), max_length=20, blank=True)
    their_minor = models.BigIntegerField(_("theirs"), null=True)
    their_currency = models.CharField(max_length=3, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=states.DifferenceStatus.choices, default=states.DifferenceStatus.OPEN)
    settled_by = models.CharField(max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "movement", "kind", "provider_id", "reference"],
                condition=Q(status="open"),
                name="reconciliation_difference_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["missing_here", "missing_there", "amount_differs", "currency_differs", "status_differs", "twice_there"]
                ),
                name="reconciliation_difference_kind",
            ),
            models.CheckConstraint(condition=Q(status__in=states.DifferenceStatus.values), name="reconciliation_difference_status"),
            models.CheckConstraint(condition=Q(status="open") | ~Q(note=""), name="reconciliation_difference_note"),
        ]
        indexes = [models.Index(fields=["reconciliation"], name="reconciliation_open", condition=Q(status="open"))]

    def __str__(self) -> str:
        return f"{self.movement} {self.kind}"
