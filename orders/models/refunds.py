from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity
from orders.models.purchases import MerchantOrder, OrderLine


class OrderRefund(Entity):
    """Money of an order that went back, once per `cause`: an after-sales case, or the order itself for all that was left.

    `amount` = its lines + shipping = what the provider pays + credit + points.
    """

    order = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="refunds")
    cause = models.UUIDField()
    amount_minor = models.BigIntegerField(_("amount"))
    shipping_minor = models.BigIntegerField(default=0)
    cash_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)
    points_minor = models.BigIntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=200)
    actor = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("refund of an order")
        verbose_name_plural = _("refunds of orders")
        constraints = [
            models.UniqueConstraint(fields=["order", "cause"], name="order_refund_once"),
            models.CheckConstraint(
                condition=Q(shipping_minor__gte=0, cash_minor__gte=0, credit_minor__gte=0, points_minor__gte=0)
                & Q(amount_minor__gte=F("shipping_minor"))
                & Q(amount_minor=F("cash_minor") + F("credit_minor") + F("points_minor")),
                name="order_refund_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.amount_minor}"


class OrderRefundLine(Entity):
    """What of a refund was for one line. `quantity` is how many pieces it settled."""

    refund = models.ForeignKey(OrderRefund, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refunds")
    quantity = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "order_line"], name="order_refund_line_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="order_refund_line_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.order_line_id}"
