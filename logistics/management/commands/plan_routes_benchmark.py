"""`manage.py plan_routes_benchmark PATH --seconds 10`: the planner of own delivery on instances whose best solutions are known."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from logistics.routes.checking import faults_of
from logistics.routes.cvrplib import Instance, Unreadable, read_instance
from logistics.routes.planning import plan
from logistics.routes.problems import NoPlan, cost_of

CLASSES = ((200, "up to 200 stops"), (500, "201 to 500 stops"), (1_000, "501 to 1,000 stops"))
LARGER = "more than 1,000 stops"
HEAD = f"{'instance':<16}{'stops':>7}{'vehicles':>10}{'cost':>10}{'best known':>12}{'gap':>9}{'iterations':>12}{'seconds':>9}"


@dataclass(frozen=True, slots=True)
class Measured:
    """How one instance went; `gap` in percent above the best known, None where none is known."""

    stops: int
    gap: float | None
    seconds: float


class Command(BaseCommand):
    help = "Plan routes for CVRPLIB instances (.vrp with EUC_2D; the .sol beside it says the best known) and print cost and gap."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a .vrp file or a folder of them")
        parser.add_argument("--seconds", type=float, default=10, help="how long to plan each instance (default 10)")
        parser.add_argument("--iterations", type=int, help="plan by a number of iterations instead: the same result on every machine")
        parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default 1)")
        parser.add_argument("--most", type=int, help="leave out instances with more stops than this")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        files = sorted(path.glob("*.vrp")) if path.is_dir() else [path]
        if not files or not all(file.is_file() for file in files):
            raise CommandError(f"There is no .vrp file at {path}.")
        self.stdout.write(HEAD)
        measured = [row for file in files if (row := self._one(file, **options)) is not None]
        self._means(measured)

    def _one(self, file: Path, *, seconds: float, seed: int, iterations: int | None, most: int | None, **other: Any) -> Measured | None:
        try:
            instance = read_instance(file)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        if most is not None and len(instance.problem.stops) > most:
            return None
        began = time.perf_counter()
        try:
            solution = plan(instance.problem, seconds=seconds, seed=seed, iterations=iterations)
        except NoPlan:
            raise CommandError(f"{instance.name}: nothing that fits was found in the time given.") from None
        took = time.perf_counter() - began
        if faults := faults_of(instance.problem, solution):
            raise CommandError(f"{instance.name}: the plan cannot be driven: {'; '.join(faults[:3])}")
        cost = cost_of(instance.problem, solution)
        self._line(instance, len(solution.tours), cost, solution.iterations, took)
        return Measured(len(instance.problem.stops), _gap(cost, instance.best), took)

    def _line(self, instance: Instance, vehicles: int, cost: int, iterations: int, took: float) -> None:
        best, gap = ("–", "–") if instance.best is None else (f"{instance.best:,}", f"{_gap(cost, instance.best):.2f} %")
        figures = f"{len(instance.problem.stops):>7,}{vehicles:>10,}{cost:>10,}{best:>12}{gap:>9}{iterations:>12,}{took:>9.1f}"
        self.stdout.write(f"{instance.name:<16}{figures}")

    def _means(self, measured: list[Measured]) -> None:
        classes: dict[str, list[Measured]] = defaultdict(list)
        for row in measured:
            classes[next((name for most, name in CLASSES if row.stops <= most), LARGER)].append(row)
        self.stdout.write("")
        for name, rows in classes.items():
            gaps = [row.gap for row in rows if row.gap is not None]
            mean = f"mean gap {fmean(gaps):.2f} %, worst {max(gaps):.2f} %" if gaps else "no best known"
            self.stdout.write(f"{name}: {len(rows)} instances, {mean}, at most {max(row.seconds for row in rows):.1f} s")


def _gap(cost: int, best: int | None) -> float | None:
    return None if best is None else 100 * (cost - best) / best
