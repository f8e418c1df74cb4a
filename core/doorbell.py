"""Wakes a sweep as soon as the current transaction is committed. Only a doorbell: beat runs the same sweep anyway."""

import functools
import time
from collections.abc import Callable

from celery import current_app
from django.db import connection, transaction

# A message costs more than most statements, and a sweep that was woken this moment sees what comes within it, or beat's next one does.
QUIET_SECONDS = 0.1
# Rings come faster than sweeps end while many people buy. One that is not heard soon goes, or thousands would stand in the queue before
# every other task until those expire; whatever is still due then is found by beat's round.
HEARD_WITHIN_SECONDS = 10
_rung_at: dict[str, float] = {}


def ring(task: str) -> None:
    """Ask for the task of that full name after COMMIT, once however often it is asked for in a transaction.

    When the broker is away, beat's next round finds the rows.
    """
    bell = _bell(task)
    if not any(hook[1] is bell for hook in connection.run_on_commit):
        transaction.on_commit(bell, robust=True)


@functools.cache
def _bell(task: str) -> Callable[[], None]:
    def bell() -> None:  # a function and not a partial: Django logs a failed hook by its __qualname__
        _send(task)

    return bell


def _send(task: str) -> None:
    now = time.monotonic()
    if now - _rung_at.get(task, -QUIET_SECONDS) < QUIET_SECONDS:
        return
    _rung_at[task] = now
    current_app.send_task(task, retry=False, ignore_result=True, expires=HEARD_WITHIN_SECONDS)
