from __future__ import annotations

from django.db import models
from django.db.models import Q
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
