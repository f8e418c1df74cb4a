"""The golden sets and their measures. A file holds `kind, query, best, good` a line: products by slug or by rule.

A rule is `@category`, everything in it and below, or `@category[weight=500; length=16]`, what of it weighs so many grams and whose
attribute is so many centimetres.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog.gateways.search import backend
from catalog.models import Category, ProductCard, Variant
from catalog.selectors import CardQuery

FOLDER = Path(__file__).parent / "golden"
CUT = 10
BEST, GOOD = 3, 1


@dataclass(frozen=True, slots=True)
class Query:
    """A query and what its answers are worth, by slug."""

    kind: str
    text: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a query found. `ndcg` is NDCG@10 with gains 2^grade - 1 (Järvelin and Kekäläinen 2002; the exponential gain of Burges 2005)."""

    query: Query
    found: tuple[str, ...]
    ndcg: float

    @property
    def is_first_right(self) -> bool:
        return bool(self.found) and self.query.grades.get(self.found[0]) == BEST


def read(name: str) -> list[Query]:
    """The queries of golden/<name>.tsv; a slug or category that the catalogue does not have is an error."""
    members = _Members()
    rows = [line.split("\t") for line in (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return [Query(kind, text, {**members.graded(good, GOOD), **members.graded(best, BEST)}) for kind, text, best, good in rows]


class _Members:
    """Visible products by slug, and by category."""

    def __init__(self) -> None:
        rows = ProductCard.objects.filter(is_visible=True).values_list("slug", "category_path")
        self.paths = dict(rows)
        self.categories = dict(Category.objects.values_list("slug", "path"))

    def graded(self, names: str, grade: int) -> dict[str, int]:
        return {slug: grade for name in names.split(",") if name for slug in self._slugs(name)}

    @cached_property
    def facts(self) -> dict[str, dict[str, str]]:
        """The weight and the attributes of each product."""
        weights: dict[Any, int] = dict(Variant.objects.order_by("-position").values_list("product__slug", "weight_g"))
        attributes = ProductCard.objects.filter(is_visible=True).values_list("slug", "product__attributes")
        return {slug: {"weight": str(weights[slug]), **{row["name"].lower(): row["value"] for row in rows}} for slug, rows in attributes}

    def _slugs(self, name: str) -> Iterator[str]:
        if name.startswith("@"):
            found = list(self._by_rule(*name[1:].rstrip("]").partition("[")[::2]))
            if not found:
                raise LookupError(name)
            yield from found
        elif name in self.paths:
            yield name
        else:
            raise LookupError(name)

    def _by_rule(self, category: str, conditions: str) -> Iterator[str]:
        path = self.categories[category]
        asked = [condition.strip().split("=") for condition in conditions.split(";") if condition]
        for slug, own in self.paths.items():
            if own.startswith(path) and all(self.facts[slug].get(fact, "").removesuffix(" cm") == value for fact, value in asked):
                yield slug


def evaluate(queries: Iterable[Query]) -> list[Outcome]:
    """Ask every query as a shopper would and weigh the first ten answers."""
    return [_asked(query) for query in queries]


def _asked(query: Query) -> Outcome:
    language = "en" if query.text.isascii() else "zh-hans"
    page = backend().find(CardQuery(text=query.text, per_page=CUT), language)
    found = tuple(card.slug for card in page.cards)
    return Outcome(query, found, ndcg([query.grades.get(slug, 0) for slug in found], query.grades.values()))


def ndcg(grades: Sequence[int], present: Iterable[int]) -> float:
    """How near an order comes to the best there could be, from 0 to 1, looking at the first ten."""
    ideal = _gain(sorted(present, reverse=True))
    return _gain(grades) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:CUT]))


def mean(outcomes: Sequence[Outcome], of: Callable[[Outcome], float]) -> float:
    return math.fsum(of(outcome) for outcome in outcomes) / len(outcomes)


def report(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A table by kind, and the queries that did worst."""
    kinds: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        kinds.setdefault(outcome.query.kind, []).append(outcome)
    yield f"{'kind':<14}{'queries':>8}{'NDCG@10':>10}{'first right':>13}{'found nothing':>15}"
    for kind, some in [*kinds.items(), ("all", list(outcomes))]:
        nothing = sum(not outcome.found for outcome in some)
        right = mean(some, lambda outcome: outcome.is_first_right)
        yield f"{kind:<14}{len(some):>8}{mean(some, lambda outcome: outcome.ndcg):>10.3f}{right:>13.0%}{nothing:>15}"
    worst = [outcome for outcome in sorted(outcomes, key=lambda outcome: outcome.ndcg)[:15] if outcome.ndcg < 0.8]
    yield from (f"  {outcome.ndcg:.2f}  {outcome.query.text}: {', '.join(outcome.found[:4]) or 'nothing'}" for outcome in worst)
