"""What somebody who is typing may want: searches, categories, products and shops, at most ten rows; none leads to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from catalog.models import AskedQuery, Term
from catalog.rules.queries import words_of
from catalog.rules.texts import storable
from catalog.rules.tokens import fold
from catalog.selectors.cards import Card, cards_of, visible_cards
from catalog.selectors.categories import CategoryNode, category_tree
from catalog.selectors.find import Reading
from catalog.selectors.meaning import corrected, understood
from core.i18n import translated
from merchants.models import Merchant

SHORTEST = 1
LONGEST = 60
MOST_QUERIES, MOST_CATEGORIES, MOST_PRODUCTS, MOST_SHOPS = 5, 2, 3, 1
ASKED_OFTEN = 3
FEW = 40
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Completion:
    """A search that finds something: what was typed, if it begins with that, and what it adds."""

    text: str
    typed: str

    @property
    def kept(self) -> str:
        return self.text[: len(self.typed)] if self._goes_on else ""

    @property
    def added(self) -> str:
        return self.text[len(self.typed) :] if self._goes_on else self.text

    @property
    def _goes_on(self) -> bool:
        return fold(self.text).startswith(fold(self.typed))


@dataclass(frozen=True, slots=True)
class Place:
    """A category or a shop, by its name in one language."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    queries: tuple[Completion, ...] = ()
    categories: tuple[Place, ...] = ()
    products: tuple[Card, ...] = ()
    shops: tuple[Place, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.queries or self.categories or self.products or self.shops)


def suggestions_for(text: str, language: str) -> Suggestions:
    """Suggestions for what has been typed so far, in at most four statements, and a few more where no product has the words."""
    typed = " ".join(fold(storable(text[:LONGEST])).split())
    if len(typed) < SHORTEST or not words_of(typed):
        return Suggestions()
    products, instead = _products(typed, language)
    words = _completions(typed, language) if products else []
    completions = [Completion(instead, typed)] if instead else []
    completions += [Completion(word, typed) for word in dict.fromkeys(words) if fold(word) != typed and word != instead]
    return Suggestions(
        queries=tuple(completions[:MOST_QUERIES]),
        categories=tuple(_categories(instead or typed, language)),
        products=tuple(products),
        shops=tuple(_shops(typed, language)),
    )


def _products(typed: str, language: str) -> tuple[list[Card], str]:
    """The best sold products with all the words, the last of which may be unfinished; else with the words that were meant."""
    question = understood(typed)
    if found := _best_sold(Reading(question.strict(is_prefix=True), question), language):
        return found, ""
    better, instead = corrected(question)
    return (_best_sold(Reading(better.strict(), better), language), instead) if instead else ([], "")


def _best_sold(reading: Reading, language: str) -> list[Card]:
    return cards_of(visible_cards().filter(search=reading.matching).order_by("-sold", "product_id")[:MOST_PRODUCTS], language)


def _completions(typed: str, language: str) -> list[str]:
    """Searches of others that begin so, then words of products that begin so, the most common first."""
    asked = AskedQuery.objects.filter(language=language, folded__gte=typed, folded__lt=typed + _LAST, is_hidden=False)
    often = asked.filter(times__gte=ASKED_OFTEN, results__gt=0).order_by("-times", "folded")
    found = list(often.values_list("text", flat=True)[:MOST_QUERIES])
    if len(found) < MOST_QUERIES and len(words_of(typed)) == 1:
        found += _words(typed)
    return found


def _words(typed: str) -> list[str]:
    begins = Q(word__gte=typed, word__lt=typed + _LAST)
    if typed.isascii() and len(typed) > 1:
        begins |= Q(pinyin__gte=typed, pinyin__lt=typed + _LAST)
    rows = Term.objects.filter(begins).order_by("-documents", "word").values_list("word", flat=True)[:FEW]
    return [word for word in rows if len(word) > 1]


def _categories(typed: str, language: str) -> Iterable[Place]:
    """Categories with goods whose name has the words, by whichever language it was typed in."""
    found = [node for node in _nodes(category_tree(language)) if node.count and _has(node.name, typed)]
    found.sort(key=lambda node: (not fold(node.name).startswith(typed), -node.count))
    return [Place(node.slug, node.name) for node in found[:MOST_CATEGORIES]]


def _nodes(level: Sequence[CategoryNode]) -> Iterable[CategoryNode]:
    for node in level:
        yield node
        yield from _nodes(node.children)


def _has(name: str, typed: str) -> bool:
    folded = fold(name)
    return folded.startswith(typed) or f" {typed}" in folded or (not typed.isascii() and typed in folded)


def _shops(typed: str, language: str) -> Iterable[Place]:
    if len(typed) < 2:
        return []
    named = Q(name__istartswith=typed) | Q(name__icontains=f" {typed}")
    if not typed.isascii():
        named |= Q(i18n__icontains=typed) | Q(name__icontains=typed)
    rows = Merchant.objects.filter(named, status=Merchant.Status.ACTIVE).order_by("name").values("slug", "name", "i18n")[:MOST_SHOPS]
    return [Place(row["slug"], translated(row, row["i18n"], "name", language)) for row in rows]
