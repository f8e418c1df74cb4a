from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity, Stateful
from core.money import Money
from payments import states


class ExpectedTransfer(Entity):
    """A bank transfer a shopper was asked for; `code` is the payment reference to write into it.

    With the two tables below it is the bank's side of things: nobody but the gateway's books reads or writes it.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Awaited")
        PAID = "paid", _("Arrived")
        CLOSED = "closed", _("No longer awaited")

    idempotency_key = models.CharField(max_length=64, unique=True)
    code = models.CharField(_("payment reference"), max_length=14, unique=True)
    attempt = models.UUIDField()
    description = models.CharField(_("purchase"), max_length=200, blank=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    notify_at = models.DateTimeField(null=True)
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("expected transfer")
        verbose_name_plural = _("expected transfers")
        indexes = [models.Index(fields=["notify_at"], name="expected_transfer_notify", condition=Q(notify_at__isnull=False))]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["open", "paid", "closed"]), name="expected_transfer_status"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=F("amount_minor")), name="expected_transfer_refunded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {Money(self.amount_minor, self.currency).format()}"


class BankLine(Stateful):
    """One line of the account's statement, once for ever by the bank's own transaction id."""

    TRANSITIONS = states.BANK_LINE_TRANSITIONS

    transaction_id = models.CharField(_("bank's transaction"), max_length=80, unique=True)
    booked_on = models.DateField(_("date"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    text = models.CharField(_("reference text"), max_length=500, blank=True)
    payer = models.CharField(_("payer's account"), max_length=120, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=states.BankLineStatus.choices, default=states.BankLineStatus.UNMATCHED)
    problem = models.CharField(_("why it did not match"), max_length=20, choices=states.LineProblem.choices, blank=True)
    transfer = models.ForeignKey(ExpectedTransfer, on_delete=models.PROTECT, null=True, related_name="lines")

    class Meta:
        verbose_name = _("bank statement line")
        verbose_name_plural = _("bank statement lines")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="bank_line_amount"),
            models.CheckConstraint(condition=Q(status__in=states.BankLineStatus.values), name="bank_line_status"),
            models.CheckConstraint(condition=Q(status="matched") ^ Q(transfer=None), name="bank_line_matched"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {Money(self.amount_minor, self.currency).format()}"


class OutgoingTransfer(Stateful):
    """A refund that somebody has to make by hand at the bank."""

    TRANSITIONS = states.OUTGOING_TRANSITIONS

    transfer = models.ForeignKey(ExpectedTransfer, on_delete=models.PROTECT, related_name="outgoing")
    refund = models.UUIDField()
    idempotency_key = models.CharField(max_length=64, unique=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    status = models.CharField(_("status"), max_length=10, choices=states.OutgoingStatus.choices, default=states.OutgoingStatus.TO_MAKE)
    settled_at = models.DateTimeField(_("made"), null=True)

    class Meta:
        verbose_name = _("transfer to make")
        verbose_name_plural = _("transfers to make")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="outgoing_transfer_amount"),
            models.CheckConstraint(condition=Q(status__in=states.OutgoingStatus.values), name="outgoing_transfer_status"),
        ]

    def __str__(self) -> str:
        return f"{Money(self.amount_minor, self.currency).format()} {self.status}"
