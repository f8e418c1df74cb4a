"""What is to be planned, and what a plan is. Pure values: whole numbers, positions by their place in a list."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

Matrix = Sequence[Sequence[int]]
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody who waits for goods.

    Args:
        loads: what it takes up in a vehicle, one number for each dimension (such as grams and pieces).
        earliest, latest: when serving it may begin, in seconds since midnight.
        service: how long it takes there, in seconds.
    """

    loads: tuple[int, ...]
    earliest: int = 0
    latest: int = DAY_SECONDS
    service: int = 0


@dataclass(frozen=True, slots=True)
class Fleet:
    """Vehicles that are alike.

    Args:
        capacity: for each dimension of load; None where there is no limit.
        starts, ends: leaves the depot no earlier and is back no later, in seconds since midnight.
        per_distance, per_stop, fixed: what a unit of distance, a stop and using the vehicle at all cost, in one unit of cost.
        count: how many of them there are.
    """

    capacity: tuple[int | None, ...]
    starts: int = 0
    ends: int = DAY_SECONDS
    per_distance: int = 1
    per_stop: int = 0
    fixed: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Stops to be served from one depot.

    Args:
        distances, durations: between places, where place 0 is the depot and place n + 1 is stop n; durations in seconds.
        may_leave_out: whether stops that do not fit may stay behind; otherwise a plan has all of them.
    """

    stops: tuple[Stop, ...]
    fleets: tuple[Fleet, ...]
    distances: Matrix
    durations: Matrix
    may_leave_out: bool = False


@dataclass(frozen=True, slots=True)
class Tour:
    """What one vehicle of a fleet does: stops in order, by their place in the problem's list."""

    fleet: int
    stops: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """Tours, and the stops that fit into none of them. `iterations` is how often the planner tried something."""

    tours: tuple[Tour, ...]
    left_out: tuple[int, ...] = ()
    iterations: int = 0


class NoPlan(Exception):
    """Nothing that fits was found in the time given."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A tour with its times, in seconds since midnight: when it leaves, is at each stop, and is back."""

    leaves: int
    arrivals: tuple[int, ...]
    back: int


def distance_of(problem: Problem, stops: Sequence[int]) -> int:
    """How long a tour through these stops is, from the depot and back to it."""
    places = [0, *(stop + 1 for stop in stops), 0]
    return sum(problem.distances[a][b] for a, b in itertools.pairwise(places))


def cost_of(problem: Problem, solution: Solution) -> int:
    """Distance, stops and vehicles of all tours, in the fleets' unit of cost."""
    return sum(_tour_cost(problem, tour) for tour in solution.tours)


def _tour_cost(problem: Problem, tour: Tour) -> int:
    fleet = problem.fleets[tour.fleet]
    return fleet.fixed + fleet.per_stop * len(tour.stops) + fleet.per_distance * distance_of(problem, tour.stops)


def timed(problem: Problem, tour: Tour) -> Timed:
    """When a tour is where, if it leaves just in time for its first stop."""
    begins = _begins(problem, tour, problem.fleets[tour.fleet].starts)
    leaves = begins[0] - problem.durations[0][tour.stops[0] + 1]
    begins = _begins(problem, tour, leaves)
    last = tour.stops[-1]
    return Timed(leaves, tuple(begins), begins[-1] + problem.stops[last].service + problem.durations[last + 1][0])


def _begins(problem: Problem, tour: Tour, leaves: int) -> list[int]:
    """When serving begins at each stop; who comes early waits."""
    at, place = leaves, 0
    begins = []
    for number in tour.stops:
        stop = problem.stops[number]
        at = max(at + problem.durations[place][number + 1], stop.earliest)
        begins.append(at)
        at, place = at + stop.service, number + 1
    return begins
