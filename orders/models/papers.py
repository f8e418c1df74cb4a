from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity
from merchants.models import Merchant, TenantQuerySet
from orders.models.purchases import MerchantOrder


class PaperKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class Invoice(Entity):
    """An invoice or a credit note of a merchant, as it was issued; never changed. `content` is all that is printed.

    A credit note corrects its invoice for one refund, whose `cause` it bears.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="papers", verbose_name=_("merchant"))
    order = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="papers", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=12, choices=PaperKind.choices)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credit_notes", verbose_name=_("corrects invoice")
    )
    cause = models.UUIDField(null=True)
    number = models.CharField(_("number"), max_length=24)
    series = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField(_("year"))
    sequence = models.PositiveIntegerField()
    issued_at = models.DateTimeField(_("issued"))
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField(_("total"))
    tax_minor = models.BigIntegerField(_("tax included"))
    content = models.JSONField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "series", "year", "sequence"], name="paper_number"),
            models.UniqueConstraint(fields=["order"], condition=Q(kind="invoice"), name="paper_one_invoice"),
            models.UniqueConstraint(fields=["order", "cause"], condition=Q(kind="credit_note"), name="paper_one_credit_note"),
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects=None, cause=None) | Q(kind="credit_note", corrects__isnull=False, cause__isnull=False),
                name="paper_kind",
            ),
            models.CheckConstraint(condition=Q(tax_minor__gte=0, tax_minor__lte=F("total_minor"), sequence__gt=0), name="paper_amounts"),
        ]
        indexes = [models.Index(fields=["merchant", "-issued_at"], name="paper_newest")]

    def __str__(self) -> str:
        return self.number


class PaperCounter(models.Model):
    """The last number given of a merchant's series in a year. Its row is locked by whoever issues, until that is committed or undone."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    series = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "series", "year"], name="paper_counter_once")]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}-{self.last}"
