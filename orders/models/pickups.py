from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Stateful
from logistics.models import Warehouse
from merchants.models import Merchant, TenantQuerySet
from orders import states
from orders.models.purchases import MerchantOrder


class Pickup(Stateful):
    """An order that its shopper picks up in a store. The code that proves who they are is there from when the goods are ready.

    `code` is encrypted for showing it to the shopper, `code_hash` finds it when it is said in the store; both go when it has been used.
    """

    TRANSITIONS = states.PICKUP_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    order = models.OneToOneField(MerchantOrder, on_delete=models.PROTECT, related_name="pickup")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    status = models.CharField(_("status"), max_length=10, choices=states.PickupStatus.choices, default=states.PickupStatus.WAITING)
    promised_at = models.DateTimeField(_("promised"), null=True)
    keep_days = models.PositiveSmallIntegerField()
    code = models.TextField(blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(_("ready"), null=True)
    keep_until = models.DateTimeField(_("kept until"), null=True)
    ended_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("pick-up")
        verbose_name_plural = _("pick-ups")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=states.PickupStatus.values), name="pickup_status"),
            models.CheckConstraint(
                condition=(Q(status="ready", ready_at__isnull=False, keep_until__isnull=False) & ~Q(code_hash="") & ~Q(code=""))
                | (~Q(status="ready") & Q(code="", code_hash="")),
                name="pickup_code",
            ),
            models.UniqueConstraint(fields=["merchant", "code_hash"], condition=Q(status="ready"), name="pickup_code_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "promised_at"], name="pickup_queue"),
            models.Index(fields=["keep_until"], name="pickup_due", condition=Q(status="ready")),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.status}"
