"""The category tree."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from catalog.models import Category, FormerSlug, Product, ProductType
from catalog.rules.slugs import slug_base, slug_with_id
from catalog.services.cards import refresh_cards
from catalog.services.slug_locks import hold_slug, is_free
from catalog.services.tree import RISKY_KEY, bump_tree
from core.ids import uuid7
from core.remembered import forget


@transaction.atomic
def create_category(
    *,
    name: str,
    parent: Category | None = None,
    slug: str = "",
    i18n: Mapping[str, Mapping[str, str]] | None = None,
    picture: str = "",
) -> Category:
    """A new last child of `parent`, or a new last root."""
    base = slug or slug_base(name)[:45]
    if base:
        hold_slug(FormerSlug.Kind.CATEGORY, base)
        base = base if is_free(FormerSlug.Kind.CATEGORY, base, "") else slug_with_id(base, uuid7())
    try:
        with transaction.atomic():
            category = _insert(parent, name, base or slug_with_id("", uuid7()), i18n, picture)
    except IntegrityError:
        category = _insert(parent, name, slug_with_id(base, uuid7()), i18n, picture)
    bump_tree()
    return category


def _insert(parent: Category | None, name: str, slug: str, i18n: Mapping[str, Mapping[str, str]] | None, picture: str) -> Category:
    row = Category(name=name, slug=slug, i18n=dict(i18n or {}), picture=picture)
    if parent is None:
        Category.objects.add_root(instance=row)
    else:
        # treebeard counts children on the instance it is given, which may be older than the row.
        Category.objects.add_child(Category.objects.get(pk=parent.pk), instance=row)
    return row


@transaction.atomic
def rename_category(*, category: Category, name: str, i18n: Mapping[str, Mapping[str, str]] | None = None) -> Category:
    """Call a category something else; its products can be found by the new name."""
    category.name = name
    if i18n is not None:
        category.i18n = dict(i18n)
    category.save(update_fields=["name", "i18n"])
    _refresh_subtree(category)
    return category


@transaction.atomic
def move_category(*, category: Category, parent: Category | None) -> Category:
    """Make a category, with all below it, the last child of `parent`, or the last root."""
    target, place = (parent, "last-child") if parent else (Category.objects.get_last_root_node(), "last-sibling")
    Category.objects.move(category, target, place)
    moved: Category = Category.objects.get(pk=category.pk)
    _refresh_subtree(moved)
    return moved


def set_risky(*, category: Category, is_risky: bool) -> None:
    """Say whether goods of a category, and of those below it, are often bought with stolen cards."""
    Category.objects.filter(pk=category.pk).update(is_risky=is_risky)
    forget(RISKY_KEY)


def set_product_type(*, category: Category, product_type: ProductType | None) -> None:
    """Say what is asked of products of a category, and of those below it that have no type of their own."""
    Category.objects.filter(pk=category.pk).update(product_type=product_type)


def _refresh_subtree(category: Category) -> None:
    bump_tree()
    refresh_cards(_products_below(category))


def _products_below(category: Category) -> list[uuid.UUID]:
    return list(Product.objects.filter(category__path__startswith=category.path).values_list("pk", flat=True))
