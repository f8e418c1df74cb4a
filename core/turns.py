"""A task that works off a queue ends after a turn, so that a worker that is asked to end soon can; beat begins the next turn."""

import time
from collections.abc import Callable

TURN_SECONDS = 2.0


def work_off(step: Callable[[], int], *, seconds: float = TURN_SECONDS) -> int:
    """Repeat `step`, which says how much it did, until it finds nothing or the turn is over; returns how much was done."""
    ends = time.monotonic() + seconds
    total = 0
    while done := step():
        total += done
        if time.monotonic() >= ends:
            break
    return total
