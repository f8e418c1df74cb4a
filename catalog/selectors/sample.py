"""What a query finds, read once: which of it the chosen facets fit, and how often each facet comes.

PostgreSQL would take longer to count fifteen facets of a thousand rows than to say them, and would visit the rows anew for each question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import BooleanField, Case, F, Func, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from catalog.models import ProductCard
from catalog.rules import facets as names

LOOKED_AT = 1_000
MOST_VALUES = 24
_BETWEEN = "\x1f"
Selected = Mapping[str, tuple[str, ...]]
# Of each facet `name=value`: among what the other facets' choices fit, and in all.
Counts = Mapping[str, tuple[int, int]]
Counted = tuple[str, tuple[int, int]]


@dataclass(slots=True)
class Alike:
    """Products that have none of the chosen values of the same facets: their keys, and the facets of all of them."""

    keys: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sample:
    """At most 1,000 products that a query finds but for its facets, by the facets `chosen` whose values they miss.

    `is_whole` says that these are all of them.
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
            found = Counter(group.tokens)
            present.update(found)
            if not missed:
                fitting.update(found)
            elif len(missed) == 1:
                own = names.facet(missed[0], "")
                fitting.update({token: count for token, count in found.items() if token.startswith(own)})
        kept = {names.facet(name, value) for name, values in self.chosen.items() for value in values}
        return dict(_most(((token, (fitting[token], count)) for token, count in present.items()), kept))


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


def sample_of(rows: QuerySet[ProductCard], chosen: Selected) -> Sample:
    """Look at the cards of a query that the facets chosen do not narrow yet, in no order; one statement."""
    asked = rows.order_by().values_list(
        Cast("product_id", TextField()),
        Func(F("facets"), Value(_BETWEEN), function="array_to_string", output_field=TextField()),
        "in_stock",
        Case(When(is_reduced(), then=Value(True)), default=Value(False), output_field=BooleanField()),
        Case(When(stars_count__gt=0, then=F("stars_sum") / F("stars_count")), default=Value(0), output_field=IntegerField()),
    )
    found = list(asked[: LOOKED_AT + 1])
    tests = [(name, _test(name, values)) for name, values in chosen.items()]
    groups: dict[tuple[str, ...], Alike] = {}
    for key, facets, in_stock, reduced, stars in found[:LOOKED_AT]:
        tokens = facets.split(_BETWEEN)
        if in_stock:
            tokens.append(_IN_STOCK)
        if reduced:
            tokens.append(_REDUCED)
        tokens += _STARS[stars]
        missed = tuple([name for name, fits in tests if not fits(tokens, stars)])
        group = groups.get(missed) or groups.setdefault(missed, Alike())
        group.keys.append(key)
        group.tokens += tokens
    return Sample(groups, chosen, is_whole=len(found) <= LOOKED_AT)


_IN_STOCK, _REDUCED = names.facet(names.STOCK, "1"), names.facet(names.REDUCED, "1")
_STARS = [[names.facet(names.STARS, least) for least in names.STARS_AT_LEAST if whole >= least] for whole in range(6)]


def _test(name: str, values: tuple[str, ...]) -> Callable[[list[str], int], bool]:
    """Whether a product fits, by its facets and its whole stars, 0 without any."""
    if name == names.STARS:
        least = max(names.least_stars(values), 1)
        return lambda _tokens, stars: stars >= least
    wanted = frozenset(names.facet(name, value) for value in (("1",) if name in {names.STOCK, names.REDUCED} else values))
    return lambda tokens, _stars: not wanted.isdisjoint(tokens)


def is_reduced() -> Q:
    """Cards that cost less now than before."""
    return Q(discount_bps__gt=0)
