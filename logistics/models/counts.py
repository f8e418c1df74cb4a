from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.ids import order_number
from core.models import Entity, Stateful
from logistics import states
from logistics.models.stock import Stock, Warehouse
from merchants.models import Merchant, TenantQuerySet


class StockCount(Stateful):
    """A count of some shelves of a warehouse. A difference of `confirm_from` pieces or more needs somebody's confirmation."""

    TRANSITIONS = states.COUNT_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="stock_counts", editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True, default=order_number, editable=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    status = models.CharField(_("status"), max_length=20, choices=states.CountStatus.choices, default=states.CountStatus.OPEN)
    confirm_from = models.PositiveIntegerField(_("confirm from a difference of"), default=5)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        constraints = [models.CheckConstraint(condition=Q(status__in=states.CountStatus.values), name="stock_count_status")]

    def __str__(self) -> str:
        return self.number


class CountLine(Entity):
    """One shelf to be counted: what the books said at the moment it was counted, and what was found."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    count = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="lines")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="+", verbose_name=_("stock"))
    expected = models.IntegerField(_("in the books"), null=True)
    counted = models.PositiveIntegerField(_("counted pieces"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("counted shelf")
        verbose_name_plural = _("counted shelves")
        constraints = [
            models.UniqueConstraint(fields=["count", "stock"], name="count_line_once"),
            models.CheckConstraint(
                condition=Q(expected__isnull=True, counted__isnull=True) | Q(expected__isnull=False, counted__isnull=False),
                name="count_line_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stock_id}"

    @property
    def difference(self) -> int:
        """Pieces found beyond what the books said; negative where some are missing, 0 where nobody has counted."""
        return 0 if self.counted is None or self.expected is None else self.counted - self.expected
