"""Category pages, search results and shop pages: a statement that looks at what there is and one that reads the page; more only where words
or facets are unknown."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchRank
from django.db.models import BooleanField, Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Ln
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from catalog.models import Category, ProductCard
from catalog.rules import facets as names
from catalog.rules.queries import Question
from catalog.selectors.cards import Card, cards_by_ids, cards_of, visible_cards
from catalog.selectors.meaning import corrected, understood
from catalog.selectors.prices import minor_price
from catalog.selectors.sample import LOOKED_AT, NOTHING, Sample, Selected, Sorting, among, has_stars, is_reduced, sample_of
from catalog.selectors.tsquery import Spelled
from core.exchange.rules import Conversion

COUNT_CAP = LOOKED_AT
MAX_PER_PAGE = 100
BIGGEST_PRICE = 10**12
# How much a word counts in the description, in options and attributes, in brand, category and SKU, and in the title.
WEIGHTS = [0.05, 0.2, 0.4, 1.0]
# A thing that is what was asked for stands before one that only has the word.
HEAD_BONUS = 2.0
SALES_SHARE = 0.03
SORTS = {
    "sales": Sorting(F("sold")),
    "newest": Sorting(F("published_at")),
    "rating": Sorting(F("rating_rank")),
}
RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class CardQuery:
    """What a person asked for. Values out of range are brought into it; an unknown sort or facet narrows to nothing or is ignored.

    Prices are minor units of the currency of `conversion`, of each card's own without one. `facets` are the values chosen of each facet
    of catalog.rules.facets: any of a facet's values will do, every facet is needed.
    """

    text: str = ""
    category: Category | None = None
    merchant_id: uuid.UUID | None = None
    brand: str = ""
    min_minor: int | None = None
    max_minor: int | None = None
    facets: Selected = field(default_factory=dict)
    sort: str = RELEVANCE
    conversion: Conversion | None = None
    page: int = 1
    per_page: int = 24


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a search: the tsquery, and the words where they are others than those typed."""

    tsquery: str
    question: Question
    is_loose: bool = False
    instead: str = ""

    @property
    def matching(self) -> Spelled:
        return Spelled(self.tsquery)


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page of cards. `total` is exact up to 1,000; beyond, `is_capped` is set and pages end there.

    `is_loose` says that no product had all the words of the search, so these have some of them; `instead` are the words searched for
    where those typed are in no product. `sample` is what was looked at, for the facets.
    """

    cards: list[Card]
    total: int
    page: int
    pages: int
    has_next: bool
    is_capped: bool
    is_loose: bool = False
    instead: str = ""
    sample: Sample | None = None

    @property
    def total_text(self) -> str:
        return f"{self.total:,}+" if self.is_capped else f"{self.total:,}"


def find_cards(query: CardQuery, language: str) -> CardPage:
    """One page of the products asked for: two statements where a product has all the words, three where facets leave more than the cap.

    Where none has, the last word may be the beginning of a longer one, then misspelt words are put right, then any of the words will do.
    Sorted by relevance (sales where there is no text) unless asked otherwise, ties always by product. A page number out of range becomes
    the nearest that exists.
    """
    rows, sorting = narrowed(query, but_for=True), _sorting(query)
    if not query.text.replace("\0", "").strip():
        sorting = sorting or SORTS["sales"]
        return _page(query, language, sample_of(rows, query.facets, sorting), narrowed(query), sorting)
    for reading in _readings(query.text):
        sample = sample_of(rows.filter(search=reading.matching), query.facets, sorting)
        # Where only the facets chosen leave nothing, the words were understood well.
        if sample:
            is_known = query.facets and sample.is_whole
            found = visible_cards().filter(among(sample.fitting)) if is_known else narrowed(query).filter(search=reading.matching)
            return _page(query, language, sample, found, sorting or reading, reading)
    return _page(query, language, NOTHING, rows.none(), SORTS["sales"])


def _readings(text: str) -> Iterator[Reading]:
    """From the strictest to the loosest; each is asked only where the one before finds nothing."""
    question = understood(text)
    if not question.groups:
        return
    yield Reading(question.strict(), question)
    if question.ends_open:
        yield Reading(question.strict(is_prefix=True), question)
    better, instead = corrected(question)
    if instead:
        yield Reading(better.strict(), better, instead=instead)
    if len(better.groups) > 1:
        yield Reading(better.loose(), better, is_loose=True, instead=instead)


def _page(
    query: CardQuery,
    language: str,
    sample: Sample,
    found: QuerySet[ProductCard],
    order: Sorting | Reading,
    reading: Reading | None = None,
) -> CardPage:
    fitting = sample.fitting
    counted = len(fitting) if sample.is_whole else _count(found) if query.facets else COUNT_CAP + 1
    total = min(counted, COUNT_CAP)
    per_page = min(max(query.per_page, 1), MAX_PER_PAGE)
    pages = max(-(-total // per_page), 1)
    page = min(max(query.page, 1), pages)
    start, end = (page - 1) * per_page, min(page * per_page, total)
    is_capped = counted > COUNT_CAP
    if isinstance(order, Reading):
        cards = cards_of(_by_relevance(found, order, is_capped=is_capped)[start:end], language) if total else []
    elif sample.is_whole:
        cards = cards_by_ids([uuid.UUID(bytes=key) for key in fitting[start:end]], language)
    else:
        cards = cards_of(order.of(found)[start:end], language) if total else []
    return CardPage(
        cards=cards,
        total=total,
        page=page,
        pages=pages,
        has_next=page < pages,
        is_capped=is_capped,
        is_loose=reading.is_loose if reading else False,
        instead=reading.instead if reading else "",
        sample=sample,
    )


def _count(found: QuerySet[ProductCard]) -> int:
    """How many there are, at most one above the cap; rows are not sorted for it."""
    return found.order_by()[: COUNT_CAP + 1].count()


def _sorting(query: CardQuery) -> Sorting | None:
    """The order asked for; None where that is by relevance."""
    if query.sort not in {"price", "-price"}:
        return SORTS.get(query.sort)
    price, is_descending = minor_price(query.conversion), query.sort == "-price"
    # Those without a price in the currency come last both ways.
    return Sorting(price, is_descending, ties_descend=is_descending, has_gaps=price != F("price_minor"))


def _by_relevance(found: QuerySet[ProductCard], reading: Reading, *, is_capped: bool) -> QuerySet[ProductCard]:
    head = Spelled(reading.question.head())
    is_it = Case(When(search=head, then=Value(HEAD_BONUS)), default=Value(1.0), output_field=FloatField())
    if is_capped:  # weighing thousands of documents would take longer than all the rest of the page
        return found.annotate(is_it=is_it).order_by("-is_it", "-sold", "product_id")
    weight = SearchRank(F("search"), reading.matching, weights=Value(WEIGHTS), cover_density=True)
    sales = Ln(Cast(F("sold") + 1, FloatField())) * Value(SALES_SHARE)
    return found.annotate(rank=weight * is_it + sales).order_by("-rank", "-sold", "product_id")


def narrowed(query: CardQuery, *, but_for: bool = False) -> QuerySet[ProductCard]:
    """Visible cards of the query's category, merchant and prices; `but_for` the facets, which narrow them else. Words are not looked at."""
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
    for name, values in () if but_for else query.facets.items():
        # Beside words, which leave few rows, an index of facets that half the catalogue has would only take time.
        rows = rows.filter(fits(name, values)) if query.text else rows.filter(having(name, values))
    return rows


def fits(name: str, values: tuple[str, ...]) -> Case:
    """Whether a card has any of the values of a facet, as a condition that no index is asked for."""
    return Case(When(having(name, values), then=Value(True)), default=Value(False), output_field=BooleanField())


def having(name: str, values: tuple[str, ...]) -> Q:
    """Cards that have any of the values of a facet."""
    if name == names.STOCK:
        return Q(in_stock=True)
    if name == names.REDUCED:
        return is_reduced()
    if name == names.STARS:
        return has_stars(names.least_stars(values))
    return Q(facets__overlap=[names.facet(name, value) for value in values])


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
    """Cards that have all words of a text, the last of which may be unfinished; none where it holds signs only."""
    question = understood(text)
    if not question.groups:
        return rows.none()
    return rows.filter(search=Reading(question.strict(is_prefix=True), question).matching)
