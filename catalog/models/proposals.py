"""Changes of goods on sale that wait for the operator."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product
from core.models import Stateful
from merchants.models import Merchant, TenantQuerySet


class Proposal(Stateful):
    """What a merchant whose goods are checked would like to say of a product; the product stays as it is until it is accepted.

    `changes` maps a field to {"old", "new"} as JSON, rows by their key. A product has one proposal at a time.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending approval")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    TRANSITIONS = {"pending": frozenset({"accepted", "rejected", "withdrawn"})}

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", verbose_name=_("merchant"))
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="proposals", verbose_name=_("product"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    changes = models.JSONField(_("changes"))
    actor = models.CharField(max_length=80)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["pending", "accepted", "rejected", "withdrawn"]), name="proposal_status"),
            models.UniqueConstraint(fields=["product"], condition=Q(status="pending"), name="proposal_one_pending"),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="proposal_queue"),
            models.Index(fields=["merchant", "-created_at"], name="proposal_of_merchant"),
        ]

    def __str__(self) -> str:
        return str(self.product)
