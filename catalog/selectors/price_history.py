"""What the variants of a product have cost."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from catalog.models import PriceChange, Product, Variant, VariantPrice
from catalog.rules.price_history import Change, Chart, chart_of, lowest_before, percent_below, points_in, prior_minor
from core.exchange.rules import Conversion

# A merchant's program may change prices every few minutes; what lies further back is not looked at.
MOST = 2_000


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """`prior_minor` is the lowest price of the 30 days before the present reduction, `off` the whole percent the price is below it."""

    variant_id: uuid.UUID
    currency: str
    prior_minor: int | None
    off: int
    chart: Chart | None


def price_histories(
    variant_ids: Sequence[uuid.UUID], conversion: Conversion | None, *, opened: dt.datetime | None, at: dt.datetime
) -> dict[uuid.UUID, PriceHistory]:
    """The past of each variant's price in the currency of `conversion`; one statement.

    Args:
        opened: when their product was first on sale.
    """
    rows = PriceChange.objects.filter(variant__in=variant_ids, at__lte=at).order_by("-at", "-id")
    changes = _by_variant(rows[:MOST])
    return {variant_id: _history(variant_id, found[::-1], conversion, opened, at) for variant_id, found in changes.items()}


def lowest_before_reductions(
    products: Iterable[Product], variants: Mapping[uuid.UUID, Sequence[Variant]], prices: Mapping[uuid.UUID, Mapping[str, VariantPrice]]
) -> dict[tuple[uuid.UUID, str], dict[str, int]]:
    """What the reduced prices of products were before, by variant and currency; one statement, none where nothing is reduced."""
    opened, reduced = {}, []
    for product in products:
        for variant in variants.get(product.pk, ()):
            asked: list[Variant | VariantPrice] = [variant, *prices.get(variant.pk, {}).values()]
            opened[variant.pk] = product.published_at
            reduced += [(variant.pk, row.currency) for row in asked if row.compare_at_minor is not None]
    if not reduced:
        return {}
    nth = Window(RowNumber(), partition_by="variant_id", order_by=("-at", "-id"))
    rows = PriceChange.objects.filter(variant__in={variant_id for variant_id, _currency in reduced}).annotate(nth=nth).filter(nth__lte=MOST)
    changes = _by_variant(rows.order_by("-at", "-id"))
    return {
        (variant_id, currency): lowest_before(changes.get(variant_id, [])[::-1], currency, opened[variant_id])
        for variant_id, currency in reduced
    }


def _by_variant(rows: QuerySet[PriceChange]) -> dict[uuid.UUID, list[Change]]:
    changes: dict[uuid.UUID, list[Change]] = {}
    named = rows.annotate(base=F("variant__currency"))
    for row in named.values_list("variant_id", "base", "currency", "price_minor", "compare_at_minor", "at"):
        changes.setdefault(row[0], []).append(Change(*row))
    return changes


def _history(
    variant_id: uuid.UUID, changes: Sequence[Change], conversion: Conversion | None, opened: dt.datetime | None, at: dt.datetime
) -> PriceHistory:
    points = points_in(changes, conversion)
    now = points[-1].price if points else None
    prior = prior_minor(points, opened)
    return PriceHistory(
        variant_id=variant_id,
        currency=now.currency if now else "",
        prior_minor=prior,
        off=percent_below(now.minor, prior) if now else 0,
        chart=chart_of(points, opened, at),
    )
