"""Buyers for whom the shop must never be away: each request is answered in full, and below 500, or it is noted."""

from __future__ import annotations

import select
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from benchmarks.purchases import Browser, Refused, buy

PATIENCE_SECONDS = 120.0
MOST_TRIES = 200
PAUSE = 0.2
# Fifty people without a thought between two purchases would only measure how many pages the machine can draw.
THOUGHT = 3.0


@dataclass
class Complaints:
    """What all of them met."""

    answers: int = 0
    bought: int = 0
    broken_off: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note_answer(self, status: int, request: str) -> None:
        with self.lock:
            self.answers += 1
            if status >= 500:
                self.failed.append(f"{status} {request}")

    def note_broken(self, request: str, error: Exception) -> None:
        with self.lock:
            self.broken_off.append(f"{request}: {error!r}")

    def note_end(self, refusal: str = "") -> None:
        with self.lock:
            self.bought += not refusal
            self.refused += [refusal] if refusal else []


class Customer(Browser):
    """A browser that sends a request again when no whole answer came, but does not keep that to itself."""

    def __init__(self, base: str, complaints: Complaints) -> None:
        super().__init__(base)
        self.connection = HTTPConnection(self.host, timeout=PATIENCE_SECONDS)
        self.complaints = complaints

    def send(self, method: str, path: str, form: dict[str, str] | None = None, extra: dict[str, str] | None = None) -> tuple[int, str, str]:
        for _ in range(MOST_TRIES):
            self._leave_what_has_ended()
            try:
                answer = super().send(method, path, form, extra)
            except (OSError, HTTPException) as error:
                self.connection.close()
                self.complaints.note_broken(f"{method} {path}", error)
            else:
                self.complaints.note_answer(answer[0], f"{method} {path}")
                if answer[0] != 503:
                    return answer
            threading.Event().wait(PAUSE)
        raise Refused("the shop stayed away")

    def _leave_what_has_ended(self) -> None:
        """A server may end a connection that idles: nothing was asked on it, so nothing is lost, and browsers open another one."""
        idle = self.connection.sock
        if idle is not None and select.select([idle], [], [], 0)[0]:
            self.connection.close()


class Customers:
    """As many at once, each buying one thing after the other until it is over; a purchase that was begun is brought to its end."""

    def __init__(self, base: str, slugs: Sequence[str], number: int) -> None:
        self.base, self.slugs = base, slugs
        self.complaints = Complaints()
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._shop, args=(turn,), daemon=True) for turn in range(number)]

    def __enter__(self) -> Complaints:
        for thread in self._threads:
            thread.start()
        return self.complaints

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _shop(self, turn: int) -> None:
        while not self._is_over.is_set():
            try:
                buy(Customer(self.base, self.complaints), [self.slugs[turn % len(self.slugs)]])
            except Refused as refusal:
                self.complaints.note_end(str(refusal))
            else:
                self.complaints.note_end()
            turn += len(self._threads)
            self._is_over.wait(THOUGHT)
