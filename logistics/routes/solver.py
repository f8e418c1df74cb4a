"""PyVRP's iterated local search as a Planner. Imported by workers and commands, never while web pages are served."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from pyvrp import (
    Client,
    Depot,
    IteratedLocalSearchCallbacks,
    IteratedLocalSearchParams,
    Location,
    ProblemData,
    Route,
    SolveParams,
    VehicleType,
    solve,
)
from pyvrp import Solution as Found
from pyvrp.stop import MaxIterations

from logistics.routes.planning import Progress
from logistics.routes.problems import NoPlan, Problem, Solution, Tour

# PyVRP's types name a shape that no array has.
Numbers = Any
TOLD_EVERY = 0.5
# What is not limited, far below where the solver's sums could overflow.
UNLIMITED = 1 << 40


class PyVrpPlanner:
    """Late acceptance hill climbing over a granular neighbourhood, as PyVRP does it."""

    def plan(
        self, problem: Problem, *, seconds: float, seed: int, iterations: int | None = None, progress: Progress | None = None
    ) -> Solution:
        stop = _Seconds(seconds) if iterations is None else MaxIterations(iterations)
        work = _Told(progress, seconds, iterations) if progress else IteratedLocalSearchCallbacks()
        params = SolveParams(ils=IteratedLocalSearchParams(callbacks=work))
        data = _data(problem)
        first = _thinned(data, seed) if problem.may_leave_out else None
        result = solve(data, stop, seed=seed, collect_stats=False, display=False, params=params, initial_solution=first)
        if not result.best.is_feasible():
            raise NoPlan
        return _solution(problem, result.best, result.num_iterations)


def _thinned(data: ProblemData, seed: int) -> Found:
    """A first plan that can be driven, so that there is one however short the search: what does not fit in its place stays behind."""
    tours = []
    for route in solve(data, MaxIterations(0), seed=seed, collect_stats=False, display=False).best.routes():
        kept: list[int] = []
        for activity in route:
            if activity.is_client() and Route(data, [*kept, activity.idx], route.vehicle_type()).is_feasible():
                kept.append(activity.idx)
        if kept:
            tours.append(Route(data, kept, route.vehicle_type()))
    return Found(data, tours)


class _Seconds:
    """Stops a while after it was made, so that reading the problem and the first solution count too."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.perf_counter() + seconds

    def __call__(self, best_cost: int) -> bool:
        return time.perf_counter() >= self.ends


class _Told(IteratedLocalSearchCallbacks):
    """Tells how far the search is, twice a second."""

    def __init__(self, progress: Progress, seconds: float, iterations: int | None) -> None:
        self.progress, self.seconds, self.iterations = progress, seconds, iterations
        self.began = self.told = time.perf_counter()
        self.done = 0

    def on_iteration(self, current: object, candidate: object, best: object, cost_evaluator: object) -> None:
        self.done += 1
        at = time.perf_counter()
        if at - self.told >= TOLD_EVERY:
            self.told = at
            share = self.done / self.iterations if self.iterations else (at - self.began) / max(self.seconds, 0.001)
            self.progress(min(share, 1.0))


def _data(problem: Problem) -> ProblemData:
    """The problem in the solver's words: one location each, and a matrix of costs for every kind of fleet."""
    kinds = sorted({(fleet.per_distance, fleet.per_stop) for fleet in problem.fleets})
    distances: Numbers = np.asarray(problem.distances, dtype=np.int64)
    durations: Numbers = np.asarray(problem.durations, dtype=np.int64)
    costs = [_costs(distances, per_distance, per_stop) for per_distance, per_stop in kinds]
    return ProblemData(
        locations=[Location(0, 0) for _ in range(len(distances))],
        clients=_clients(problem, max(int(matrix.max()) for matrix in costs)),
        depots=[Depot(0)],
        vehicle_types=_vehicles(problem, kinds),
        distance_matrices=costs,
        duration_matrices=[durations] * len(costs),
    )


def _costs(distances: Numbers, per_distance: int, per_stop: int) -> Numbers:
    """What going from each place to each other costs, the stop there included; where nothing costs anything, the way still counts."""
    costs = distances * max(per_distance, 1)
    costs[:, 1:] += per_stop
    np.fill_diagonal(costs, 0)
    return costs


def _clients(problem: Problem, dearest: int) -> list[Client]:
    # Leaving one stop out is dearer than a vehicle of its own that goes there and back.
    prize = 10 * (2 * dearest + max(fleet.fixed for fleet in problem.fleets) + 1) if problem.may_leave_out else 0
    return [
        Client(
            location=number + 1,
            delivery=list(stop.loads),
            service_duration=stop.service,
            tw_early=stop.earliest,
            tw_late=stop.latest,
            prize=prize,
            required=not problem.may_leave_out,
        )
        for number, stop in enumerate(problem.stops)
    ]


def _vehicles(problem: Problem, kinds: list[tuple[int, int]]) -> list[VehicleType]:
    return [
        VehicleType(
            num_available=fleet.count,
            capacity=[UNLIMITED if most is None else most for most in fleet.capacity],
            fixed_cost=fleet.fixed,
            tw_early=fleet.starts,
            tw_late=fleet.ends,
            unit_distance_cost=1,
            profile=kinds.index((fleet.per_distance, fleet.per_stop)),
        )
        for fleet in problem.fleets
    ]


def _solution(problem: Problem, found: Found, iterations: int) -> Solution:
    """Tours in a stable order: by fleet, then by their first stop."""
    tours = [Tour(route.vehicle_type(), tuple(activity.idx for activity in route if activity.is_client())) for route in found.routes()]
    tours = sorted((tour for tour in tours if tour.stops), key=lambda tour: (tour.fleet, tour.stops))
    served = {stop for tour in tours for stop in tour.stops}
    return Solution(tuple(tours), tuple(number for number in range(len(problem.stops)) if number not in served), iterations)
