"""Runs the storm, prints what it came to and looks at every invariant. Runs where Django is set up."""

from __future__ import annotations

import sys
import time

from rich.console import Console

from benchmarks.stock.storm import Tally, allocate_at_once, build, keep_moving
from core.invariants import names, violations

ROUNDS, WORKERS, VARIANTS, SEED = 10, 8, 60, 1
console = Console(width=140, highlight=False)


def measure(movements: int, allocations: int, warehouses: int) -> None:
    """The whole storm on a migrated database; ends this program with an error where anything is not as it must be."""
    world = build(warehouses=warehouses, variants=VARIANTS)
    tally = keep_moving(world, movements=movements, workers=WORKERS, seed=SEED, tell=tell)
    show(tally, f"movements of {WORKERS} people in {warehouses} warehouses", tally.movements)
    rush = Tally()
    for number in range(ROUNDS):
        rush += allocate_at_once(world, allocations, seed=SEED + number)
    show(rush, f"allocations, {allocations} at the same moment, {ROUNDS} rounds", rush.done)
    began = time.monotonic()
    broken = violations()
    console.print(f"{len(names())} invariants read in {time.monotonic() - began:.1f} s: {broken or 'all hold'}")
    if broken or tally.errors or rush.errors or tally.deadlocks or rush.deadlocks:
        raise SystemExit(1)


def tell(done: int) -> None:
    sys.stderr.write(f"{done:>12,}\n")


def show(tally: Tally, what: str, count: int) -> None:
    console.print(f"{count:>12,} {what} in {tally.seconds:,.1f} s: [b]{count / tally.seconds:,.0f} per second[/b]")
    console.print(f"{'':>12} done: {dict(sorted(tally.kinds.items()))}")
    console.print(f"{'':>12} refused: {dict(sorted(tally.refused.items()))}; deadlocks {tally.deadlocks}; errors {tally.errors or 'none'}")
