"""The category tree, kept in the cache in every language, and the way up from a category."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count

from catalog.models import Category, Product, ProductCard
from catalog.services.tree import KEY as TREE_KEY
from catalog.services.tree import RISKY_KEY, tree_version
from core.i18n import translated
from core.remembered import forget, remembered

STEP = int(Category.steplen)
KEEP_SECONDS = 300
PATHS_SECONDS = 10.0
RISKY_SECONDS = 60.0
_of_this_process: dict[str, tuple[str, list[CategoryNode]]] = {}


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A category in one language. `count` is the number of visible products in it and below it."""

    slug: str
    name: str
    path: str
    depth: int
    picture: str
    children: tuple[CategoryNode, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Crumb:
    slug: str
    name: str


def category_tree(language: str, *, is_latest: bool = False) -> list[CategoryNode]:
    """All root categories with everything below them. One cache read; two statements after a change or without a cache.

    What another process has changed in the last second may be missing, unless the tree `is_latest`.
    """
    if is_latest:
        forget(TREE_KEY)
    version = tree_version()
    kept_version, tree = _of_this_process.get(language, ("", []))
    if version and kept_version == version:
        return tree
    key = f"category-tree:{version}:{language}"
    tree = (cache.get(key) if version else None) or _build(language)
    if version:
        cache.set(key, tree, KEEP_SECONDS)
        _of_this_process[language] = (version, tree)
    return tree


def _build(language: str) -> list[CategoryNode]:
    rows = list(Category.objects.order_by("path").values("path", "slug", "name", "i18n", "picture"))
    counts: dict[str, int] = {}
    # Rows, not keys, so that the index of categories answers alone.
    per_path = ProductCard.objects.filter(is_visible=True).order_by().values_list("category_path").annotate(n=Count("*"))
    for path, number in per_path:
        for end in range(STEP, len(path) + 1, STEP):
            counts[path[:end]] = counts.get(path[:end], 0) + number
    below: dict[str, list[CategoryNode]] = {}
    for row in reversed(rows):
        below.setdefault(row["path"][:-STEP], []).insert(0, _node(row, below.get(row["path"], []), counts, language))
    return below.get("", [])


def _node(row: dict[str, Any], children: list[CategoryNode], counts: dict[str, int], language: str) -> CategoryNode:
    path = row["path"]
    return CategoryNode(
        slug=row["slug"],
        name=translated(row, row["i18n"], "name", language),
        path=path,
        depth=len(path) // STEP,
        picture=row["picture"],
        children=tuple(children),
        count=counts.get(path, 0),
    )


def category_paths() -> dict[str, str]:
    """The path of each category by its slug: what is below it begins with it. As of the last seconds."""
    return remembered("category paths", PATHS_SECONDS, lambda: dict(Category.objects.values_list("slug", "path")))


def node_of(category: Category, language: str) -> CategoryNode | None:
    """A category's place in the tree, with its children; None when the tree was built before it."""
    way = _way_to(category, language)
    return way[-1] if way else None


def _way_to(category: Category, language: str) -> list[CategoryNode]:
    """The nodes from the root to a category, itself included; empty when the tree was built before it."""
    level, way = category_tree(language), []
    for end in range(STEP, len(category.path) + 1, STEP):
        found = next((node for node in level if node.path == category.path[:end]), None)
        if found is None:
            return []
        way.append(found)
        level = list(found.children)
    return way


def breadcrumb(category: Category, language: str) -> list[Crumb]:
    """The way from the root to a category, itself included; no statement but where the tree is not at hand or was built before it."""
    if len(category.path) == STEP:
        return [Crumb(category.slug, category.text("name", language))]
    if way := _way_to(category, language):
        return [Crumb(node.slug, node.name) for node in way]
    above = [category.path[:end] for end in range(STEP, len(category.path), STEP)]
    rows = Category.objects.filter(path__in=above).order_by("path")
    return [Crumb(row.slug, row.text("name", language)) for row in (*rows, category)]


def has_risky_goods(product_ids: Callable[[], Collection[uuid.UUID]]) -> bool:
    """Whether any of these products lies in or below a category that is often bought in with stolen cards.

    One statement a minute where there is no such category, and one more, with the products, where there is.
    """
    paths_of_risky = Category.objects.filter(is_risky=True).values_list("path", flat=True)
    risky = remembered(RISKY_KEY, RISKY_SECONDS, lambda: list(paths_of_risky))
    if not risky:
        return False
    paths = Product.objects.filter(pk__in=product_ids()).values_list("category__path", flat=True)
    return any(path.startswith(tuple(risky)) for path in paths)
