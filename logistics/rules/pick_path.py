"""The shortest walk from where goods are packed through some places of a warehouse's floor and back.

Up to `MOST_EXACT` places it is the shortest there is, by dynamic programming over subsets (Held and Karp 1962). Beyond that the S-shape
walk and the nearest-neighbour walk are improved by turning stretches around (2-opt) and moving short ones (Or-opt) until neither helps.
Equal walks are decided by the order of the places, so the same places always make the same walk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from logistics.rules.floors import Layout, Spot, distance_cm, way_between

MOST_EXACT = 11
LONGEST_MOVED = 3
Matrix = list[list[int]]


@dataclass(frozen=True, slots=True)
class Walk:
    """The places in the order in which they are visited, and the way from the pack point through them and back."""

    spots: tuple[Spot, ...]
    length_cm: int


def shortest_walk(layout: Layout, spots: Iterable[Spot]) -> Walk:
    """The walk through these places; each is visited once, however often it is named."""
    places = sorted(set(spots))
    if not places:
        return Walk((), 0)
    lengths = _lengths(layout, places)
    order = _exact(lengths) if len(places) <= MOST_EXACT else _improved(lengths, _starts(places, lengths))
    # A walk is as long the other way around: the one that begins with the first place counts.
    order = order if order[0] <= order[-1] else order[::-1]
    return Walk(tuple(places[index - 1] for index in order), _length(lengths, order))


def s_shape_walk(layout: Layout, spots: Iterable[Spot]) -> Walk:
    """What people do without a plan: up one aisle that has something, down the next; out of the last one the way they came in."""
    aisles = [(aisle, list(group)) for aisle, group in groupby(sorted(set(spots)), key=lambda spot: spot.aisle)]
    order = _snake([spot for _, group in aisles for spot in group])
    if not aisles:
        return Walk((), 0)
    across = abs(layout.pack_aisle - aisles[0][0]) + aisles[-1][0] - aisles[0][0] + abs(aisles[-1][0] - layout.pack_aisle)
    through = len(aisles) - len(aisles) % 2
    turned = 2 * aisles[-1][1][-1].along_cm if len(aisles) % 2 else 0
    return Walk(tuple(order), across * layout.gap_cm + through * layout.length_cm + turned)


def turns_of(layout: Layout, walk: Walk) -> list[Spot]:
    """Every place where the walk turns, from the pack point back to it."""
    stops = [layout.pack_point, *walk.spots, layout.pack_point]
    turns = [stops[0]]
    for start, end in pairwise(stops):
        turns += [spot for spot in way_between(layout, start, end)[1:] if spot != turns[-1]]
    return turns


def _snake(places: Sequence[Spot]) -> list[Spot]:
    """Sorted places, every second aisle from the back."""
    order: list[Spot] = []
    for number, (_, group) in enumerate(groupby(places, key=lambda spot: spot.aisle)):
        order += list(group) if number % 2 == 0 else list(group)[::-1]
    return order


def _lengths(layout: Layout, places: Sequence[Spot]) -> Matrix:
    """Ways between all of them; the pack point is number 0."""
    stops = [layout.pack_point, *places]
    return [[distance_cm(layout, start, end) for end in stops] for start in stops]


def _length(lengths: Matrix, order: Sequence[int]) -> int:
    stops = [0, *order, 0]
    return sum(lengths[start][end] for start, end in pairwise(stops))


def _exact(lengths: Matrix) -> list[int]:
    """`best[seen][last]` is the shortest way from the pack point through the places of the set `seen` that ends at `last`."""
    count = len(lengths) - 1
    best = [[0] * count for _ in range(1 << count)]
    before = [[-1] * count for _ in range(1 << count)]
    for seen in range(1, 1 << count):
        for last in range(count):
            if seen >> last & 1:
                best[seen][last], before[seen][last] = _best_step(lengths, best, seen ^ (1 << last), last)
    seen = (1 << count) - 1
    last = min(range(count), key=lambda place: best[seen][place] + lengths[place + 1][0])
    order = []
    while last >= 0:
        order.append(last + 1)
        seen, last = seen ^ (1 << last), before[seen][last]
    return order[::-1]


def _best_step(lengths: Matrix, best: Matrix, rest: int, last: int) -> tuple[int, int]:
    """How `last` is reached best after the places of the set `rest`, and from which of them."""
    if not rest:
        return lengths[0][last + 1], -1
    row, target = best[rest], lengths[last + 1]
    return min((row[place] + target[place + 1], place) for place in range(len(row)) if rest >> place & 1)


def _starts(places: Sequence[Spot], lengths: Matrix) -> list[list[int]]:
    numbers = {spot: number for number, spot in enumerate(places, 1)}
    return [[numbers[spot] for spot in _snake(places)], _nearest(lengths)]


def _nearest(lengths: Matrix) -> list[int]:
    left, order = set(range(1, len(lengths))), [0]
    while left:
        order.append(min(left, key=lambda place: (lengths[order[-1]][place], place)))
        left.remove(order[-1])
    return order[1:]


def _improved(lengths: Matrix, starts: Iterable[list[int]]) -> list[int]:
    found = []
    for start in starts:
        order, is_better = [0, *start, 0], True
        while is_better:
            is_better = _turn(lengths, order) or _carry(lengths, order)
        found.append(order[1:-1])
    return min(found, key=lambda order: (_length(lengths, order), order))


def _turn(lengths: Matrix, order: list[int]) -> bool:
    """2-opt: turn a stretch around where that is shorter, once over the walk; whether any was."""
    is_better = False
    for first in range(1, len(order) - 2):
        for last in range(first + 1, len(order) - 1):
            before, after = lengths[order[first - 1]], lengths[order[last + 1]]
            if before[order[last]] + after[order[first]] < before[order[first]] + after[order[last]]:
                order[first : last + 1] = order[first : last + 1][::-1]
                is_better = True
    return is_better


def _carry(lengths: Matrix, order: list[int]) -> bool:
    """Or-opt: put up to three places that follow each other elsewhere, whichever way around; whether that was shorter."""
    for size in range(1, LONGEST_MOVED + 1):
        for first in range(1, len(order) - size):
            stretch, rest = order[first : first + size], order[:first] + order[first + size :]
            saved = _saved(lengths, order, first, size)
            if saved > 0 and (place := _cheapest(lengths, rest, stretch, saved)) is not None:
                at, is_turned = place
                order[:] = rest[:at] + (stretch[::-1] if is_turned else stretch) + rest[at:]
                return True
    return False


def _saved(lengths: Matrix, order: list[int], first: int, size: int) -> int:
    before, after = order[first - 1], order[first + size]
    return lengths[before][order[first]] + lengths[order[first + size - 1]][after] - lengths[before][after]


def _cheapest(lengths: Matrix, rest: list[int], stretch: list[int], saved: int) -> tuple[int, bool] | None:
    """Where a stretch that was taken out costs least, if that is less than taking it out has saved."""
    costs = []
    for at in range(1, len(rest)):
        before, after = lengths[rest[at - 1]], lengths[rest[at]]
        gap = before[rest[at]]
        costs.append((before[stretch[0]] + after[stretch[-1]] - gap, at, False))
        costs.append((before[stretch[-1]] + after[stretch[0]] - gap, at, True))
    cost, at, is_turned = min(costs)
    return (at, is_turned) if cost < saved else None
