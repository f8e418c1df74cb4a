"""A copy of a file's rows, one JSON text a line, so that work on them can go on at any row without reading what stands before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from catalog.imports.files import Row

MOST_TOGETHER = 2_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that are treated together; `offset` is where the next begin, `is_last` that there are none."""

    rows: list[Row]
    offset: int
    is_last: bool


def write(file: BinaryIO, rows: Iterable[Row]) -> Iterator[Row]:
    """Write rows down while they pass."""
    for row in rows:
        file.write(json.dumps([row.number, row.problem, *row.cells], ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        yield row


def piece(path: Path, offset: int, most: int, key_column: int | None) -> Piece:
    """Up to `most` rows from `offset` on, and the rest of the product that the last of them belongs to."""
    rows: list[Row] = []
    with path.open("rb") as file:
        file.seek(offset)
        while line := file.readline():
            row = _row(line)
            if len(rows) >= most and not _goes_on(rows[-1], row, key_column, len(rows)):
                return Piece(rows, offset, is_last=False)
            rows.append(row)
            offset += len(line)
    return Piece(rows, offset, is_last=True)


def all_rows(path: Path) -> Iterator[Row]:
    """Every row, one at a time."""
    with path.open("rb") as file:
        for line in file:
            yield _row(line)


def _row(line: bytes) -> Row:
    number, problem, *cells = json.loads(line)
    return Row(number, cells, problem)


def _goes_on(last: Row, row: Row, key_column: int | None, count: int) -> bool:
    if key_column is None or count >= MOST_TOGETHER:
        return False
    key = row.cells[key_column] if key_column < len(row.cells) else ""
    return bool(key.strip()) and key_column < len(last.cells) and last.cells[key_column].strip() == key.strip()
