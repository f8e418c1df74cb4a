"""Brands that have something on sale."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from catalog.errors import BrandNotFound
from catalog.models import Brand
from catalog.selectors.cards import visible_cards

MOST_BRANDS = 3_000


@dataclass(frozen=True, slots=True)
class BrandLink:
    name: str
    slug: str


def with_goods() -> QuerySet[Brand]:
    """Brands with goods a shopper may see."""
    on_sale = visible_cards().filter(brand_name=OuterRef("name")).exclude(brand_name="")
    return Brand.objects.filter(Exists(on_sale))


def brands_on_sale(language: str) -> list[BrandLink]:
    """Brands with goods a shopper may see, by their names in a language. One query."""
    rows = with_goods().order_by("name")[:MOST_BRANDS]
    return sorted((BrandLink(row.text("name", language), row.slug) for row in rows), key=lambda link: link.name.casefold())


def brand_by_slug(slug: str) -> Brand:
    """Raises BrandNotFound."""
    found = Brand.objects.filter(slug=slug).first()
    if found is None:
        raise BrandNotFound
    return found
