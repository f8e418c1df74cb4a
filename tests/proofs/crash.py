"""A process that dies at each point of its work in turn, and the workers that must bring to an end what it left."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections

from core import invariants
from tests.proofs import books
from tests.proofs.clock import heal
from tests.proofs.points import Points

DIED = 137
PROVIDERS = ("sandbox", "stripe")


def ask(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


@dataclass(frozen=True)
class Story:
    """A piece of work that may die, what the person at the screen does afterwards, and what must be true in the end."""

    work: Callable[[], Any]
    again: Callable[[], Any]
    check: Callable[[], Any]


@dataclass(frozen=True)
class Victims:
    points: int
    died: int


def in_a_child(work: Callable[[], Any], visit: Callable[[int, str], None], tell: Callable[[Points], None] = lambda points: None) -> int:
    """Run `work` in a fork of this process with a connection of its own; returns its exit code. Only 0 and DIED are no errors."""
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forking beside threads: the child touches nothing of theirs
        child = os.fork()
    if child == 0:
        try:
            with Points(visit, after=True).watching(*PROVIDERS) as points:
                work()
            tell(points)
        except BaseException as error:
            os.write(2, f"the child of a crash test failed: {error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def points_of(work: Callable[[], Any]) -> int:
    """How many points it has when nothing happens to it."""
    reading, writing = os.pipe()
    code = in_a_child(work, lambda number, what: None, lambda points: os.write(writing, str(points.count).encode()) and None)
    os.close(writing)
    count = os.read(reading, 20)
    os.close(reading)
    assert code == 0
    return int(count)


def die_at(work: Callable[[], Any], at: int) -> bool:
    """Whether it got as far as that point, and died there."""

    def visit(number: int, what: str) -> None:
        if number == at:
            os._exit(DIED)

    code = in_a_child(work, visit)
    assert code in {0, DIED}
    return code == DIED


def crash_at_every_point(
    make: Callable[[], Story], chosen: Callable[[int], bool], elsewhere: Callable[[], Sequence[books.Charge]] = tuple
) -> Victims:
    """A fresh story for every chosen point, each dying at its own; then the workers heal all of them and each is judged.

    `elsewhere` are the charges of a provider that keeps its books outside of this database.

    Raises:
        AssertionError: with the point at which the process had died.
    """
    first, rehearsal = make(), make()
    points_of(first.work)  # what is remembered from the first time on makes all others some statements shorter
    count = points_of(rehearsal.work)
    stories = {-1: first, 0: rehearsal} | {at: make() for at in range(1, count + 1) if chosen(at)}
    died = sum(die_at(story.work, at) for at, story in stories.items() if at > 0)
    for story in stories.values():
        story.again()
    heal()
    for at, story in stories.items():
        _judge(story, at)
    assert books.open_business(ask) == {}
    assert books.faults(ask, [*books.sandbox_charges(ask), *elsewhere()]) == []
    assert invariants.violations() == {}
    return Victims(count, died)


def _judge(story: Story, at: int) -> None:
    try:
        story.check()
    except AssertionError as error:
        raise AssertionError(f"died at point {at}: {error}") from error


def every(stride: int, offset: int) -> Callable[[int], bool]:
    """Points to choose: one in `stride`, beginning anywhere."""
    return lambda at: (at + offset) % stride == 0
