"""A call that takes no longer than it may, whatever the name server, the connection or the other side's drips do."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class DeadlinePassed(Exception):
    """The call was left alone; what it did is not known."""


class _Call(Generic[T]):
    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self.ended = threading.Event()
        self.result: list[T] = []
        self.problem: BaseException | None = None

    def run(self) -> None:
        try:
            self.result.append(self._call())
        except BaseException as problem:
            self.problem = problem
        finally:
            self.ended.set()


def within(seconds: float, call: Callable[[], T]) -> T:
    """The answer of `call`, which runs beside this thread because a time-out of a socket covers neither names nor slow drips.

    It must not touch the database: another thread has another connection.

    Raises:
        DeadlinePassed: no answer in time; the call goes on and nobody reads its answer.
    """
    made: _Call[T] = _Call(call)
    context = contextvars.copy_context()
    run: Callable[..., Any] = context.run
    threading.Thread(target=run, args=(made.run,), name="provider call", daemon=True).start()
    if not made.ended.wait(seconds):
        raise DeadlinePassed
    if made.problem is not None:
        raise made.problem
    return made.result[0]
