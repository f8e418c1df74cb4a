"""Lists of products. Only ProductCard is read, as plain rows: no joins, no models, no counting beyond a cap."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from catalog.models import ProductCard
from catalog.rules.prices import Price, card_reduction, discount_bps
from core.compiled import compiled
from core.exchange.rules import Conversion
from core.i18n import translated


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of a product, in one language. `version` changes whenever anything of it does."""

    product_id: uuid.UUID
    slug: str
    title: str
    price_minor: int
    reference_minor: int | None
    currency: str
    prices: Mapping[str, Mapping[str, Any]]
    merchant_slug: str
    merchant_name: str
    merchant_kind: str
    condition: str
    brand_name: str
    picture: str
    picture_widths: tuple[int, ...]
    picture_formats: tuple[str, ...]
    tint: str
    swatches: tuple[str, ...]
    in_stock: bool
    sold: int
    stars: float | None
    stars_count: int
    version: int
    has_options: bool
    variant_id: uuid.UUID | None
    discount_bps: int
    is_bundle: bool

    @property
    def discount_percent(self) -> int:
        """Whole per cent below the lowest price of the 30 days before the reduction, rounded down; 0 without one."""
        return self.discount_bps // 100

    def priced(self, conversion: Conversion) -> Card:
        """This card with its price in another currency; as it is where it cannot be said in that."""
        price = card_reduction(Price(self.price_minor, self.reference_minor, self.currency), self.prices, conversion)
        if price.currency == self.currency:
            return self
        changes = {"price_minor": price.minor, "reference_minor": price.compare_at_minor, "currency": price.currency}
        return replace(self, **changes, discount_bps=discount_bps(price))  # type: ignore[arg-type]


_SAME = (
    *(
        "product_id",
        "slug",
        "price_minor",
        "reference_minor",
        "currency",
        "prices",
        "merchant_slug",
        "merchant_kind",
        "condition",
        "picture",
        "tint",
    ),
    *("in_stock", "sold", "stars_count", "version", "has_options", "variant_id", "discount_bps", "is_bundle"),
)
_MADE = ("title", "i18n", "merchant_name", "merchant_i18n", "brand_name", "picture_widths", "picture_formats", "swatches", "stars_sum")
_FIELDS = (*_SAME, *_MADE)


def stars_of(stars_sum: int, stars_count: int) -> float | None:
    """The average rating to one decimal place, half up; None without ratings."""
    return (stars_sum * 20 + stars_count) // (stars_count * 2) / 10 if stars_count else None


def card_from(row: Mapping[str, Any], language: str) -> Card:
    """A card from a `.values()` row."""
    return Card(
        **{name: row[name] for name in _SAME},
        title=translated(row, row["i18n"], "title", language),
        merchant_name=translated({"name": row["merchant_name"]}, row["merchant_i18n"], "name", language),
        brand_name=translated(row, row["i18n"], "brand_name", language),
        picture_widths=tuple(row["picture_widths"]),
        picture_formats=tuple(row["picture_formats"]),
        swatches=tuple(row["swatches"]),
        stars=stars_of(row["stars_sum"], row["stars_count"]),
    )


def visible_cards() -> QuerySet[ProductCard]:
    """Rows of products a shopper may see."""
    rows: QuerySet[ProductCard] = ProductCard.objects.filter(is_visible=True)
    return rows


def cards_of(rows: QuerySet[ProductCard], language: str) -> list[Card]:
    """The cards of a query, in its order; one statement."""
    return [card_from(row, language) for row in rows.values(*_FIELDS)]


def cards_by_ids(ids: Sequence[uuid.UUID], language: str) -> list[Card]:
    """The visible ones among `ids`, in the order given, each once."""
    if not ids:
        return []
    found = {row["product_id"]: card_from(row, language) for row in _rows_of(list(dict.fromkeys(ids)))}
    return [found[product_id] for product_id in dict.fromkeys(ids) if product_id in found]


@compiled
def _rows_of(ids: list[uuid.UUID]) -> QuerySet[Any]:
    rows: QuerySet[Any] = visible_cards().filter(pk__in=ids).values(*_FIELDS)
    return rows


def popular_cards(limit: int, language: str, *, exclude: Iterable[uuid.UUID] = ()) -> list[Card]:
    """The best sold products that are in stock."""
    return _rail(Q(), ("-sold", "product_id"), limit, language, exclude)


def newest_cards(limit: int, language: str, *, exclude: Iterable[uuid.UUID] = ()) -> list[Card]:
    """The products in stock that were published last."""
    return _rail(Q(), ("-published_at", "product_id"), limit, language, exclude)


def deal_cards(limit: int, language: str, *, exclude: Iterable[uuid.UUID] = ()) -> list[Card]:
    """The products in stock with the largest reduction, as a share of the lowest price of the 30 days before it."""
    return _rail(Q(discount_bps__gt=0), ("-discount_bps", "product_id"), limit, language, exclude)


def cards_of_kind(kind: str, limit: int, language: str, *, exclude: Iterable[uuid.UUID] = ()) -> list[Card]:
    """The best sold products in stock of merchants of one kind, such as individuals or local stores."""
    return _rail(Q(merchant_kind=kind), ("-sold", "product_id"), limit, language, exclude)


def cards_of_merchant(merchant_id: uuid.UUID, limit: int, language: str) -> list[Card]:
    """What a merchant has sold most of, in stock and sold at all."""
    return _rail(Q(merchant_id=merchant_id, sold__gt=0), ("-sold", "product_id"), limit, language, ())


def _rail(condition: Q, order: Sequence[str], limit: int, language: str, exclude: Iterable[uuid.UUID]) -> list[Card]:
    rows = visible_cards().filter(condition, in_stock=True)
    if unwanted := list(exclude):
        rows = rows.exclude(pk__in=unwanted)
    return cards_of(rows.order_by(*order)[: max(limit, 0)], language)
