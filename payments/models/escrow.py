from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity, Stateful
from core.money import Money
from merchants.models import Merchant, TenantQuerySet
from payments import states


class EscrowHold(Stateful):
    """The shopper's money for one merchant order (`reference`), until it is released to the merchant or refunded.

    The `refunded_` columns are the sums of its EscrowReturn rows: how much of the amount, of the part paid with points, and
    of commission and its tax has been taken back. A hold is refunded when all of its amount has.
    """

    TRANSITIONS = states.ESCROW_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="escrow_holds")
    purchase = models.UUIDField()
    reference = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField()
    points_minor = models.BigIntegerField(default=0)
    commission_minor = models.BigIntegerField()
    commission_tax_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    refunded_points_minor = models.BigIntegerField(default=0)
    refunded_commission_minor = models.BigIntegerField(default=0)
    refunded_commission_tax_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    status = models.CharField(_("status"), max_length=10, choices=states.EscrowStatus.choices, default=states.EscrowStatus.HELD)
    released_at = models.DateTimeField(_("released"), null=True)
    settled_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("escrow hold")
        verbose_name_plural = _("escrow holds")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="escrow_amount"),
            models.CheckConstraint(condition=Q(points_minor__gte=0) & Q(points_minor__lte=F("amount_minor")), name="escrow_points"),
            models.CheckConstraint(
                condition=Q(commission_minor__gte=0, commission_tax_minor__gte=0)
                & Q(amount_minor__gte=F("commission_minor") + F("commission_tax_minor")),
                name="escrow_commission",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor"))
                & Q(refunded_points_minor__gte=0, refunded_points_minor__lte=F("points_minor"))
                & Q(refunded_commission_minor__gte=0, refunded_commission_minor__lte=F("commission_minor"))
                & Q(refunded_commission_tax_minor__gte=0, refunded_commission_tax_minor__lte=F("commission_tax_minor")),
                name="escrow_refunded",
            ),
            models.CheckConstraint(condition=~Q(status="refunded") | Q(refunded_minor=F("amount_minor")), name="escrow_refunded_whole"),
            models.CheckConstraint(
                condition=Q(status="held", released_at=None) | Q(status="released", released_at__isnull=False) | Q(status="refunded"),
                name="escrow_released",
            ),
            models.CheckConstraint(condition=Q(status__in=states.EscrowStatus.values), name="escrow_status"),
        ]

    def __str__(self) -> str:
        return f"{Money(self.amount_minor, self.currency).format()} {self.get_status_display()}"

    @property
    def left_minor(self) -> int:
        return self.amount_minor - self.refunded_minor

    @property
    def commission_left_minor(self) -> int:
        return self.commission_minor - self.refunded_commission_minor

    @property
    def commission_tax_left_minor(self) -> int:
        return self.commission_tax_minor - self.refunded_commission_tax_minor


class EscrowReturn(Entity):
    """One taking back of an order's money: to the shopper, or to a dispute lost at the provider. Once per cause."""

    hold = models.ForeignKey(EscrowHold, on_delete=models.PROTECT, related_name="returns")
    cause = models.UUIDField()
    is_chargeback = models.BooleanField(_("lost dispute"), default=False)
    amount_minor = models.BigIntegerField()
    points_minor = models.BigIntegerField(default=0)
    cash_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)
    commission_minor = models.BigIntegerField(default=0)
    commission_tax_minor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("return of money")
        verbose_name_plural = _("returns of money")
        constraints = [
            models.UniqueConstraint(fields=["hold", "cause"], name="escrow_return_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="escrow_return_amount"),
            models.CheckConstraint(
                condition=Q(is_chargeback=True) | Q(amount_minor=F("points_minor") + F("cash_minor") + F("credit_minor")),
                name="escrow_return_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.amount_minor}"

    @property
    def currency(self) -> str:
        return self.hold.currency


class EscrowFreeze(Entity):
    """A claim on an order's money (`cause`: a case or a dispute). While it is open the hold is not released.

    `reserved_minor` of a hold released before the claim is set aside from the merchant's payable.
    """

    hold = models.ForeignKey(EscrowHold, on_delete=models.PROTECT, related_name="freezes")
    cause = models.UUIDField(db_index=True)
    reserved_minor = models.BigIntegerField(default=0)
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    class Meta:
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        constraints = [
            models.UniqueConstraint(fields=["hold", "cause"], condition=Q(lifted_at=None), name="escrow_freeze_once"),
            models.CheckConstraint(condition=Q(reserved_minor__gte=0), name="escrow_freeze_reserved"),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.reserved_minor}"

    @property
    def currency(self) -> str:
        return self.hold.currency
