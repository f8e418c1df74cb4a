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


class Supplier(Entity):
    """Whom a merchant buys goods from."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="suppliers", editable=False)
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    lead_days = models.PositiveSmallIntegerField(_("days until goods arrive"), default=7)
    is_active = models.BooleanField(_("active"), default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [models.UniqueConstraint(fields=["merchant", "code"], name="supplier_code")]

    def __str__(self) -> str:
        return self.name


class PurchaseOrder(Stateful):
    """Goods ordered from a supplier into a warehouse; they may arrive in parts."""

    TRANSITIONS = states.PURCHASE_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="purchase_orders", editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True, default=order_number, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="orders", verbose_name=_("supplier"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    status = models.CharField(_("status"), max_length=20, choices=states.PurchaseStatus.choices, default=states.PurchaseStatus.DRAFT)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    ordered_at = models.DateTimeField(_("ordered"), null=True, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        constraints = [models.CheckConstraint(condition=Q(status__in=states.PurchaseStatus.values), name="purchase_status")]

    def __str__(self) -> str:
        return self.number


class PurchaseLine(Entity):
    """So many pieces ordered, and how many of them have come; no more than were ordered."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+", verbose_name=_("variant"))
    quantity = models.PositiveIntegerField(_("ordered pieces"))
    received = models.PositiveIntegerField(_("received pieces"), default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("goods")
        verbose_name_plural = _("goods")
        constraints = [
            models.UniqueConstraint(fields=["order", "variant"], name="purchase_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="purchase_line_quantity"),
            models.CheckConstraint(condition=Q(received__lte=F("quantity")), name="purchase_line_received"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"
