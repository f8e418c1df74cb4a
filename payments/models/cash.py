from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity, Stateful
from core.money import Money
from merchants.models import Merchant, TenantQuerySet
from payments import states


class CashCollection(Stateful):
    """Cash on delivery: what a merchant collects at the door for one merchant order (`reference`), and the commission owed for it.

    `total_minor` is the whole order, `amount_minor` the part paid in cash; the rest (points, credit, often nothing) is held in
    escrow, where the order's claims are made too. `user_id` is the member who bought it. The `refunded_` columns are the sums
    of its CashReturn rows.
    """

    TRANSITIONS = states.CASH_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="cash_collections")
    purchase = models.UUIDField(db_index=True)
    reference = models.UUIDField(unique=True)
    user_id = models.UUIDField(null=True)
    total_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField(_("to collect"))
    commission_minor = models.BigIntegerField(_("commission"))
    commission_tax_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    refunded_cash_minor = models.BigIntegerField(default=0)
    refunded_commission_minor = models.BigIntegerField(default=0)
    refunded_commission_tax_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    status = models.CharField(_("status"), max_length=10, choices=states.CashStatus.choices, default=states.CashStatus.DUE)
    collected_at = models.DateTimeField(_("collected"), null=True)
    settled_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash on delivery")
        verbose_name_plural = _("cash on delivery")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0) & Q(amount_minor__lte=F("total_minor")), name="cash_amount"),
            models.CheckConstraint(
                condition=Q(commission_minor__gte=0, commission_tax_minor__gte=0)
                & Q(total_minor__gte=F("commission_minor") + F("commission_tax_minor")),
                name="cash_commission",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("total_minor"))
                & Q(refunded_cash_minor__gte=0, refunded_cash_minor__lte=F("amount_minor"))
                & Q(refunded_commission_minor__gte=0, refunded_commission_minor__lte=F("commission_minor"))
                & Q(refunded_commission_tax_minor__gte=0, refunded_commission_tax_minor__lte=F("commission_tax_minor")),
                name="cash_refunded",
            ),
            models.CheckConstraint(condition=~Q(status="refunded") | Q(refunded_minor=F("total_minor")), name="cash_refunded_whole"),
            models.CheckConstraint(
                condition=Q(status__in=["due", "dropped"], collected_at=None)
                | Q(status="collected", collected_at__isnull=False)
                | Q(status="refunded"),
                name="cash_collected",
            ),
            models.CheckConstraint(condition=Q(status__in=states.CashStatus.values), name="cash_status"),
        ]

    def __str__(self) -> str:
        return f"{Money(self.amount_minor, self.currency).format()} {self.status}"

    @property
    def left_minor(self) -> int:
        return self.total_minor - self.refunded_minor

    @property
    def commission_left_minor(self) -> int:
        return self.commission_minor - self.refunded_commission_minor

    @property
    def commission_tax_left_minor(self) -> int:
        return self.commission_tax_minor - self.refunded_commission_tax_minor


class CashReturn(Entity):
    """A part of a cash order that goes back, once per cause: to the shopper's store credit, or by the merchant's own hand to a guest.

    `amount_minor` is the part of the whole order, `cash_minor` what of it was paid in cash.
    """

    class Way(models.TextChoices):
        STORE_CREDIT = "store_credit", _("Store credit")
        MERCHANT = "merchant", _("The merchant pays the guest")

    collection = models.ForeignKey(CashCollection, on_delete=models.PROTECT, related_name="returns")
    cause = models.UUIDField()
    way = models.CharField(_("way"), max_length=12, choices=Way.choices)
    amount_minor = models.BigIntegerField(_("amount"))
    cash_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField(default=0)
    commission_tax_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)
    points_minor = models.BigIntegerField(default=0)
    paid_at = models.DateTimeField(_("paid by the merchant"), null=True)

    class Meta:
        verbose_name = _("refund of a cash order")
        verbose_name_plural = _("refunds of cash orders")
        constraints = [
            models.UniqueConstraint(fields=["collection", "cause"], name="cash_return_once"),
            models.CheckConstraint(condition=Q(cash_minor__gte=0) & Q(cash_minor__lte=F("amount_minor")), name="cash_return_amount"),
            models.CheckConstraint(condition=Q(way__in=["store_credit", "merchant"]), name="cash_return_way"),
        ]

    def __str__(self) -> str:
        return f"{self.collection_id} {self.amount_minor}"

    @property
    def currency(self) -> str:
        return self.collection.currency
