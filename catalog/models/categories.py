"""The category tree and brands."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from catalog.models.attributes import ProductType
from core.i18n import Translated
from core.models import Entity


class Category(Translated, MP_Node):
    """A node of the category tree; `path` (treebeard) makes a subtree one index range."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    picture = models.CharField(max_length=200, blank=True)
    product_type = models.ForeignKey(
        ProductType,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product type"),
        help_text=_("What is asked of products here; without one, as of the category above."),
    )
    is_risky = models.BooleanField(
        _("often bought with stolen cards"),
        default=False,
        help_text=_("Payments for such goods, here and below, are looked at more closely."),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.text("name")


class Brand(Translated, Entity):
    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.text("name")
