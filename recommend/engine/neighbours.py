from __future__ import annotations

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]  # scipy ships no types

from recommend.engine.ratings import Floats, Ints, Ratings

SHRINK = 10.0


class Neighbours:
    """Item-to-item cosine over who liked what, shrunk: together / (√(n_i · n_j) + 10), so that two chance meetings count little."""

    def __init__(self, likes: Ratings) -> None:
        shape = len(likes.people), len(likes.items)
        self.liked = sparse.csr_matrix((np.ones(len(likes)), (likes.person, likes.item)), shape=shape)
        self.liked.data[:] = 1.0
        together = (self.liked.T @ self.liked).tocoo()
        counts = np.asarray(self.liked.sum(axis=0)).ravel()
        weights = together.data / (np.sqrt(counts[together.row] * counts[together.col]) + SHRINK)
        apart = together.row != together.col
        self.weights = sparse.csr_matrix((weights[apart], (together.row[apart], together.col[apart])), shape=together.shape)

    def scores(self, people: Ints) -> Floats:
        """For each person, how near each item is to what that person liked."""
        scores: Floats = (self.liked[people] @ self.weights).toarray()
        return scores

    def nearest(self, item: int, limit: int) -> list[tuple[int, float]]:
        """The nearest items with their weights, nearest first; equal ones in item order."""
        start, end = self.weights.indptr[item], self.weights.indptr[item + 1]
        near, weights = self.weights.indices[start:end], self.weights.data[start:end]
        best = np.lexsort((near, -weights))[:limit]
        return [(int(near[place]), float(weights[place])) for place in best]


class Popularity:
    """The same score for everybody: how many people liked the item."""

    def __init__(self, likes: Ratings) -> None:
        self.counts = np.bincount(likes.item, minlength=len(likes.items)).astype(np.float64)

    def scores(self, people: Ints) -> Floats:
        return np.tile(self.counts, (len(people), 1))
