"""Where a former address leads."""

from __future__ import annotations

import uuid

from catalog.models import Category, FormerSlug
from catalog.selectors.cards import visible_cards

Kind = FormerSlug.Kind


def product_slug_after(slug: str) -> str:
    """The present slug of the visible product that had this one; empty where there is none."""
    target = _target(Kind.PRODUCT, slug)
    return visible_cards().filter(pk=uuid.UUID(target)).values_list("slug", flat=True).first() or "" if target else ""


def category_slug_after(slug: str) -> str:
    """The present slug of the category that had this one; empty where there is none."""
    target = _target(Kind.CATEGORY, slug)
    return Category.objects.filter(pk=int(target)).values_list("slug", flat=True).first() or "" if target else ""


def _target(kind: str, slug: str) -> str:
    is_sluglike = len(slug) <= 120 and slug.isascii() and slug.isprintable()
    return FormerSlug.objects.filter(kind=kind, slug=slug).values_list("target", flat=True).first() or "" if is_sluglike else ""
