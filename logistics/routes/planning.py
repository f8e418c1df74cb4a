"""The one door to the planner.

`solver` brings PyVRP and numpy, so it is named by a setting and imported where something is planned, not where pages are served.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from logistics.routes.problems import Problem, Solution

Progress = Callable[[float], None]


class Planner(Protocol):
    """Anything that can plan."""

    def plan(
        self, problem: Problem, *, seconds: float, seed: int, iterations: int | None = None, progress: Progress | None = None
    ) -> Solution: ...


def plan(problem: Problem, *, seconds: float, seed: int, iterations: int | None = None, progress: Progress | None = None) -> Solution:
    """The best plan found: all stops served within loads, time windows and shifts, at least cost.

    Args:
        seconds: how long to look, in seconds of this machine; not asked when `iterations` are given.
        seed: of the random numbers.
        iterations: how often to try instead; the same problem, seed and number then give the same plan everywhere.
        progress: told now and then which share of the work is done, 0 to 1.

    Raises:
        NoPlan: nothing was found that fits, and no stop may be left out.
    """
    if not problem.stops:
        return Solution(())
    planner: Planner = import_string(settings.ROUTE_PLANNER)()
    return planner.plan(problem, seconds=seconds, seed=seed, iterations=iterations, progress=progress)
