"""Addresses of products and categories: a new one leaves the old leading on, and nobody else ever gets that."""

from __future__ import annotations

import uuid

from django.db import transaction

from catalog.errors import SlugInvalid, SlugTaken
from catalog.models import Category, FormerSlug, Product
from catalog.rules.slugs import MAX_SLUG, slug_base
from catalog.services.cards import refresh_card
from catalog.services.products import locked_product
from catalog.services.slug_locks import hold_slug, is_free
from catalog.services.tree import bump_tree

Kind = FormerSlug.Kind


@transaction.atomic
def change_product_slug(*, product_id: uuid.UUID, slug: str) -> Product:
    """Give a product another address; the former ones lead to it for good.

    Raises:
        ProductNotFound: there is none.
        SlugInvalid: nothing of the text can stand in an address.
        SlugTaken: another product has or had it.
    """
    product = locked_product(product_id)
    wanted = _checked(slug, most=MAX_SLUG)
    if wanted == product.slug:
        return product
    others = Product.objects.exclude(pk=product.pk)
    _move(Kind.PRODUCT, str(product.pk), product.slug, wanted, is_taken=lambda: others.filter(slug=wanted).exists())
    product.slug = wanted
    product.version += 1
    product.save(update_fields=["slug", "version"])
    refresh_card(product.pk)
    return product


@transaction.atomic
def change_category_slug(*, category: Category, slug: str) -> Category:
    """Give a category another address. Raises SlugInvalid, SlugTaken."""
    wanted = _checked(slug, most=60)
    row: Category = Category.objects.select_for_update().get(pk=category.pk)
    if wanted == row.slug:
        return row
    others = Category.objects.exclude(pk=row.pk)
    _move(Kind.CATEGORY, str(row.pk), row.slug, wanted, is_taken=lambda: others.filter(slug=wanted).exists())
    Category.objects.filter(pk=row.pk).update(slug=wanted)
    row.slug = wanted
    bump_tree()
    return row


def _checked(text: str, *, most: int) -> str:
    slug = slug_base(text)
    if not slug or len(slug) > most:
        raise SlugInvalid
    return slug


def _move(kind: str, target: str, former: str, wanted: str, *, is_taken: object) -> None:
    hold_slug(kind, wanted)
    if not is_free(kind, wanted, target) or is_taken():  # type: ignore[operator]
        raise SlugTaken
    FormerSlug.objects.filter(kind=kind, slug=wanted, target=target).delete()
    FormerSlug.objects.get_or_create(kind=kind, slug=former, defaults={"target": target})
