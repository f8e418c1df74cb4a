from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity, Stateful
from core.money import Money
from merchants.models import Merchant, TenantQuerySet
from payments import states
from payments.models.ledger import LedgerEntry


def default_minimum() -> int:
    """What the operator lets a payout be at least, in minor units of the settlement currency."""
    return int(settings.PAYOUT_MINIMUM_MINOR)


class PayoutSchedule(Entity):
    """When a merchant is paid. Its row is locked while a period is closed, which makes numbers gapless and a period close once."""

    class Frequency(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="payout_schedule", verbose_name=_("merchant"))
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency.choices, default=Frequency.WEEKLY)
    weekday = models.PositiveSmallIntegerField(_("day of the week, Monday is 0"), default=0)
    day = models.PositiveSmallIntegerField(_("day of the month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)])
    minimum_minor = models.BigIntegerField(_("smallest payout"), default=default_minimum)
    next_payout_at = models.DateTimeField(_("next payout"))
    last_number = models.PositiveIntegerField(_("statements so far"), default=0)
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    paused_reason = models.CharField(_("reason for the pause"), max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout schedule")
        verbose_name_plural = _("payout schedules")
        constraints = [
            models.CheckConstraint(condition=Q(frequency__in=["daily", "weekly", "monthly"]), name="payout_frequency"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="payout_weekday"),
            models.CheckConstraint(condition=Q(day__gte=1) & Q(day__lte=28), name="payout_day"),
            models.CheckConstraint(condition=Q(minimum_minor__gt=0), name="payout_minimum"),
        ]
        indexes = [models.Index(fields=["next_payout_at"], name="payout_schedule_due")]

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.get_frequency_display()}"

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None


class BankAccount(Entity):
    """Where a merchant's payouts go. Never changed and never deleted: another one replaces it, and waits a day before it is used.

    `details` is encrypted (payments.encryption); only holder, country and the last four characters are ever shown.
    """

    class Kind(models.TextChoices):
        BANK = "bank", _("Bank account")
        STRIPE = "stripe", _("Stripe account")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="bank_accounts", verbose_name=_("merchant"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.BANK)
    holder = models.CharField(_("account holder"), max_length=120)
    country = models.CharField(_("country"), max_length=2)
    last4 = models.CharField(_("last four characters"), max_length=4)
    details = models.TextField(_("encrypted details"))
    connected_account = models.CharField(_("connected account"), max_length=120, blank=True)
    usable_from = models.DateTimeField(_("usable from"))
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = [
            models.UniqueConstraint(fields=["merchant"], condition=Q(replaced_at__isnull=True), name="bank_account_one_current"),
            models.CheckConstraint(condition=Q(kind__in=["bank", "stripe"]), name="bank_account_kind"),
            models.CheckConstraint(condition=Q(kind="bank") | ~Q(connected_account=""), name="bank_account_connected"),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.hint}"

    @property
    def hint(self) -> str:
        """What may be shown of the number."""
        return f"•••• {self.last4}"


class BankAccountAccess(Entity):
    """Who set, replaced or looked at bank details, and why. Append-only."""

    class Action(models.TextChoices):
        ADDED = "added", _("Added")
        REPLACED = "replaced", _("Replaced")
        REVEALED = "revealed", _("Looked at")
        EXPORTED = "exported", _("Written into a payment file")

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="accesses")
    action = models.CharField(_("what"), max_length=10, choices=Action.choices)
    actor = models.CharField(_("who"), max_length=80)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("access to bank details")
        verbose_name_plural = _("accesses to bank details")
        constraints = [
            models.CheckConstraint(condition=Q(action__in=["added", "replaced", "revealed", "exported"]), name="bank_access_action"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.action}"


class PayoutStatement(Entity):
    """A closed period of a merchant's payable account. It takes every entry no other statement has, so opening + lines = closing.

    Append-only. Amounts are positive where they are the merchant's. `carried` says why nothing was paid out.
    """

    class Carried(models.TextChoices):
        PAID_OUT = "", _("Paid out")
        NOTHING = "nothing", _("Nothing to pay out")
        BELOW_MINIMUM = "below_minimum", _("Below the smallest payout")
        NO_ACCOUNT = "no_account", _("No bank account to pay to yet")
        PAUSED = "paused", _("Payouts are paused")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="payout_statements", verbose_name=_("merchant"))
    currency = models.CharField(_("currency"), max_length=3)
    number = models.PositiveIntegerField(_("number"))
    due_at = models.DateTimeField(_("due"))
    period_start = models.DateTimeField(_("from"))
    period_end = models.DateTimeField(_("to"))
    opening_minor = models.BigIntegerField(_("opening balance"))
    closing_minor = models.BigIntegerField(_("closing balance"))
    carried = models.CharField(_("carried forward because"), max_length=15, choices=Carried.choices, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout statement")
        verbose_name_plural = _("payout statements")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="statement_number"),
            models.UniqueConstraint(fields=["merchant", "currency", "due_at"], name="statement_period"),
            models.CheckConstraint(condition=Q(number__gt=0), name="statement_number_positive"),
            models.CheckConstraint(condition=Q(period_start__lte=F("period_end")), name="statement_period_order"),
            models.CheckConstraint(
                condition=Q(carried__in=["", "nothing", "below_minimum", "no_account", "paused"]), name="statement_carried"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number:04d} {self.currency}"


class StatementLine(models.Model):
    """One payable ledger entry and the one statement it is in."""

    statement = models.ForeignKey(PayoutStatement, on_delete=models.PROTECT, related_name="lines")
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="statement_line")

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")

    def __str__(self) -> str:
        return f"{self.statement_id} {self.entry_id}"


class TransferFile(Entity):
    """Payouts the operator carries to the bank in one file; made once, downloaded as often as wanted."""

    actor = models.CharField(_("made by"), max_length=80)

    class Meta:
        verbose_name = _("payment file")
        verbose_name_plural = _("payment files")

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class Payout(Stateful):
    """A merchant's money on its way to them: one transfer per statement, known to the provider by its key."""

    TRANSITIONS = states.PAYOUT_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("merchant"))
    statement = models.OneToOneField(PayoutStatement, on_delete=models.PROTECT, related_name="payout", verbose_name=_("statement"))
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("bank account"))
    file = models.ForeignKey(
        TransferFile, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts", verbose_name=_("payment file")
    )
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    gateway = models.CharField(_("way"), max_length=20)
    destination = models.CharField(_("goes to"), max_length=120)
    status = models.CharField(_("status"), max_length=10, choices=states.PayoutStatus.choices, default=states.PayoutStatus.REQUESTED)
    idempotency_key = models.CharField(max_length=64, unique=True)
    provider_id = models.CharField(_("number at the provider"), max_length=120, blank=True)
    failure_code = models.CharField(_("reason for the failure"), max_length=60, blank=True)
    polls = models.PositiveSmallIntegerField(_("looks"), default=0)
    next_poll_at = models.DateTimeField(_("next look"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_id"], condition=~Q(provider_id=""), name="payout_provider_id"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_amount"),
            models.CheckConstraint(condition=Q(status__in=states.PayoutStatus.values), name="payout_status"),
        ]
        indexes = [models.Index(fields=["next_poll_at"], name="payout_due", condition=Q(status__in=states.PAYOUT_LIVE))]

    def __str__(self) -> str:
        return f"{Money(self.amount_minor, self.currency).format()} {self.get_status_display()}"
