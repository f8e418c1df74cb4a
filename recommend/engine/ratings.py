from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Row(NamedTuple):
    """One fact: `person` gave `item` `stars` at `at` (seconds since 1970)."""

    person: str
    item: str
    stars: float
    at: float


@dataclass(frozen=True)
class Ratings:
    """Rows as columns. `person` and `item` are positions in `people` and `items`."""

    people: list[str]
    items: list[str]
    person: Ints
    item: Ints
    stars: Floats
    at: Floats

    def __len__(self) -> int:
        return len(self.person)

    def where(self, keep: Flags) -> Ratings:
        """The rows that `keep` marks, in the same numbering of people and items."""
        return replace(self, person=self.person[keep], item=self.item[keep], stars=self.stars[keep], at=self.at[keep])

    def pairs(self) -> Ints:
        """One number for each (person, item), sorted, each once."""
        return np.unique(self.person * len(self.items) + self.item)


def encode(rows: Iterable[Row], *, people: Sequence[str] = (), items: Sequence[str] = ()) -> Ratings:
    """Number people and items in the order in which they appear, after those given; the last row of a pair wins."""
    person_numbers = {name: number for number, name in enumerate(people)}
    item_numbers = {name: number for number, name in enumerate(items)}
    latest: dict[tuple[int, int], tuple[float, float]] = {}
    for person, item, stars, at in rows:
        key = person_numbers.setdefault(person, len(person_numbers)), item_numbers.setdefault(item, len(item_numbers))
        if key not in latest or latest[key][1] <= at:
            latest[key] = stars, at
    pairs = np.array(list(latest), dtype=np.int64).reshape(-1, 2)
    values = np.array(list(latest.values()), dtype=np.float64).reshape(-1, 2)
    return Ratings(list(person_numbers), list(item_numbers), pairs[:, 0], pairs[:, 1], values[:, 0], values[:, 1])
