"""What can be said of products in a form that can be compared: typed attributes, and which of them a kind of product has."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.i18n import Translated
from core.models import Entity

# A single letter is one of the shop's own facets, see catalog.rules.facets.
KEY_PATTERN = r"^[a-z][a-z0-9]+(?:-[a-z0-9]+)*$"
CHOICE_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"


class Attribute(Translated, Entity):
    """Something products of several kinds have, such as a colour or a screen size. `unit` is of numbers, choices of the other two."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        CHOICE = "choice", _("Choice")
        BOOLEAN = "boolean", _("Yes or no")
        COLOUR = "colour", _("Colour")

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(KEY_PATTERN)],
        help_text=_("Small letters, digits, hyphens."),
    )
    name = models.CharField(_("name"), max_length=80)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.CHOICE)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    is_facet = models.BooleanField(_("a filter in lists"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["text", "number", "choice", "boolean", "colour"]), name="attribute_kind"),
            models.CheckConstraint(condition=Q(key__regex=KEY_PATTERN), name="attribute_key"),
        ]

    def __str__(self) -> str:
        return self.text("name")


class AttributeChoice(Translated, Entity):
    """One of the values of a choice or a colour. `aliases` are other words merchants use for it."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="choices")
    key = models.CharField(_("key"), max_length=60, validators=[RegexValidator(CHOICE_PATTERN)])
    label = models.CharField(_("label"), max_length=80)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    swatch = models.CharField(_("colour"), max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-f]{6}$")])
    aliases = ArrayField(models.CharField(max_length=80), verbose_name=_("other words"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [models.UniqueConstraint(fields=["attribute", "key"], name="attribute_choice")]

    def __str__(self) -> str:
        return self.text("label")


class ProductType(Translated, Entity):
    """A kind of product with the attributes its products have. Categories name theirs; those below have it, too."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("product type")
        verbose_name_plural = _("product types")

    def __str__(self) -> str:
        return self.text("name")


class TypeAttribute(Entity):
    """An attribute of a product type."""

    product_type = models.ForeignKey(ProductType, on_delete=models.CASCADE, related_name="attributes")
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", verbose_name=_("attribute"))
    is_required = models.BooleanField(_("needed"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("attribute of the type")
        verbose_name_plural = _("attributes of the type")
        constraints = [models.UniqueConstraint(fields=["product_type", "attribute"], name="type_attribute")]

    def __str__(self) -> str:
        return str(self.attribute)
