"""Prices that are asked for and agreed upon between one shopper and one merchant."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Variant
from core.models import Stateful
from merchants.models import Merchant, TenantQuerySet
from orders import states
from orders.models.purchases import Checkout


class Quote(Stateful):
    """A member asks a merchant for the price of many pieces; what is agreed is good for one purchase until `due_at`.

    `unit_minor` is in the variant's own currency. `due_at` is the deadline of every state that waits, by the database's clock.
    """

    TRANSITIONS = states.QUOTE_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", verbose_name=_("merchant"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="quotes", verbose_name=_("shopper"))
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+", verbose_name=_("variant"))
    status = models.CharField(_("status"), max_length=10, choices=states.QuoteStatus.choices, default=states.QuoteStatus.REQUESTED)
    quantity = models.PositiveIntegerField(_("quantity"))
    message = models.TextField(_("message"), blank=True, validators=[MaxLengthValidator(1000)])
    currency = models.CharField(max_length=3)
    unit_minor = models.BigIntegerField(_("price of a piece"), null=True)
    note = models.CharField(_("answer"), max_length=500, blank=True)
    due_at = models.DateTimeField(_("until"), null=True)
    checkout = models.ForeignKey(Checkout, on_delete=models.PROTECT, null=True, related_name="quotes", verbose_name=_("purchase"))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("price request")
        verbose_name_plural = _("price requests")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=states.QuoteStatus.values), name="quote_status"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="quote_quantity"),
            models.CheckConstraint(condition=Q(unit_minor=None) | Q(unit_minor__gt=0, unit_minor__lte=10**12), name="quote_price"),
            models.CheckConstraint(
                condition=~Q(status__in=["offered", "accepted", "ordered"]) | Q(unit_minor__isnull=False), name="quote_offer_has_price"
            ),
            models.CheckConstraint(condition=~Q(status__in=states.QUOTE_WAITING) | Q(due_at__isnull=False), name="quote_due"),
            models.CheckConstraint(condition=~Q(status="ordered") | Q(checkout__isnull=False), name="quote_ordered"),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "-created_at"], name="quote_queue"),
            models.Index(fields=["user", "-created_at"], name="quote_of_user"),
            models.Index(fields=["due_at"], name="quote_deadline", condition=Q(status__in=states.QUOTE_WAITING)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant}"

    @property
    def total_minor(self) -> int | None:
        return None if self.unit_minor is None else self.unit_minor * self.quantity
