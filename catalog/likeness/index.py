"""The index: 160 bytes per picture in one file, which all processes map into memory and share.

A file is never changed, only followed by a newer one, so a reader needs no lock. Its rows are planes of 64 bits: 18 of codes (six views,
three words each), two of the picture's key. A search compares the bits of all pictures and returns the nearest few hundred; which of
them are nearest is decided by their exact vectors, which the database holds.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.likeness.embedders import VIEWS, codes_of

WORDS = 3
CODES = VIEWS * WORDS
ROWS = CODES + 2
CODE_BYTES = CODES * 8
Entry = tuple[uuid.UUID, bytes]
Planes = NDArray[np.uint64]


def planes_of(entries: Sequence[Entry]) -> Planes:
    """Keys and codes of pictures as the columns of an index."""
    codes = np.frombuffer(b"".join(code for _key, code in entries), dtype=np.uint64).reshape(len(entries), CODES)
    keys = np.frombuffer(b"".join(key.bytes for key, _code in entries), dtype=np.uint64).reshape(len(entries), 2)
    return np.ascontiguousarray(np.concatenate([codes, keys], axis=1).T)


def nearest(planes: Planes, query: NDArray[np.int8], most: int) -> list[uuid.UUID]:
    """The pictures whose codes differ least from those of the query, in no order."""
    count = planes.shape[1]
    if not count:
        return []
    least = np.full(count, 255, dtype=np.uint8)
    for code in codes_of(query):
        for view in range(VIEWS):
            differing = np.bitwise_count(planes[view * WORDS] ^ code[0])
            for word in range(1, WORDS):
                differing += np.bitwise_count(planes[view * WORDS + word] ^ code[word])
            np.minimum(least, differing, out=least)
    chosen = np.argpartition(least, most - 1)[:most] if count > most else np.arange(count)
    keys = np.ascontiguousarray(planes[CODES:, chosen].T)
    return [uuid.UUID(bytes=row.tobytes()) for row in keys]


def write(folder: Path, mark: str, made_at_us: int, entries: Iterable[Sequence[Entry]]) -> Path:
    """Put a new index in the place of the older ones with this mark; `entries` come in batches."""
    folder.mkdir(parents=True, exist_ok=True)
    batches = [planes_of(batch) for batch in entries if batch]
    planes = np.concatenate(batches, axis=1) if batches else np.zeros((ROWS, 0), dtype=np.uint64)
    fresh = folder / f".{os.getpid()}.{uuid.uuid4().hex}"
    with fresh.open("wb") as file:
        np.save(file, planes)
    path = folder / f"{mark}-{made_at_us:020d}.npy"
    fresh.replace(path)
    for old in sorted(folder.glob("*.npy")):
        if old.name < path.name or not old.name.startswith(mark):
            with contextlib.suppress(FileNotFoundError):
                old.unlink()
    return path


_open: dict[Path, Planes] = {}


def newest(folder: Path, mark: str) -> tuple[int, Planes]:
    """The newest index with this mark and when its making began, in microseconds of the epoch; 0 and an empty one without a file."""
    for path in _newest_first(folder, mark):
        if path not in _open:
            try:
                mapped: Planes = np.load(path, mmap_mode="r")
            except (FileNotFoundError, ValueError):
                continue  # a newer one has just taken its place
            _open.clear()
            _open[path] = mapped
        return int(path.stem.rpartition("-")[2]), _open[path]
    return 0, np.zeros((ROWS, 0), dtype=np.uint64)


def _newest_first(folder: Path, mark: str) -> Iterator[Path]:
    yield from sorted(folder.glob(f"{mark}-*.npy"), reverse=True)
