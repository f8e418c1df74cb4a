"""Tasks that work off the rows that are due. Beat asks for each of them every so often, a doorbell at once.

At most one request for a sweep stands in the queue, and a sweep that finds more than a turn's work asks for itself again, behind the
others: so all of them get on, in turn, however much there is of one kind.
"""

import functools
import time
from collections.abc import Callable
from typing import Any

from celery import Task, shared_task
from celery.result import AsyncResult

from core import doorbell

TURN_SECONDS = 2.0


class Sweep(Task[[], int]):
    """Needs nobody who asks twice."""

    abstract = True
    acks_late = True

    def apply_async(self, *args: Any, **options: Any) -> AsyncResult[int]:
        """As beat does; where a request stands already, that one is meant."""
        return super().apply_async(*args, **options) if doorbell.is_first(self.name) else AsyncResult(self.name)

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        doorbell.heard(self.name)


def sweep(*, expires: int) -> Callable[[Callable[[], int]], Task[[], int]]:
    """Make a task of a step, which says how much it did: it is repeated until it finds nothing or the turn is over.

    A step moves on what it has tried, also when that failed, or it would be tried again without end; it reads the clock itself. A
    request for the task is of no use after `expires` seconds.
    """

    def make(step: Callable[[], int]) -> Task[[], int]:
        @functools.wraps(step)
        def run(self: Task[[], int]) -> int:
            done, is_over = work_off(step, seconds=TURN_SECONDS)
            if not is_over:
                doorbell.ring(self.name)
            return done

        made: Task[[], int] = shared_task(base=Sweep, bind=True, expires=expires)(run)
        return made

    return make


def work_off(step: Callable[[], int], *, seconds: float) -> tuple[int, bool]:
    """Repeat `step` until it finds nothing or the turn is over; returns how much was done and whether nothing is left.

    Turns are short so that a worker that is asked to end can.
    """
    ends = time.monotonic() + seconds
    total = 0
    while done := step():
        total += done
        if time.monotonic() >= ends:
            return total, False
    return total, True
