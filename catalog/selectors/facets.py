"""What a list can be narrowed by, with counts: a statement where nothing was looked at yet, two for names of brands and merchants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import QuerySet

from catalog.models import Brand
from catalog.rules import facets as names
from catalog.selectors.attributes import facet_labels
from catalog.selectors.categories import CategoryNode, category_tree
from catalog.selectors.find import CardQuery, narrowed
from catalog.selectors.sample import Counts, Sample, sample_of
from core.i18n import translated
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A choice. `count` is how many products it would show with the other facets as they are chosen; `is_least` says there may be more."""

    value: str
    label: str
    count: int
    is_chosen: bool
    is_least: bool = False
    swatch: str = ""

    @property
    def is_empty(self) -> bool:
        """Nobody should be led to it, unless it is chosen."""
        return self.count == 0 and not self.is_chosen


@dataclass(frozen=True, slots=True)
class Facet:
    """What a list can be narrowed by; `name` is the one in addresses."""

    name: str
    title: str
    values: tuple[FacetValue, ...]

    @property
    def chosen(self) -> int:
        return sum(value.is_chosen for value in self.values)


def facets_for(query: CardQuery, sample: Sample | None, language: str) -> dict[str, Facet]:
    """The facets of what a query finds, by name, in the order they are shown; a facet's own choice does not shrink its own counts.

    At most 1,000 products are looked at, those of the `sample` of the page where there is one; where there are more, counts say "at least".
    Values that lead to nothing now are kept, with 0.
    """
    looked_at = sample if sample is not None else sample_of(narrowed(query, but_for=True), query.facets)
    counts = looked_at.counts()
    found = {
        names.CATEGORY: _categories(query, counts, language),
        names.BRAND: _named(names.BRAND, counts, query, lambda slugs: _labels(Brand.objects.filter(slug__in=slugs), language)),
        **_attributes(counts, query, language),
        names.MERCHANT: _named(names.MERCHANT, counts, query, lambda slugs: _labels(Merchant.objects.filter(slug__in=slugs), language)),
        **{name: _plain(name, counts, query) for name in (names.STARS, names.CONDITION, names.DAYS, names.STOCK, names.REDUCED)},
    }
    if not looked_at.is_whole:
        found = {name: replace(one, values=tuple(replace(value, is_least=True) for value in one.values)) for name, one in found.items()}
    return {name: one for name, one in found.items() if one.values}


def _values(name: str, counts: Counts, query: CardQuery) -> dict[str, tuple[int, bool]]:
    """Count and choice of each value of a facet; what was chosen is there even when nothing has it."""
    chosen = query.facets.get(name, ())
    found = {value: (fitting, value in chosen) for value, (fitting, _) in counts.get(name, {}).items()}
    return {**found, **{value: (0, True) for value in chosen if value not in found}}


def _named(name: str, counts: Counts, query: CardQuery, labels: Callable[[Iterable[str]], Mapping[str, str]]) -> Facet:
    """Brands or merchants, those with most products first."""
    found = _values(name, counts, query)
    if len(found) < 2 and not query.facets.get(name):
        return Facet(name, "", ())
    known = labels(found)
    values = [FacetValue(value, known[value], count, is_chosen) for value, (count, is_chosen) in found.items() if value in known]
    return Facet(name, "", tuple(sorted(values, key=lambda value: (-value.count, value.label))))


def _labels(rows: QuerySet[Brand] | QuerySet[Merchant], language: str) -> dict[str, str]:
    return {row["slug"]: translated(row, row["i18n"], "name", language) for row in rows.values("slug", "name", "i18n")}


def _attributes(counts: Counts, query: CardQuery, language: str) -> dict[str, Facet]:
    found = {}
    for key, labels in facet_labels().items():
        values = _values(key, counts, query)
        if len(values) < 2 and key not in query.facets:
            continue
        shown = sorted(values, key=lambda value: _order(labels.order, value))
        found[key] = Facet(
            key,
            labels.title(language),
            tuple(
                FacetValue(
                    value,
                    labels.label(value, language),
                    *values[value],
                    swatch=labels.choices[value].swatch if value in labels.choices else "",
                )
                for value in shown
            ),
        )
    return found


def _order(order: Callable[[str], tuple[Decimal, str]], value: str) -> tuple[Decimal, str]:
    try:
        return order(value)
    except ArithmeticError:  # somebody wrote a word for a number into the address
        return Decimal(0), value


def _plain(name: str, counts: Counts, query: CardQuery) -> Facet:
    """Facets whose values a face names itself."""
    values = _values(name, counts, query)
    return Facet(name, "", tuple(FacetValue(value, value, count, is_chosen) for value, (count, is_chosen) in sorted(values.items())))


def _categories(query: CardQuery, counts: Counts, language: str) -> Facet:
    """The next level of the tree: what lies below the category of the page, or below the one chosen."""
    chosen = next(iter(query.facets.get(names.CATEGORY, ())), "")
    at = chosen or (query.category.path if query.category else "")
    level, counted = _below(category_tree(language), at), counts.get(names.CATEGORY, {})
    shown = [FacetValue(node.path, node.name, counted.get(node.path, (0, 0))[0], node.path == chosen) for node in level]
    return Facet(names.CATEGORY, "", tuple(value for value in shown if value.count or value.is_chosen))


def _below(nodes: Sequence[CategoryNode], path: str) -> Sequence[CategoryNode]:
    for node in nodes:
        if path == node.path:
            return [node, *node.children]
        if path.startswith(node.path):
            return _below(node.children, path)
    return nodes
