from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Entity
from merchants.models import Merchant


class LedgerAccount(Entity):
    """An account of the double-entry ledger; positive entries are debits. `code` is kind[:owner]:currency."""

    class Kind(models.TextChoices):
        PROVIDER_BALANCE = "provider_balance", _("Money at the provider")
        PROVIDER_CLEARING = "provider_clearing", _("Provider clearing")
        HELD = "held", _("Held in escrow")
        PAYABLE = "payable", _("Payable to merchant")
        COMMISSION = "commission", _("Commission income")
        RESERVED = "reserved", _("Reserved for disputes")
        PAYOUTS = "payouts", _("Payouts on their way")
        COMMISSION_TAX = "commission_tax", _("Tax on commission")
        STORE_CREDIT = "store_credit", _("Store credit")
        GIFT_CARD = "gift_card", _("Gift cards")
        SUBSIDIES = "subsidies", _("Subsidies and goodwill")
        DISPUTED = "disputed", _("Disputed at the provider")
        PROVIDER_FEES = "provider_fees", _("Fees of payment providers")
        POINTS_LIABILITY = "points_liability", _("Points liability")
        POINTS_EXPENSE = "points_expense", _("Points granted")
        DEPOSIT = "deposit", _("Deposits of merchants")
        PENALTIES = "penalties", _("Penalties")

    code = models.CharField(_("code"), max_length=120, unique=True)
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
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class LedgerEntry(models.Model):
    """One leg. `at` is its transaction's, so that an account is read in order without a look at transactions.

    `part` is the merchant order it is about, where its transaction covers a whole purchase.
    """

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries", db_index=False)
    at = models.DateTimeField(_("posted"), default=timezone.now)
    amount_minor = models.BigIntegerField(_("amount, debit positive"))
    currency = models.CharField(max_length=3)
    part = models.UUIDField(null=True, db_index=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="ledger_entry_amount")]
        # A statement is a range of this index, and every balance a sum over one, without a look at the table.
        indexes = [models.Index(fields=["account", "at", "id"], include=["amount_minor"], name="ledger_entry_statement")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_minor:+d}"


class LedgerBalance(models.Model):
    """What is on a guarded account (payable, store credit, gift card, deposit), credit positive, in minor units.

    The ledger's own trigger keeps it in step with the entries and nothing else may write it. Its row lock puts the writers of
    one account in a queue, and the CHECK is why an account with a floor cannot be overspent.
    """

    account = models.OneToOneField(LedgerAccount, on_delete=models.PROTECT, primary_key=True, related_name="balance")
    available_minor = models.BigIntegerField(_("available"))
    floor_minor = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [
            models.CheckConstraint(condition=Q(floor_minor=None) | Q(available_minor__gte=F("floor_minor")), name="ledger_balance_floor")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.available_minor}"
