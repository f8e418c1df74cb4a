from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Category
from core.models import Entity, Stateful
from merchants.models import Merchant, TenantQuerySet, Violation
from payments.states import PENALTY_TRANSITIONS, PenaltyStatus


class DepositRule(Entity):
    """How much merchants of a kind, or with goods in a category or below it, leave with the operator; of several the highest counts."""

    kind = models.CharField(_("kind of merchant"), max_length=20, choices=Merchant.Kind.choices, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category"))
    amount_minor = models.BigIntegerField(_("deposit"), help_text="Minor units of the marketplace's currency.")
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("deposit rule")
        verbose_name_plural = _("deposit rules")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="deposit_rule_amount"),
            models.CheckConstraint(condition=Q(kind="") | Q(kind__in=Merchant.Kind.values), name="deposit_rule_kind"),
            models.UniqueConstraint(
                fields=["kind", "category"], condition=Q(is_active=True), nulls_distinct=False, name="deposit_rule_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display() or _("Every kind"))


class Deposit(Entity):
    """What a merchant has to leave with the operator. What it has left is on the ledger; whoever moves that locks this row first."""

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="deposit", verbose_name=_("merchant"))
    currency = models.CharField(max_length=3)
    required_minor = models.BigIntegerField(_("required"), default=0)
    next_look_at = models.DateTimeField(db_index=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        constraints = [models.CheckConstraint(condition=Q(required_minor__gte=0), name="deposit_required")]

    def __str__(self) -> str:
        return str(self.merchant)


class DepositMovement(Entity):
    """Money that went into a merchant's deposit (positive) or left it, in minor units. `key` makes it happen once. Append-only."""

    class Kind(models.TextChoices):
        PAID = "paid", _("Paid from the balance")
        HELD_BACK = "held_back", _("Held back from sales")
        PENALTY = "penalty", _("Penalty")
        PENALTY_RETURNED = "penalty_returned", _("Penalty returned")
        RETURNED = "returned", _("Returned")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", verbose_name=_("merchant"))
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=80, unique=True)
    actor = models.CharField(_("by"), max_length=80)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit movement")
        verbose_name_plural = _("deposit movements")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["paid", "held_back", "penalty_returned"], amount_minor__gt=0)
                | Q(kind__in=["penalty", "returned"], amount_minor__lt=0),
                name="deposit_movement_amount",
            )
        ]
        indexes = [models.Index(fields=["merchant", "-created_at"], name="deposit_movements")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"


class Penalty(Stateful):
    """The money of a violation, taken once its appeal is over; `deposit_minor` of it came from the deposit, the rest from payable."""

    TRANSITIONS = PENALTY_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="penalties", verbose_name=_("merchant"))
    violation = models.OneToOneField(Violation, on_delete=models.PROTECT, related_name="taken_penalty", verbose_name=_("violation"))
    status = models.CharField(_("status"), max_length=10, choices=PenaltyStatus.choices, default=PenaltyStatus.TAKEN)
    amount_minor = models.BigIntegerField(_("amount"))
    deposit_minor = models.BigIntegerField(_("of it from the deposit"), default=0)
    currency = models.CharField(max_length=3)
    returned_at = models.DateTimeField(_("returned"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("penalty")
        verbose_name_plural = _("penalties")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PenaltyStatus.values), name="penalty_status"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, deposit_minor__gte=0, deposit_minor__lte=F("amount_minor")), name="penalty_amount"
            ),
            models.CheckConstraint(
                condition=Q(status="taken", returned_at=None) | Q(status="returned", returned_at__isnull=False), name="penalty_returned"
            ),
        ]

    def __str__(self) -> str:
        return str(self.violation)
