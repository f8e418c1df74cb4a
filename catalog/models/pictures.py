"""Pictures of products."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product
from core.models import Entity


class Picture(Entity):
    """A product picture. `widths` and `formats` say which renditions exist in storage beside the original.

    One that shows the product with a value of an option ("Colour", "Red") names both; it is shown when that is chosen.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    original = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(max_length=200, blank=True)
    tint = models.CharField(max_length=7, blank=True)
    widths = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    formats = ArrayField(models.CharField(max_length=5), default=list, blank=True)

    option_name = models.CharField(max_length=60, blank=True)
    option_value = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        indexes = [models.Index(fields=["product", "position"], name="picture_order")]

    def __str__(self) -> str:
        return self.original

    @property
    def prefix(self) -> str:
        """The folder in storage where the original and its renditions lie."""
        return self.original.rpartition("/")[0]
