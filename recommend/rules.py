from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

PER_MERCHANT = 3
FIRST = 10
WORST_RATIO = 0.95
MEASURABLE_PEOPLE = 20


@dataclass(frozen=True)
class Params:
    """Settings of the ranking model, measured on MovieLens 100k and Online Retail; `negatives` are drawn for each like."""

    factors: int = 100
    epochs: int = 40
    regularisation: float = 0.1
    negatives: int = 4

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Sold(Protocol):
    @property
    def merchant_slug(self) -> str: ...


S = TypeVar("S", bound=Sold)


def spread(cards: Iterable[S], limit: int) -> list[S]:
    """Up to `limit` cards in their order, at most three of one merchant among the first ten; what was held back follows those."""
    shown: Counter[str] = Counter()
    first: list[S] = []
    later: list[S] = []
    for card in cards:
        if len(first) < FIRST and shown[card.merchant_slug] < PER_MERCHANT:
            shown[card.merchant_slug] += 1
            first.append(card)
        else:
            later.append(card)
    return (first + later if len(first) == FIRST else first)[:limit]


def refusal(candidate: dict[str, Any], live: dict[str, Any] | None) -> str:
    """Why a trained version must not replace the live one: a code, or empty when it may.

    Both are metrics of the same split: {"ndcg": …, "people": held-out people, "covered": people with results}.
    """
    if live is None:
        return ""
    if candidate["covered"] * 2 < live["covered"]:
        return "coverage_halved"
    if candidate["people"] < MEASURABLE_PEOPLE:
        return ""
    return "ndcg_worse" if candidate["ndcg"] < WORST_RATIO * live["ndcg"] else ""


def merged(neighbours: Iterable[tuple[list[UUID], list[float]]], without: set[UUID]) -> list[UUID]:
    """Neighbours of several products as one list, by the sum of their weights; equal ones in the order they came."""
    weights: dict[UUID, float] = {}
    for products, scores in neighbours:
        for product, score in zip(products, scores, strict=True):
            if product not in without:
                weights[product] = weights.get(product, 0.0) + score
    return sorted(weights, key=lambda product: -weights[product])
