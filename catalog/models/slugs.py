"""Addresses that something had before."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models import Entity


class FormerSlug(Entity):
    """A slug that leads on to what had it. It names the row, not the next slug, so that any number of changes is one step."""

    class Kind(models.TextChoices):
        PRODUCT = "product"
        CATEGORY = "category"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    slug = models.SlugField(max_length=120)
    # A UUID or a number, as text: products and categories have keys of different kinds.
    target = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="former_slug_once"),
            models.CheckConstraint(condition=Q(kind__in=["product", "category"]), name="former_slug_kind"),
        ]

    def __str__(self) -> str:
        return self.slug
