from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from core.ids import order_number
from core.models import Entity, Stateful
from logistics import states
from logistics.models.stock import Warehouse
from merchants.models import Merchant, TenantQuerySet


class Transfer(Stateful):
    """Goods that go from one warehouse to another. Between sent and received they lie on no shelf; their movements out name it."""

    TRANSITIONS = states.TRANSFER_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="transfers", editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True, default=order_number, editable=False)
    source = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("from warehouse"))
    target = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("to warehouse"))
    status = models.CharField(_("status"), max_length=20, choices=states.TransferStatus.choices, default=states.TransferStatus.DRAFT)
    note = models.CharField(_("note"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    received_at = models.DateTimeField(_("arrived"), null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=states.TransferStatus.values), name="transfer_status"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_elsewhere"),
        ]

    def __str__(self) -> str:
        return self.number


class TransferLine(Entity):
    """So many pieces sent; `received` is what was counted on arrival, the rest was lost on the way."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+", verbose_name=_("variant"))
    quantity = models.PositiveIntegerField(_("sent pieces"))
    received = models.PositiveIntegerField(_("arrived pieces"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("goods")
        verbose_name_plural = _("goods")
        constraints = [
            models.UniqueConstraint(fields=["transfer", "variant"], name="transfer_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="transfer_line_quantity"),
            models.CheckConstraint(condition=Q(received__isnull=True) | Q(received__lte=F("quantity")), name="transfer_line_received"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"
