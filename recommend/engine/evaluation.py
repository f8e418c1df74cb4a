from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommend.engine.factors import fit_stars
from recommend.engine.ratings import Flags, Floats, Ints, Ratings

BATCH = 256


class Ranker(Protocol):
    def scores(self, people: Ints) -> Floats: ...


@dataclass(frozen=True)
class Split:
    """Leave last out: for each of `people` (with two rows or more) the item of the newest row; `train` is everything else."""

    train: Ratings
    people: Ints
    held: Ints


@dataclass(frozen=True)
class Ranking:
    """HR@10 and NDCG@10 with one relevant item a person, all unseen items ranked."""

    hit_rate: float
    ndcg: float
    people: int


def leave_last_out(ratings: Ratings) -> Split:
    """Hold out each person's newest row by time; of equal times the one that came later in the input."""
    order = np.lexsort((np.arange(len(ratings)), ratings.at, ratings.person))
    person = ratings.person[order]
    is_last = np.append(person[1:] != person[:-1], [True]) if len(person) else np.zeros(0, dtype=bool)
    counts = np.bincount(person, minlength=len(ratings.people))
    chosen = order[is_last & (counts[person] > 1)]
    keep: Flags = np.ones(len(ratings), dtype=bool)
    keep[chosen] = False
    return Split(ratings.where(keep), ratings.person[chosen], ratings.item[chosen])


def measure_ranking(ranker: Ranker, split: Split, *, depth: int = 10) -> Ranking:
    """Rank every item the person has not seen in training; no sampled candidates, which would flatter the figures."""
    if not len(split.people):
        return Ranking(0.0, 0.0, 0)
    places = np.concatenate([_places(ranker, split, start) for start in range(0, len(split.people), BATCH)])
    gains = np.where(places < depth, 1 / np.log2(places + 2), 0)
    return Ranking(float(np.mean(places < depth)), float(np.mean(gains)), len(places))


def _places(ranker: Ranker, split: Split, start: int) -> Ints:
    """Places (0 is first) of the held items; equal scores rank in item order."""
    people, held = split.people[start : start + BATCH], split.held[start : start + BATCH]
    scores = hide_seen(ranker.scores(people), people, split.train)
    own = scores[np.arange(len(people)), held][:, None]
    before = np.arange(scores.shape[1])[None, :] < held[:, None]
    places: Ints = (scores > own).sum(axis=1) + ((scores == own) & before).sum(axis=1)
    return places


def hide_seen(scores: Floats, people: Ints, seen: Ratings) -> Floats:
    """Scores with −∞ where the person has seen the item."""
    row_of = np.full(len(seen.people), -1)
    row_of[people] = np.arange(len(people))
    rows = row_of[seen.person]
    scores[rows[rows >= 0], seen.item[rows >= 0]] = -np.inf
    return scores


def holdout_rmse(ratings: Ratings, *, share: float = 0.2) -> float:
    """Root mean squared error of predicted stars on a random fifth of the ratings (seed 0) that the model did not see."""
    held: Flags = np.random.default_rng(0).random(len(ratings)) < share
    if not held.any() or held.all():
        return float("nan")
    factors, test = fit_stars(ratings.where(~held)), ratings.where(held)
    dots = np.einsum("ij,ij->i", factors.person[test.person], factors.item[test.item])
    stars = np.clip(factors.mean + factors.person_bias[test.person] + factors.item_bias[test.item] + dots, 1, 5)
    return float(np.sqrt(np.mean((stars - test.stars) ** 2)))
