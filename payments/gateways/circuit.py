"""Not asking a provider that does not answer: after some failures in a row nobody waits for it until one call has got through."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from payments.gateways.base import NotSent, OutcomeUnknown

FAILURES = 3
OPEN_SECONDS = 15.0


class Circuit:
    """One provider as this process sees it. Kept in memory: each process finds out for itself, and none depends on another store."""

    def __init__(self, failures: int = FAILURES, open_seconds: float = OPEN_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._failures = failures
        self._open_seconds = open_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._next_trial = 0.0

    @property
    def is_open(self) -> bool:
        return self._in_a_row >= self._failures

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Around one call. A refusal of the provider is an answer; only silence and its own faults count as failures.

        Raises:
            NotSent: the circuit is open and it is not time for a trial.
        """
        self._enter()
        try:
            yield
        except NotSent:  # somebody further in did not let it out; that says nothing about the provider
            raise
        except OutcomeUnknown:
            self._failed()
            raise
        except Exception:
            self.reset()
            raise
        self.reset()

    def _enter(self) -> None:
        with self._lock:
            if not self.is_open:
                return
            if self._clock() < self._next_trial:
                raise NotSent("the provider has not answered for some time")
            self._next_trial = self._clock() + self._open_seconds  # this caller is the trial, nobody else beside it

    def _failed(self) -> None:
        with self._lock:
            self._in_a_row += 1
            if self.is_open:
                self._next_trial = self._clock() + self._open_seconds

    def reset(self) -> None:
        """As if it had just answered."""
        with self._lock:
            self._in_a_row = 0
