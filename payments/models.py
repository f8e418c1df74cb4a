from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Entity, Stateful
from core.money import Money
from merchants.models import Merchant, TenantQuerySet
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
    refunded_minor = models.BigIntegerField(default=0)
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
            models.CheckConstraint(condition=Q(status__in=states.AttemptStatus.values), name="attempt_status"),
        ]
        indexes = [
            models.Index(fields=["next_poll_at"], name="attempt_due", condition=Q(status__in=states.LIVE)),
            models.Index(fields=["reference"], name="attempt_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.status}"


class Refund(Stateful):
    """Money going back to the shopper out of one succeeded attempt."""

    TRANSITIONS = states.REFUND_TRANSITIONS

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    reference = models.UUIDField(db_index=True)
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
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount"),
            models.CheckConstraint(condition=Q(status__in=states.RefundStatus.values), name="refund_status"),
        ]
        indexes = [
            models.Index(fields=["next_poll_at"], name="refund_due", condition=Q(status__in=states.REFUND_LIVE)),
        ]

    def __str__(self) -> str:
        return f"{Money(self.amount_minor, self.currency).format()} {self.status}"


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


class InboxMessage(Stateful):
    """A verified webhook as it came in. A provider's event id is stored once; the worker re-reads the object itself.

    `attempt_id` is what the provider says it is about: a hint where to look, never a proof.
    """

    TRANSITIONS = states.MESSAGE_TRANSITIONS

    gateway = models.CharField(max_length=20)
    provider_event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=10, choices=states.Subject.choices)
    object_id = models.CharField(max_length=120)
    attempt_id = models.UUIDField(null=True)
    body = models.JSONField()
    status = models.CharField(_("status"), max_length=12, choices=states.MessageStatus.choices, default=states.MessageStatus.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=300, blank=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_event_id"], name="inbox_once"),
            models.CheckConstraint(condition=Q(status__in=states.MessageStatus.values), name="inbox_status"),
        ]
        indexes = [models.Index(fields=["next_try_at"], name="inbox_due", condition=Q(status="received"))]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind}"


class LedgerAccount(Entity):
    """An account of the double-entry ledger; positive entries are debits. `code` is kind[:owner]:currency."""

    class Kind(models.TextChoices):
        PROVIDER_BALANCE = "provider_balance", _("Money at the provider")
        PROVIDER_CLEARING = "provider_clearing", _("Provider clearing")
        HELD = "held", _("Held in escrow")
        PAYABLE = "payable", _("Payable to merchant")
        COMMISSION = "commission", _("Commission income")
        POINTS_LIABILITY = "points_liability", _("Points liability")
        POINTS_EXPENSE = "points_expense", _("Points granted")

    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    currency = models.CharField(max_length=3)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, related_name="ledger_accounts")

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")

    def __str__(self) -> str:
        return self.code


class LedgerTransaction(Entity):
    """A set of entries that sum to zero per currency, checked by the database at COMMIT. Never changed, only reversed."""

    kind = models.CharField(_("kind"), max_length=40)
    reference = models.UUIDField(_("reference"), db_index=True)
    key = models.CharField(max_length=120, unique=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    memo = models.CharField(_("memo"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"


class LedgerEntry(models.Model):
    """One leg. `part` is the merchant order it is about, where its transaction covers a whole purchase."""

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    amount_minor = models.BigIntegerField(_("amount, debit positive"))
    currency = models.CharField(max_length=3)
    part = models.UUIDField(null=True, db_index=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="ledger_entry_amount")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_minor:+d}"


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
