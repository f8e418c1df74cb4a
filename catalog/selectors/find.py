"""Category pages, search results and shop pages: at most one statement that counts and one that reads the page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, OrderBy, QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from catalog.models import Category, Product, ProductCard
from catalog.rules.tokens import query_tokens, tsquery
from catalog.selectors.cards import Card, cards_of, visible_cards
from catalog.selectors.prices import minor_price
from core.exchange.rules import Conversion

COUNT_CAP = 1_000
MAX_PER_PAGE = 100
BIGGEST_PRICE = 10**12
SORTS = {
    "sales": ("-sold", "product_id"),
    "newest": ("-published_at", "product_id"),
    "rating": ("-rating_rank", "product_id"),
}
RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class CardQuery:
    """What a person asked for. Values out of range are brought into it; an unknown sort or condition is ignored.

    Prices are minor units of the currency of `conversion`, of each card's own without one.
    """

    text: str = ""
    category: Category | None = None
    merchant_id: uuid.UUID | None = None
    brand: str = ""
    min_minor: int | None = None
    max_minor: int | None = None
    in_stock: bool = False
    condition: str = ""
    sort: str = RELEVANCE
    conversion: Conversion | None = None
    page: int = 1
    per_page: int = 24


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page of cards. `total` is exact up to 1,000; beyond, `is_capped` is set and pages end there.

    `is_loose` says that no product had all the words of the search, so these have some of them.
    """

    cards: list[Card]
    total: int
    page: int
    pages: int
    has_next: bool
    is_capped: bool
    is_loose: bool

    @property
    def total_text(self) -> str:
        return f"{self.total:,}+" if self.is_capped else f"{self.total:,}"


def find_cards(query: CardQuery, language: str) -> CardPage:
    """One page of the products asked for, in at most two statements.

    A search needs all its words; where no product has them all, any of them will do. Sorted by relevance (sales where there is no text)
    unless asked otherwise, ties always by product. A page number out of range becomes the nearest that exists.
    """
    candidates = _candidates(query)
    counted, is_loose = _count(candidates)
    total = min(counted, COUNT_CAP)
    per_page = min(max(query.per_page, 1), MAX_PER_PAGE)
    pages = max(-(-total // per_page), 1)
    page = min(max(query.page, 1), pages)
    start, end = (page - 1) * per_page, min(page * per_page, total)
    cards = cards_of(candidates[is_loose].order_by(*_order(query))[start:end], language) if total else []
    return CardPage(
        cards=cards, total=total, page=page, pages=pages, has_next=page < pages, is_capped=counted > COUNT_CAP, is_loose=is_loose
    )


def _order(query: CardQuery) -> tuple[str | OrderBy, ...]:
    if query.sort in {"price", "-price"}:
        price, is_descending = minor_price(query.conversion), query.sort == "-price"
        if price == F("price_minor"):
            return ("-price_minor", "-product_id") if is_descending else ("price_minor", "product_id")
        # Those without a price in the currency come last both ways.
        return OrderBy(price, descending=is_descending, nulls_last=True), "-product_id" if is_descending else "product_id"
    if query.sort in SORTS:
        return SORTS[query.sort]
    return ("-rank", *SORTS["sales"]) if query_tokens(query.text) else SORTS["sales"]


def _filtered(query: CardQuery) -> QuerySet[ProductCard]:
    rows = visible_cards()
    if query.category is not None:
        rows = in_category(rows, query.category)
    if query.merchant_id is not None:
        rows = rows.filter(merchant_id=query.merchant_id)
    if query.brand:
        rows = of_brand(rows, query.brand)
    if query.min_minor is not None:
        rows = at_least(rows, query.min_minor, query.conversion)
    if query.max_minor is not None:
        rows = at_most(rows, query.max_minor, query.conversion)
    if query.in_stock:
        rows = rows.filter(in_stock=True)
    if query.condition in Product.Condition.values:
        rows = rows.filter(condition=query.condition)
    return rows


def of_brand(rows: QuerySet[ProductCard], name: str) -> QuerySet[ProductCard]:
    """Cards of a brand by its name; the condition is the index's own."""
    return rows.filter(brand_name=name).exclude(brand_name="")


def at_least(rows: QuerySet[ProductCard], minor: int, conversion: Conversion | None) -> QuerySet[ProductCard]:
    """Cards that cost so much or more, in minor units of the currency of `conversion`."""
    return rows.filter(GreaterThanOrEqual(minor_price(conversion), _within(minor)))


def at_most(rows: QuerySet[ProductCard], minor: int, conversion: Conversion | None) -> QuerySet[ProductCard]:
    """Cards that cost so much or less, in minor units of the currency of `conversion`."""
    return rows.filter(LessThanOrEqual(minor_price(conversion), _within(minor)))


def _within(minor: int) -> int:
    return min(max(minor, 0), BIGGEST_PRICE)


def in_category(rows: QuerySet[ProductCard], category: Category) -> QuerySet[ProductCard]:
    """Cards of a category and all below it: one range of the index on category_path."""
    path: str = category.path
    return rows.filter(category_path__gte=path, category_path__lt=path[:-1] + chr(ord(path[-1]) + 1))


def having_words(rows: QuerySet[ProductCard], text: str) -> QuerySet[ProductCard]:
    """Cards that have all words of a text; none where it holds signs only."""
    tokens = query_tokens(text)
    asked = SearchQuery(tsquery(tokens, every=True), config="simple", search_type="raw")
    return rows.filter(search=asked) if tokens else rows.none()


def _candidates(query: CardQuery) -> Sequence[QuerySet[ProductCard]]:
    """What may be shown, the strict reading of the search first and the loose one, where it differs, second."""
    rows = _filtered(query)
    tokens = query_tokens(query.text)
    if not tokens:
        # Signs only, such as "!!!": a search that nothing matches, unlike an empty one.
        return [rows.none() if query.text.replace("\0", "").strip() else rows]
    readings = [tsquery(tokens, every=True)] + ([tsquery(tokens, every=False)] if len(tokens) > 1 else [])
    return [_matching(rows, SearchQuery(text, config="simple", search_type="raw")) for text in readings]


def _matching(rows: QuerySet[ProductCard], asked: SearchQuery) -> QuerySet[ProductCard]:
    return rows.filter(search=asked).annotate(rank=SearchRank(F("search"), asked, cover_density=True))


def _count(candidates: Sequence[QuerySet[ProductCard]]) -> tuple[int, bool]:
    """How many rows the first candidate that has any has, at most one above the cap, and whether it is the second; one statement."""
    if candidates[0].query.is_empty():
        return 0, False
    counts = [rows.order_by().values("pk")[: COUNT_CAP + 1].query.sql_with_params() for rows in candidates]
    (strict, strict_params), (loose, loose_params) = counts[0], counts[-1]
    # The text of both statements comes from the query compiler; every value travels as a parameter.
    fallback = f"(SELECT count(*) FROM ({loose}) loose)" if len(counts) > 1 else "0"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT n, CASE WHEN n = 0 THEN {fallback} ELSE 0 END FROM (SELECT count(*) AS n FROM ({strict}) strict) counted",  # noqa: S608
            [*(loose_params if len(counts) > 1 else ()), *strict_params],
        )
        exact, any_word = cursor.fetchone()
    return (exact, False) if exact or not any_word else (any_word, True)
