"""An independent look at a plan: walks every tour by itself and believes nothing the planner says."""

from __future__ import annotations

from collections import Counter

from logistics.routes.problems import Problem, Solution, Tour


def faults_of(problem: Problem, solution: Solution) -> list[str]:
    """Everything that is wrong with a plan, in words; nothing for a plan that can be driven."""
    faults = [fault for number, tour in enumerate(solution.tours) for fault in _of_tour(problem, number, tour)]
    used = Counter(tour.fleet for tour in solution.tours)
    faults += [
        f"{count} vehicles of fleet {fleet}, which has fewer" for fleet, count in used.items() if count > problem.fleets[fleet].count
    ]
    served = Counter([stop for tour in solution.tours for stop in tour.stops] + list(solution.left_out))
    faults += [f"stop {stop} is there {served[stop]} times" for stop in range(len(problem.stops)) if served[stop] != 1]
    faults += [f"stop {stop} does not exist" for stop in served if not 0 <= stop < len(problem.stops)]
    if solution.left_out and not problem.may_leave_out:
        faults.append(f"{len(solution.left_out)} stops are left out")
    return faults


def _of_tour(problem: Problem, number: int, tour: Tour) -> list[str]:
    if not tour.stops:
        return [f"tour {number} is empty"]
    return [*_overload(problem, number, tour), *_lateness(problem, number, tour)]


def _overload(problem: Problem, number: int, tour: Tour) -> list[str]:
    faults = []
    for dimension, most in enumerate(problem.fleets[tour.fleet].capacity):
        load = sum(problem.stops[stop].loads[dimension] for stop in tour.stops)
        if most is not None and load > most:
            faults.append(f"tour {number} carries {load} of {most}")
    return faults


def _lateness(problem: Problem, number: int, tour: Tour) -> list[str]:
    """As early as possible everywhere: who is late that way is late in any case."""
    fleet = problem.fleets[tour.fleet]
    clock, place = fleet.starts, 0
    faults = []
    for index in tour.stops:
        stop = problem.stops[index]
        clock += problem.durations[place][index + 1]
        clock = max(clock, stop.earliest)
        if clock > stop.latest:
            faults.append(f"tour {number} is {clock - stop.latest} s late at stop {index}")
        clock += stop.service
        place = index + 1
    clock += problem.durations[place][0]
    if clock > fleet.ends:
        faults.append(f"tour {number} is back {clock - fleet.ends} s late")
    return faults
