from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from surprise import SVD, Dataset, Reader

from recommend.engine.ratings import Floats, Ints, Ratings
from recommend.rules import Params

POSITIVE, NEGATIVE = 5.0, 1.0
SEED = 0


@dataclass(frozen=True)
class Factors:
    """What SVD learnt, in our numbering: stars ≈ mean + person_bias + item_bias + person · item."""

    mean: float
    person_bias: Floats
    item_bias: Floats
    person: Floats
    item: Floats

    def scores(self, people: Ints) -> Floats:
        """A row for each person, a column for each item; higher is better. Not clipped, because clipped scores tie."""
        rows: Floats = self.mean + self.person_bias[people, None] + self.item_bias[None, :] + self.person[people] @ self.item.T
        return rows

    def stars(self, people: Ints) -> Floats:
        """The stars each person would give to each item, between 1 and 5."""
        return np.clip(self.scores(people), 1, 5)


def fit(ratings: Ratings, svd: SVD) -> Factors:
    """Train a surprise SVD; people and items without a rating get zero bias and zero factors."""
    rows = zip(ratings.person.tolist(), ratings.item.tolist(), ratings.stars.tolist(), strict=True)
    trainset = Dataset(Reader(rating_scale=(1, 5))).construct_trainset([(person, item, stars, None) for person, item, stars in rows])
    svd.fit(trainset)
    people = [trainset.to_raw_uid(inner) for inner in trainset.all_users()]
    items = [trainset.to_raw_iid(inner) for inner in trainset.all_items()]
    return Factors(
        mean=float(trainset.global_mean),
        person_bias=_spread(svd.bu, people, len(ratings.people)),
        item_bias=_spread(svd.bi, items, len(ratings.items)),
        person=_spread(svd.pu, people, len(ratings.people)),
        item=_spread(svd.qi, items, len(ratings.items)),
    )


def _spread(values: Floats, positions: list[int], size: int) -> Floats:
    """Put surprise's inner order back into ours."""
    whole = np.zeros((size, *values.shape[1:]))
    whole[positions] = values
    return whole


def fit_stars(ratings: Ratings) -> Factors:
    """SVD with surprise's defaults (100 factors, 20 epochs): best for predicting stars, worse than popularity for ranking."""
    return fit(ratings, SVD(random_state=SEED))


def fit_ranking(likes: Ratings, params: Params) -> Factors:
    """SVD on likes as 5 and, for each, `params.negatives` sampled items of that person's unseen ones as 1."""
    svd = SVD(n_factors=params.factors, n_epochs=params.epochs, reg_all=params.regularisation, random_state=SEED)
    return fit(with_negatives(likes, params.negatives), svd)


def with_negatives(likes: Ratings, per_like: int) -> Ratings:
    """Each like as 5 stars followed by `per_like` unseen items as 1; a draw that hits a like is drawn again, at last dropped."""
    draw = np.random.default_rng(SEED)
    liked, size = likes.pairs(), len(likes.items)
    person = np.repeat(likes.person, per_like)
    item = draw.integers(size, size=len(person))
    for _ in range(10):
        hits = np.flatnonzero(np.isin(person * size + item, liked))
        item[hits] = draw.integers(size, size=len(hits))
    unseen = ~np.isin(person * size + item, liked)
    person, item = person[unseen], item[unseen]
    order = np.argsort(np.concatenate([likes.person, person]), kind="stable")
    stars = np.concatenate([np.full(len(likes), POSITIVE), np.full(len(person), NEGATIVE)])
    return Ratings(
        likes.people,
        likes.items,
        np.concatenate([likes.person, person])[order],
        np.concatenate([likes.item, item])[order],
        stars[order],
        np.zeros(len(stars)),
    )
