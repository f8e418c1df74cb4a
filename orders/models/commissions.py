from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity
from merchants.models import CommissionRule
from orders.models.purchases import MerchantOrder, OrderLine


class CommissionLine(Entity):
    """What the operator keeps of one line of an order, or of its shipping (`line` is NULL), as the plan said when it was placed.

    `rule` is the version that applied, NULL for the plan's own rate. `base_minor` is net of tax; `tax_minor` is the tax on the
    operator's fee. Written once.
    """

    # The unique constraint's index finds the lines of an order; nobody asks for those of a rule.

    order = models.ForeignKey(MerchantOrder, on_delete=models.CASCADE, db_index=False, related_name="commission_lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, null=True, db_index=False, related_name="commission_lines")
    rule = models.ForeignKey(
        CommissionRule, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("commission rule")
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    gross_minor = models.BigIntegerField()
    base_minor = models.BigIntegerField(_("net"))
    rate_bps = models.PositiveIntegerField(_("rate in basis points"), null=True)
    fixed_minor = models.BigIntegerField(_("fee per piece"), null=True)
    amount_minor = models.BigIntegerField(_("commission"))
    tax_bps = models.PositiveIntegerField(default=0)
    tax_minor = models.BigIntegerField(_("tax on it"), default=0)

    class Meta:
        verbose_name = _("commission line")
        verbose_name_plural = _("commission lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "line"], name="commission_line_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, tax_minor__gte=0, base_minor__lte=F("gross_minor"))
                & Q(gross_minor__gte=F("amount_minor") + F("tax_minor")),
                name="commission_line_within_gross",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.amount_minor}"
