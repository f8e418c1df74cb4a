"""One thread is stopped at each of its points in turn while another runs whole, or as far as the first one's locks let it."""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db import connection

from core import invariants
from core.errors import DomainError
from tests.proofs.points import Points

MOST_POINTS = 400
PATIENCE = 30.0


class Broken(AssertionError):
    """An interleaving had another outcome than exactly one."""


@dataclass(frozen=True)
class Scene:
    """Two pieces of work about the same thing, and what must be true after both; `check` gets what each returned or was refused with.

    What `check` returns is the name of the outcome.
    """

    stopped: Callable[[], Any]
    whole: Callable[[], Any]
    check: Callable[[Any, Any], str]


@dataclass
class Seen:
    """What happened over all points: how often each outcome, how often the second one had to wait for the first one's locks."""

    points: int = 0
    waits: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


class _Stop:
    """Holds its thread at point number `at` until told to go on."""

    def __init__(self, at: int) -> None:
        self.at, self.where = at, ""
        self.arrived, self.go_on = threading.Event(), threading.Event()

    def __call__(self, number: int, what: str) -> None:
        if number == self.at:
            self.where = what
            self.arrived.set()
            if not self.go_on.wait(PATIENCE):
                raise Broken(f"nobody let it go on at {what}")


class Pair:
    """Two threads with a connection each that are kept for all points."""

    def __init__(self, threads: tuple[ThreadPoolExecutor, ThreadPoolExecutor]) -> None:
        self.one, self.other = threads
        self.pids = [thread.submit(_backend).result(PATIENCE) for thread in threads]

    def meet(self, scene: Scene, at: int) -> tuple[Any, Any, str, bool]:
        """Both outcomes, where the first was stopped ("" when it has fewer points) and whether the second had to wait for it."""
        stop = _Stop(at)
        first = self.one.submit(_watched, scene.stopped, stop)
        stop.arrived.wait(PATIENCE)
        second = self.other.submit(_outcome, scene.whole)
        waited = self._is_held_up(second)
        stop.go_on.set()
        return first.result(PATIENCE), second.result(PATIENCE), stop.where, waited

    def _is_held_up(self, second: Future[Any]) -> bool:
        """Wait until it has ended, or PostgreSQL says that it waits for the first."""
        ended = threading.Event()
        second.add_done_callback(lambda _: ended.set())
        while not ended.wait(0.002):
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s = ANY (pg_blocking_pids(%s))", self.pids)
                if cursor.fetchone()[0]:
                    return True
        return False


def _backend() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def _outcome(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except DomainError as refusal:
        return refusal


def _watched(work: Callable[[], Any], stop: _Stop) -> Any:
    try:
        with Points(stop).watching():
            return _outcome(work)
    finally:
        stop.arrived.set()


@contextmanager
def pair() -> Iterator[Pair]:
    """The two threads; their connections are closed afterwards."""
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        try:
            yield Pair((one, other))
        finally:
            for thread in (one, other):
                thread.submit(connection.close)


def at_every_point(make: Callable[[], Scene], *, stride: int = 1) -> Seen:
    """Play a scene made anew for every point of its first actor; the last time the second comes after the first has ended.

    With a `stride` one point in so many, others every time; RACE_STRIDE=1 in the environment takes all of them (`make races`).

    Raises:
        Broken: an outcome that must not be, or a row in an invariant view, with the point at which it happened.
    """
    seen, views = Seen(), invariants.names()
    with pair() as actors:
        step = int(os.environ.get("RACE_STRIDE") or stride)
        for at in count(random.SystemRandom().randint(1, step), step):
            scene = make()
            try:
                first, second, where, waited = actors.meet(scene, at)
                seen.outcomes[scene.check(first, second)] += 1
            except Exception as error:
                raise Broken(f"point {at}: {error!r}") from error
            if wrong := invariants.broken(views):
                raise Broken(f"point {at}, {where}: {wrong}")
            seen.waits += waited
            if not where:
                return seen
            seen.points += 1
            assert at < MOST_POINTS, "it never ends"
    raise AssertionError
