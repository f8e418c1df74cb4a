"""Prices, stock and status of many variants changed at once, through the same plan and the same writes as a file."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from catalog.imports.reasons import Problem
from catalog.imports.rows import Rules, goods_of
from catalog.imports.stock import Level, keeper
from catalog.imports.work import treat, tried
from catalog.models import Product, Variant
from merchants.models import Merchant

FIELDS = ("price", "compare_at", "stock", "status")
NOTE = "grid"


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person typed for a variant. `version` is the product's and `seen` the stock that they had before their eyes.

    `texts` has only the fields they changed; an emptied compare-at price removes it.
    """

    variant_id: uuid.UUID
    version: int
    texts: Mapping[str, str]
    seen: str = ""


@dataclass(slots=True)
class Saved:
    """How many variants were changed, and what was wrong with the others."""

    count: int = 0
    problems: dict[uuid.UUID, list[Problem]] = field(default_factory=dict)


def variants_of(merchant: Merchant, *, search: str = "", status: str = "") -> QuerySet[Variant]:
    """The merchant's variants on the shelf or not, those of one product together."""
    rows: QuerySet[Variant] = Variant.objects.for_merchant(merchant).exclude(product__status=Product.Status.ARCHIVED)
    if search:
        rows = rows.filter(Q(sku__istartswith=search) | Q(product__title__icontains=search))
    if status:
        rows = rows.filter(product__status=status)
    return rows.select_related("product").order_by("-product_id", "position", "pk")


def levels_of(variants: Sequence[Variant]) -> Mapping[uuid.UUID, Level]:
    """Stock of variants in the warehouse their merchant sends from first."""
    return keeper().levels([variant.pk for variant in variants], lock=False)


def save_edits(*, merchant: Merchant, edits: Sequence[Edit], actor: str, at: dt.datetime) -> Saved:
    """Write what fits and say what does not; a product that somebody else changed meanwhile stays as it is, and so does its stock."""
    saved: Saved = tried(functools.partial(_save, merchant, edits, actor, at))
    return saved


@transaction.atomic
def _save(merchant: Merchant, edits: Sequence[Edit], actor: str, at: dt.datetime) -> Saved:
    known = {row.pk: row for row in Variant.objects.for_merchant(merchant).filter(pk__in=[edit.variant_id for edit in edits])}
    goods, of = [], {}
    for number, edit in enumerate((edit for edit in edits if edit.variant_id in known), start=1):
        variant = known[edit.variant_id]
        cells = {"sku": variant.sku, "currency": variant.currency, **edit.texts}
        if "stock" in edit.texts:
            cells["stock_seen"] = edit.seen
        row = goods_of(number, list(cells.values()), Rules(list(cells), [*settings.CURRENCIES, variant.currency]))
        row.merchant = merchant
        if set(edit.texts) - {"stock"}:
            row.values["version"] = edit.version
        for name in set(edit.texts) & {"price", "stock"}:
            if not edit.texts[name].strip():
                row.refuse(name, "empty")
        goods.append(row)
        of[number] = edit.variant_id
    works = treat(goods, {}, {}, actor=actor, at=at, note=NOTE, is_applied=True)
    outcome = {number for work in works for number in work.outcome}
    return Saved(
        count=sum(row.number in outcome and not row.problems for row in goods),
        problems={of[row.number]: row.problems for row in goods if row.problems},
    )
