"""What a query finds, read once: which of it the chosen facets fit, and how often each facet comes.

PostgreSQL would take longer to count fifteen facets of a thousand rows than to say them, and would visit the rows anew for each question.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, OrderBy, Q, QuerySet, TextField, Value

from catalog.models import ProductCard
from catalog.rules import facets as names

LOOKED_AT = 1_000
MOST_VALUES = 24
MOST_STARS = 5
_COLUMNS = ("line", "place", "key")
_BETWEEN, _NEXT = "\x1f", "\x1e"
Selected = Mapping[str, tuple[str, ...]]
# Of each facet `name=value`: among what the other facets' choices fit, and in all.
Counts = Mapping[str, tuple[int, int]]
Counted = tuple[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order of cards: by a value, those without one last where `has_gaps`, ties by key."""

    by: Expression | F
    is_descending: bool = True
    ties_descend: bool = False
    has_gaps: bool = False

    def of(self, rows: QuerySet[ProductCard]) -> QuerySet[ProductCard]:
        first = OrderBy(self.by, descending=self.is_descending, nulls_last=True if self.has_gaps else None)
        return rows.order_by(first, "-product_id" if self.ties_descend else "product_id")

    @property
    def sql(self) -> str:
        """The same order of the columns that a sample reads."""
        _line, place, key = _COLUMNS
        gaps = " NULLS LAST" if self.has_gaps else ""
        return f"{place}{' DESC' if self.is_descending else ''}{gaps}, {key}{' DESC' if self.ties_descend else ''}"


@dataclass(slots=True)
class Alike:
    """Products that have none of the chosen values of the same facets: their keys, and the facets of all of them."""

    keys: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sample:
    """At most 1,000 products that a query finds but for its facets, by the facets `chosen` whose values they miss.

    `is_whole` says that these are all of them; then they are in the order that was asked for.
    """

    groups: Mapping[tuple[str, ...], Alike]
    chosen: Selected
    is_whole: bool

    def __len__(self) -> int:
        return sum(len(group.keys) for group in self.groups.values())

    @property
    def fitting(self) -> Sequence[str]:
        """The keys of the products that have a value of each facet chosen."""
        found = self.groups.get(())
        return found.keys if found else []

    def counts(self) -> Counts:
        """How often each facet comes. Of each name the 24 values that fit most are kept, all categories, and what is chosen."""
        present: Counter[str] = Counter()
        fitting: Counter[str] = Counter()
        for missed, group in self.groups.items():
            found = _at_least(Counter(group.tokens))
            present.update(found)
            if not missed:
                fitting.update(found)
            elif len(missed) == 1:
                own = names.facet(missed[0], "")
                fitting.update({token: count for token, count in found.items() if token.startswith(own)})
        kept = {names.facet(name, value) for name, values in self.chosen.items() for value in values}
        return dict(_most(((token, (fitting[token], count)) for token, count in present.items()), kept))


def _at_least(counts: Counter[str]) -> Counter[str]:
    """With products counted by how many whole stars they have at least, instead of by how many."""
    by_stars = [counts.pop(names.facet(names.STARS, whole), 0) for whole in range(MOST_STARS + 1)]
    return counts + Counter({names.facet(names.STARS, least): sum(by_stars[least:]) for least in names.STARS_AT_LEAST})


def _most(counts: Iterable[Counted], kept: set[str]) -> Iterator[Counted]:
    by_name: dict[str, list[Counted]] = {}
    for counted in counts:
        by_name.setdefault(names.split(counted[0])[0], []).append(counted)
    for name, found in by_name.items():
        if name == names.CATEGORY or len(found) <= MOST_VALUES:
            yield from found
            continue
        found.sort(key=lambda each: (-each[1][0], -each[1][1], each[0]))
        yield from (each for place, each in enumerate(found) if place < MOST_VALUES or each[0] in kept)


def sample_of(rows: QuerySet[ProductCard], chosen: Selected, sorting: Sorting | None = None) -> Sample:
    """Look at the cards of a query that the facets chosen do not narrow yet, in an order where one is given; one statement.

    They come as one text: the driver would take longer to make a thousand rows than PostgreSQL takes to find them.
    """
    columns = (_LINE, sorting.by, "product_id") if sorting else (_LINE,)
    sql, params = rows.order_by().values_list(*columns)[: LOOKED_AT + 1].query.sql_with_params()
    order = f" ORDER BY {sorting.sql}" if sorting else ""
    called = ", ".join(_COLUMNS[: len(columns)])
    with connection.cursor() as cursor:
        # All of it is Django's and our own.
        cursor.execute(f"SELECT string_agg(line, '{_NEXT}'{order}) FROM ({sql}) AS found ({called})", params)  # noqa: S608
        lines = (cursor.fetchone()[0] or "").split(_NEXT)
    found = [line.split(_BETWEEN) for line in lines[:LOOKED_AT]] if lines[0] else []
    misses = [_misses(name, values, found) for name, values in chosen.items()]
    groups: dict[tuple[str, ...], Alike] = {}
    for tokens, missed in zip(found, zip(*misses, strict=True) if misses else itertools.repeat(()), strict=False):
        group = groups.get(missed) or groups.setdefault(missed, Alike())
        group.keys.append(tokens.pop())
        group.tokens += tokens
    return Sample({tuple(filter(None, missed)): group for missed, group in groups.items()}, chosen, is_whole=len(lines) <= LOOKED_AT)


# The facets of a card, the ones that change with each sale and rating included, of stars the whole ones; last its key.
_LINE = Func(
    template=f"""concat_ws('{_BETWEEN}', array_to_string(facets, '{_BETWEEN}'),
        CASE WHEN in_stock THEN '{names.STOCK}=1' END, CASE WHEN discount_bps > 0 THEN '{names.REDUCED}=1' END,
        CASE WHEN stars_count > 0 THEN '{names.STARS}=' || stars_sum / stars_count END,
        product_id)""",
    output_field=TextField(),
)


def _misses(name: str, values: tuple[str, ...], found: Sequence[Sequence[str]]) -> list[str]:
    """The facet's name for each product that has none of the values, "" for the others."""
    lacks = frozenset(_wanted(name, values)).isdisjoint
    return [name if lacks(tokens) else "" for tokens in found]


def _wanted(name: str, values: tuple[str, ...]) -> Iterable[str]:
    """Any of these is what was chosen."""
    if name == names.STARS:
        return _with_stars(max(names.least_stars(values), 1))
    return [names.facet(name, value) for value in (("1",) if name in {names.STOCK, names.REDUCED} else values)]


def _with_stars(least: int) -> list[str]:
    return [names.facet(names.STARS, whole) for whole in range(least, MOST_STARS + 1)]


def among(keys: Sequence[str]) -> Func:
    """Whether a card has any of these keys, told to PostgreSQL as one text: it would take long to spell each, and to plan for each."""
    told = Value(f"{{{','.join(keys)}}}")
    return Func(
        F("product_id"),
        told,
        template="(%(expressions)s::uuid[]))))",
        arg_joiner=" = ANY(ARRAY(SELECT unnest(",
        output_field=BooleanField(),
    )


def has_stars(least: int) -> Q:
    """Cards whose ratings are so many stars on average, or more."""
    return Q(stars_count__gt=0, stars_sum__gte=F("stars_count") * least)


def is_reduced() -> Q:
    """Cards that cost less now than before."""
    return Q(discount_bps__gt=0)
