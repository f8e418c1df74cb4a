"""At most a fifth of the web's threads wait for a provider at once, so that one that hangs takes no thread from people who browse.

The places are locked files in the data folder: they count over all processes of a machine, and a process that dies gives its own back.
Only web processes are confined; workers wait for providers because that is their work.
"""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from payments.gateways.base import NotSent

PATIENCE_SECONDS = 0.3
PAUSE_SECONDS = 0.02


class Bulkhead:
    """`places` calls at once for everybody who uses this folder."""

    def __init__(self, folder: Path, places: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._places = [folder / str(number) for number in range(places)]

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one place for the length of a call.

        Raises:
            NotSent: all were taken for as long as a person at a page can be kept waiting.
        """
        held = self._patiently()
        try:
            yield
        finally:
            os.close(held)  # and with it the lock

    def _patiently(self) -> int:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            held = self._free_place()
            if held is not None:
                return held
            if time.monotonic() >= deadline:
                raise NotSent("enough threads are waiting for the provider")
            time.sleep(PAUSE_SECONDS)

    def _free_place(self) -> int | None:
        for path in random.sample(self._places, len(self._places)):
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
            else:
                return file
        return None


_confined: list[Bulkhead] = []


def confine(folder: Path, places: int) -> None:
    """From now on this process makes provider calls only in one of `places`; 0 lifts that."""
    _confined[:] = [Bulkhead(folder, places)] if places else []


@contextmanager
def place() -> Iterator[None]:
    """A place for one call where this process is confined, else nothing; raises NotSent."""
    if not _confined:
        yield
        return
    with _confined[0].place():
        yield
