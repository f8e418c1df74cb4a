"""Files of unknown kind as rows of text: what it is, and a stream of its rows. Nothing here knows what the columns mean."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.imports import delimited, workbooks
from catalog.imports.errors import FileEmpty, FileNotText, HeaderUnclear, OldWorkbook, TooManyColumns

MAX_COLUMNS = 300
MAX_CELL = 60_000
SAMPLE_ROWS = 5
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is to be read."""

    kind: str
    encoding: str = ""
    delimiter: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number, 1 for the first below the header. `problem` says why its cells cannot be trusted, or is empty."""

    number: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What the beginning of a file shows."""

    format: Format
    header: list[str]
    sample: list[list[str]]


def look(path: Path) -> Look:
    """Find out what a file is, and read its header and first rows.

    Raises:
        FileRefused: one of its kinds, where the file is none we can read.
    """
    found = _format(path)
    records = _records(path, found)
    header = _header(records)
    sample = [row.cells for row in itertools.islice(_rows(records, len(header)), SAMPLE_ROWS)]
    if not sample:
        raise FileEmpty
    return Look(found, header, [[cell[:200] for cell in row] for row in sample])


def read(path: Path, form: Format) -> Iterator[Row]:
    """The rows below the header, one at a time. Rows without any cell are left out; those with blank cells only are told.

    Raises:
        FileRefused: the file is damaged where nobody has looked before.
    """
    records = _records(path, form)
    return _rows(records, len(_header(records)))


def _format(path: Path) -> Format:
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise FileEmpty
    if head.startswith(_OLE):
        raise OldWorkbook
    if head.startswith(_ZIP):
        workbooks.check(path)
        return Format("xlsx")
    encoding = delimited.encoding_of(path)
    if not encoding:
        raise FileNotText
    return Format("csv", encoding, delimited.delimiter_of(path, encoding))


def _records(path: Path, form: Format) -> Iterator[delimited.Record]:
    if form.kind == "xlsx":
        return workbooks.records(path)
    return delimited.records(path, form.encoding, form.delimiter)


def _header(records: Iterator[delimited.Record]) -> list[str]:
    for cells, problem in records:
        if problem:
            raise HeaderUnclear
        if any(cell.strip() for cell in cells):
            while not cells[-1].strip():
                cells.pop()
            if len(cells) > MAX_COLUMNS:
                raise TooManyColumns(most=MAX_COLUMNS)
            return [" ".join(cell.replace("\0", "").split())[:200] for cell in cells]
    raise FileEmpty


def _rows(records: Iterable[delimited.Record], width: int) -> Iterator[Row]:
    number = 0
    for cells, problem in records:
        if not cells and not problem:
            continue
        number += 1
        yield _row(number, cells, problem, width)


def _row(number: int, cells: list[str], problem: str, width: int) -> Row:
    """As many cells as the header has; what makes the row doubtful is its problem."""
    if any("\0" in cell for cell in cells):
        cells, problem = [cell.replace("\0", "") for cell in cells], problem or "characters"
    if not problem and any(len(cell) > MAX_CELL for cell in cells):
        problem = "cell_too_long"
    if not problem and any(cell.strip() for cell in cells[width:]):
        problem = "too_many_cells"
    if not problem and not any(cell.strip() for cell in cells):
        problem = "blank"
    kept = [cell[:MAX_CELL] for cell in cells[:width]]
    return Row(number, kept + [""] * (width - len(kept)), problem)
