"""The tasks' clock moved on: what they would find after the poll gaps, without waiting for them."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from django.utils import timezone

from tests import drain

real_now = timezone.now
# Past every gap of the poller, the inbox and the outbox, and in the end past the time that a purchase may stay unpaid.
STEPS = tuple(dt.timedelta(seconds=seconds) for seconds in (0, 0, 61, 130, 200, 300, 420, 600, 900, 1_300, 1_860, 1_900, 2_300, 2_900))


@contextmanager
def moved(by: dt.timedelta, *, database: bool = True) -> Iterator[None]:
    """All of the application, and what it asks the database for as its clock unless told otherwise, lives that much later."""

    def later() -> dt.datetime:
        return real_now() + by

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(timezone, "now", later))
        for module in list(sys.modules.values()) if database else ():
            if "database_now" in getattr(module, "__dict__", {}):
                stack.enter_context(mock.patch.object(module, "database_now", later))
        yield


def heal(steps: tuple[dt.timedelta, ...] = STEPS) -> None:
    """Nobody but the workers: run every sweep, ever later, as often as it finds work."""
    for by in steps:
        with moved(by):
            for _ in range(drain.MOST_ROUNDS):
                if not sum(sweep() or 0 for sweep in drain.SWEEPS):
                    break
