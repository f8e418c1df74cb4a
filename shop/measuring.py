"""What a command says of its own speed and size."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


def _busy() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Wall clock, and the processor time of this process and of those it has begun and seen end, since it was made."""

    began: float = field(default_factory=time.monotonic)
    busy: float = field(default_factory=_busy)

    def told(self, count: int, what: str = "products") -> str:
        """Such as "12,000 products in 8.1 s (1,481/s), 5.2 s of processor time (2,307/s), peak memory 142 MB"."""
        seconds, busy = max(time.monotonic() - self.began, 1e-9), max(_busy() - self.busy, 1e-9)
        return (
            f"{count:,} {what} in {seconds:.1f} s ({count / seconds:,.0f}/s), {busy:.1f} s of processor time ({count / busy:,.0f}/s), "
            f"peak memory {peak_memory_mb():.0f} MB"
        )


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for garbage in cycles less often: a batch makes many objects and hardly a cycle, and looking takes a tenth of the time."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def peak_memory_mb() -> float:
    """The most this process, or the largest of those it has begun, has held in memory so far (Linux counts kilobytes)."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
