from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Stateful
from logistics.models import Shipment
from merchants.models import Merchant, TenantQuerySet
from orders import states
from orders.models.purchases import MerchantOrder


class UndeliveredParcel(Stateful):
    """A parcel of an order that came back or got lost: the merchant sends its goods again or gives the money back."""

    class Kind(models.TextChoices):
        RETURNED = "returned", _("Came back")
        LOST = "lost", _("Got lost")

    TRANSITIONS = states.UNDELIVERED_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="undelivered", verbose_name=_("order"))
    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="undelivered", verbose_name=_("parcel"))
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=12, choices=states.UndeliveredStatus.choices, default=states.UndeliveredStatus.OPEN)
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("undelivered parcel")
        verbose_name_plural = _("undelivered parcels")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=states.UndeliveredStatus.values), name="undelivered_status"),
            models.CheckConstraint(condition=Q(kind__in=["returned", "lost"]), name="undelivered_kind"),
        ]
        indexes = [models.Index(fields=["merchant", "-created_at"], name="undelivered_open", condition=Q(status="open"))]

    def __str__(self) -> str:
        return str(self.shipment)
