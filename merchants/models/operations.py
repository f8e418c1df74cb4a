from __future__ import annotations

from auditlog.models import AbstractLogEntry
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7
from merchants.models.merchants import Merchant, TenantQuerySet


class Operation(AbstractLogEntry):
    """What somebody changed by hand in a shop: django-auditlog's entry, with the shop it belongs to.

    `additional_data` says by whose side it was done ("merchant" or "operator") and, for amounts, the row's currency.
    """

    class Action(AbstractLogEntry.Action):
        choices = (
            (AbstractLogEntry.Action.CREATE, _("Added")),
            (AbstractLogEntry.Action.UPDATE, _("Changed")),
            (AbstractLogEntry.Action.DELETE, _("Removed")),
            (AbstractLogEntry.Action.ACCESS, _("Looked at")),
        )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    timestamp = models.DateTimeField(_("when"))
    action = models.PositiveSmallIntegerField(_("what was done"), choices=Action.choices)
    object_repr = models.TextField(_("what"))
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", verbose_name=_("merchant"))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operation log")
        indexes = [models.Index(fields=["merchant", "-timestamp"], name="operation_of_merchant")]

    def __str__(self) -> str:
        return self.object_repr

    @property
    def is_by_operator(self) -> bool:
        return (self.additional_data or {}).get("by") == "operator"
