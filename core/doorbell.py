"""Wakes a sweep as soon as the current transaction is committed. Only a doorbell: beat runs the same sweep anyway."""

import functools
from collections.abc import Callable

from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction

# How long one request for a sweep makes another needless. A worker that is killed takes requests with it, so this is also how long
# such a sweep is not asked for.
STANDS_SECONDS = 10
# Workers that were away for long find no queue of old requests.
HEARD_WITHIN_SECONDS = 60


def ring(task: str) -> None:
    """Ask for the sweep of that full name after COMMIT, once however often it is asked for in a transaction.

    When the broker is away, beat's next round finds the rows.
    """
    bell = _bell(task)
    if not any(hook[1] is bell for hook in connection.run_on_commit):
        transaction.on_commit(bell, robust=True)


def is_first(task: str) -> bool:
    """Whether no request for it stands in the queue; the caller must send one then.

    Requests come faster than sweeps end while many people buy. A queue of them would keep every other task waiting.
    """
    return cache.add(_key(task), 1, STANDS_SECONDS)


def heard(task: str) -> None:
    """It begins: what is committed from now on needs another request, because it may have looked already."""
    cache.delete(_key(task))


@functools.cache
def _bell(task: str) -> Callable[[], None]:
    def bell() -> None:  # a function and not a partial: Django logs a failed hook by its __qualname__
        if is_first(task):
            current_app.send_task(task, retry=False, ignore_result=True, expires=HEARD_WITHIN_SECONDS)

    return bell


def _key(task: str) -> str:
    return f"rung:{task}"
