"""The files that a digital product is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models.products import Product, Variant
from core.models import Entity
from merchants.models import Merchant, TenantQuerySet


class DigitalFile(Entity):
    """A private file that buyers of a product, or of one variant of it, may download. Its bytes never change and are never looked into.

    Who bought while it was offered keeps it, so a withdrawn file stays on the disk.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="digital_files", verbose_name=_("product"))
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("variant"))
    label = models.CharField(pgettext_lazy("file", "label"), max_length=80)
    version = models.CharField(_("version"), max_length=30, blank=True)
    # What the merchant's own computer called it: a label for the download, never a path.
    name = models.CharField(_("file name"), max_length=120)
    file = models.CharField(max_length=100, unique=True)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("file for download")
        verbose_name_plural = _("files for download")
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="digital_file_size")]
        indexes = [models.Index(fields=["product"], name="digital_file_product")]

    @property
    def kind(self) -> str:
        """What kind of file it is, as people say it: "PDF"."""
        return self.name.rpartition(".")[2].upper()

    def __str__(self) -> str:
        return f"{self.label} {self.version}".strip()
