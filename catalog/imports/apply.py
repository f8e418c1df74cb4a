"""Writes what a plan says, set by set: as many statements for a thousand products as for one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError

from catalog.imports.rows import Goods
from catalog.imports.stock import Count, keeper
from catalog.imports.works import Work
from catalog.models import Brand, Category, Product, Variant
from catalog.rules.slugs import MAX_SLUG, slug_base, slug_with_id
from catalog.services.card_rows import CATEGORY_STEP
from catalog.services.cards import make_cards, refresh_cards
from core.ids import uuid7
from core.models import StateChange
from core.postgresql.bulk import insert_many, update_many
from core.states import record_change, write_changes

PRODUCT_COLUMNS = (
    "title", "description", "i18n", "condition", "tax_class", "attributes", "options", "handle", "brand_id", "category_id", "status",
    "published_at", "version",
)  # fmt: skip
VARIANT_COLUMNS = (
    "price_minor", "compare_at_minor", "weight_g", "length_mm", "width_mm", "height_mm", "hs_code", "origin",
)  # fmt: skip
# The steps of the table of statuses that lead to the one a new product gets.
_STEPS = {"published": ("published",), "hidden": ("published", "hidden"), "archived": ("archived",)}


def apply(works: Sequence[Work], *, actor: str, at: dt.datetime, note: str) -> None:
    """Make the plan true within the caller's transaction, which holds the locks under which it was made.

    Existing products go products, stock, cards, as everywhere; of a new product nobody else can hold anything.

    Raises:
        IntegrityError: somebody else used a SKU, key or address a moment ago; a new plan will see that.
    """
    moving = [work for work in works if work.is_new or work.is_changed]
    for work in moving:
        _build_variants(work)
    _resolve_brands([work for work in moving if work.brand])
    categories = _resolve_categories([work for work in moving if work.category])
    new, old = [work for work in moving if work.is_new], [work for work in moving if not work.is_new]
    history = [*_start(new, at), *_move(old, actor, at)]
    _name(new)
    for change in history:
        change.actor = actor
    insert_many([work.product for work in new])
    update_many(Product, [values_of(work.product, PRODUCT_COLUMNS) for work in old], PRODUCT_COLUMNS)
    insert_many([variant for work in moving for variant in work.made])
    update_many(Variant, [values_of(changed.variant, VARIANT_COLUMNS) for work in old for changed in work.changed], VARIANT_COLUMNS)
    write_changes(history)
    if new:
        available = {work.product.pk for work in new if any(wanted for _now, wanted in work.stock.values())}
        make_cards([work.product for work in new], {work.product.pk: work.made for work in new}, categories, available=available)
    counts = [Count(work.product.merchant_id, key, wanted) for work in works for key, (_now, wanted) in work.stock.items()]
    keeper().count(counts, actor=actor, at=at, note=note)
    refresh_cards(work.product.pk for work in old)


def _build_variants(work: Work) -> None:
    for row, position in work.fresh:
        variant = _variant(work.product, row, position)
        work.made.append(variant)
        if row.values.get("stock"):
            work.stock[variant.pk] = (0, row.values["stock"])


def _variant(product: Product, row: Goods, position: int) -> Variant:
    values = row.values
    return Variant(
        product=product,
        merchant_id=product.merchant_id,
        sku=values["sku"],
        options=dict(values.get("options", {})),
        price_minor=values["price"],
        compare_at_minor=values.get("compare_at"),
        currency=values["currency"],
        weight_g=values.get("weight", values.get("weight_kg", 0)),
        length_mm=values.get("length"),
        width_mm=values.get("width"),
        height_mm=values.get("height"),
        hs_code=values.get("hs_code", ""),
        origin=values.get("origin", ""),
        position=position,
    )


def values_of(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """What `update_many` needs of a row."""
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def _start(works: Sequence[Work], at: dt.datetime) -> list[StateChange]:
    """Statuses of new products and the history that led there."""
    history = []
    for work in works:
        for status in _STEPS.get(work.status, ()):
            history.append(record_change(work.product, work.product.status, status, actor="", reason="", at=at))
            work.product.status = status
            if status == Product.Status.PUBLISHED:
                work.product.published_at = at
    return history


def _move(works: Sequence[Work], actor: str, at: dt.datetime) -> list[StateChange]:
    """Statuses and versions of products that were there before; their rows are locked, so this is the compare and the swap."""
    history = []
    for work in works:
        product = work.product
        product.version += 1
        if work.status:
            work.before["status"] = product.status
            history.append(record_change(product, product.status, work.status, actor=actor, reason="", at=at))
            product.status = work.status
            if work.status == Product.Status.PUBLISHED:
                product.published_at = product.published_at or at
    return history


def _name(works: Sequence[Work]) -> None:
    """Addresses of new products: their title, with the end of their key where another has it already."""
    bases = {work.product.pk: slug_base(work.product.title) for work in works}
    taken = set(Product.objects.filter(slug__in={base for base in bases.values() if base}).values_list("slug", flat=True))
    for work in works:
        base = bases[work.product.pk]
        work.product.slug = base if base and base not in taken else slug_with_id(base[:MAX_SLUG], work.product.pk)
        taken.add(base)


def _resolve_brands(works: Sequence[Work]) -> None:
    """Brands by their names; those nobody has used yet are made."""
    names = {work.brand.casefold(): work.brand for work in works}
    known = _brands(list(names.values()))
    if missing := [name for folded, name in names.items() if folded not in known]:
        slugs = {name: slug_base(name)[:60] for name in missing}
        taken = set(Brand.objects.filter(slug__in=slugs.values()).values_list("slug", flat=True))
        made = []
        for name, slug in slugs.items():
            key = uuid7()
            made.append(Brand(id=key, name=name, slug=slug if slug and slug not in taken else slug_with_id(slug, key)))
            taken.add(slug)
        Brand.objects.bulk_create(made, ignore_conflicts=True)
        known |= _brands(missing)
    for work in works:
        if work.brand.casefold() not in known:
            raise IntegrityError(f"somebody else made a brand at the address of {work.brand}")
        work.product.brand = known[work.brand.casefold()]


def _brands(names: Sequence[str]) -> dict[str, Brand]:
    rows = Brand.objects.extra(where=["lower(name) = ANY(SELECT lower(unnest(%s::text[])))"], params=[list(names)])
    return {brand.name.casefold(): brand for brand in rows.order_by("-pk")}


def _resolve_categories(works: Sequence[Work]) -> dict[str, Category]:
    """Categories of the works and all above them, by path."""
    paths = {work.category[:end] for work in works for end in range(CATEGORY_STEP, len(work.category) + 1, CATEGORY_STEP)}
    rows = {category.path: category for category in Category.objects.filter(path__in=paths)} if paths else {}
    for work in works:
        if work.category not in rows:
            raise IntegrityError("a category was moved or removed")
        work.product.category = rows[work.category]
    return rows


def changes_of(works: Sequence[Work]) -> list[tuple[uuid.UUID, int, bool, int, dict[str, Any]]]:
    """Product, first row, whether it is new, its version, and what an undo needs to know, for all products something happened to."""
    return [
        (work.product.pk, work.rows[0].number, work.is_new, work.product.version, _before(work))
        for work in works
        if work.is_new or work.is_changed or work.stock
    ]


def _before(work: Work) -> dict[str, Any]:
    variants: Mapping[str, Any] = {str(changed.variant.pk): changed.before for changed in work.changed}
    made = [] if work.is_new else [str(variant.pk) for variant in work.made]
    stock = {} if work.is_new else {str(key): list(pair) for key, pair in work.stock.items()}
    parts = {"product": work.before, "variants": variants, "made": made, "stock": stock}
    return {name: part for name, part in parts.items() if part}
