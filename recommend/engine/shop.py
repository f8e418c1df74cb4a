"""From the shop's facts to what is stored: the three models of one version and the lists they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommend.engine.evaluation import BATCH, hide_seen, holdout_rmse, leave_last_out, measure_ranking
from recommend.engine.factors import Factors, fit_ranking, fit_stars
from recommend.engine.neighbours import Neighbours, Popularity
from recommend.engine.ratings import Ratings, Row, encode
from recommend.facts import MEMBER, Fact, ForProduct, ForUser, Shelf
from recommend.rules import MEASURABLE_PEOPLE, Params

PER_USER = 60
PER_PRODUCT = 24
DISLIKED = 2.0
MEASURABLE_RATINGS = 50


@dataclass(frozen=True)
class Facts:
    """Ratings, purchases, and likes (bought or rated, unless rated 1 or 2), all in one numbering; `shelves` are what may be shown."""

    ratings: Ratings
    purchases: Ratings
    likes: Ratings
    shelves: Sequence[Shelf]

    @property
    def members(self) -> list[int]:
        return [number for number, person in enumerate(self.likes.people) if person.startswith(MEMBER)]


def gather(ratings: Iterable[Fact], purchases: Iterable[Fact], shelves: Sequence[Shelf]) -> Facts:
    """Number everybody and everything once."""
    rated = encode((Row(*fact) for fact in ratings), items=[shelf.product for shelf in shelves])
    bought = encode((Row(*fact) for fact in purchases), people=rated.people, items=rated.items)
    people, items = bought.people, bought.items
    rated = Ratings(people, items, rated.person, rated.item, rated.stars, rated.at)
    both = [
        Row(people[person], items[item], stars, at)
        for part in (bought, rated)
        for person, item, stars, at in zip(part.person.tolist(), part.item.tolist(), part.stars.tolist(), part.at.tolist(), strict=True)
    ]
    disliked = rated.where(rated.stars <= DISLIKED).pairs()
    likes = encode(both, people=people, items=items)
    return Facts(rated, bought, likes.where(~np.isin(likes.person * len(items) + likes.item, disliked)), shelves)


def ranking_metrics(facts: Facts, params: Params) -> dict[str, Any]:
    """NDCG@10 and HR@10 of the ranking model and of popularity on the newest like of each person, and how many people there were."""
    split = leave_last_out(facts.likes)
    if len(split.people) < MEASURABLE_PEOPLE:
        return {"people": len(split.people), "ndcg": 0.0}
    model, floor = measure_ranking(fit_ranking(split.train, params), split), measure_ranking(Popularity(split.train), split)
    return {
        "people": model.people,
        "ndcg": round(model.ndcg, 4),
        "hit_rate": round(model.hit_rate, 4),
        "popularity_ndcg": round(floor.ndcg, 4),
    }


def rating_metrics(facts: Facts) -> dict[str, Any]:
    """RMSE of predicted stars on a held-out fifth, where there are enough ratings to say."""
    return {"rmse": round(holdout_rmse(facts.ratings), 4)} if len(facts.ratings) >= MEASURABLE_RATINGS else {}


@dataclass(frozen=True)
class Model:
    """The trained models of one version; without likes there is nobody to rank for, without ratings no stars to predict."""

    facts: Facts
    ranking: Factors | None
    stars: Factors | None
    neighbours: Neighbours

    def for_users(self) -> Iterator[ForUser]:
        """For each member with a like: the best visible products they have not bought or rated."""
        if self.ranking is None:
            return
        liked = set(self.facts.likes.person.tolist())
        members = np.array([person for person in self.facts.members if person in liked], dtype=np.int64)
        for start in range(0, len(members), BATCH):
            yield from self._for_batch(self.ranking, members[start : start + BATCH])

    def _for_batch(self, ranking: Factors, people: np.ndarray[Any, np.dtype[np.int64]]) -> Iterator[ForUser]:
        names, items = self.facts.likes.people, self.facts.likes.items
        scores = ranking.scores(people)
        for seen in (self.facts.purchases, self.facts.ratings):
            hide_seen(scores, people, seen)
        scores[:, len(self.facts.shelves) :] = -np.inf
        stars = self.stars.stars(people) if self.stars else None
        for row, person in enumerate(people.tolist()):
            order = np.argsort(-scores[row], kind="stable")[:PER_USER]
            best = order[np.isfinite(scores[row, order])].tolist()
            yield ForUser(
                names[person].removeprefix(MEMBER),
                [items[item] for item in best],
                [round(float(scores[row, item]), 4) for item in best],
                [round(float(stars[row, item]), 2) for item in best] if stars is not None else [],
            )

    def for_products(self) -> Iterator[ForProduct]:
        """For each visible product: what was bought with it, then the best-selling others of its category at score 0."""
        shown, by_category = len(self.facts.shelves), _by_category(self.facts.shelves)
        for item, shelf in enumerate(self.facts.shelves):
            near = {other: weight for other, weight in self.neighbours.nearest(item, 2 * PER_PRODUCT) if other < shown}
            for other in by_category[shelf.category]:
                if len(near) >= PER_PRODUCT:
                    break
                if other != item:
                    near.setdefault(other, 0.0)
            best = list(near.items())[:PER_PRODUCT]
            yield ForProduct(
                shelf.product, [self.facts.shelves[other].product for other, _ in best], [round(weight, 5) for _, weight in best]
            )


def _by_category(shelves: Sequence[Shelf]) -> dict[str, list[int]]:
    """The first products of each category, in the order of the shelves, which is by sales."""
    groups: dict[str, list[int]] = {}
    for item, shelf in enumerate(shelves):
        group = groups.setdefault(shelf.category, [])
        if len(group) <= PER_PRODUCT:
            group.append(item)
    return groups


def fit_models(facts: Facts, params: Params) -> Model:
    """Train on everything."""
    return Model(
        facts,
        fit_ranking(facts.likes, params) if len(facts.likes) else None,
        fit_stars(facts.ratings) if len(facts.ratings) else None,
        Neighbours(facts.purchases),
    )
