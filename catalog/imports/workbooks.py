"""Excel workbooks (.xlsx): zip archives of XML, looked over before anything in them is unpacked, then read as a stream."""

from __future__ import annotations

import datetime as dt
import itertools
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipFile

from catalog.imports.errors import FileEmpty, FileRefused, WorkbookBroken, WorkbookSuspicious

MAX_ENTRIES = 2_000
MAX_UNPACKED = 400_000_000
MAX_SHARED_TEXTS = 60_000_000  # openpyxl keeps all of them in memory
MAX_RATIO = 200
SMALL = 1_000_000
MAX_CELLS_OF_A_ROW = 2_000
_END_OF_DIRECTORY = b"PK\x05\x06"


def check(path: Path) -> None:
    """Look at the archive's directory only.

    Raises:
        WorkbookBroken: it has none that can be read, or no workbook is in it.
        WorkbookSuspicious: too many entries, or they grow too much when unpacked, or its XML defines entities.
    """
    if _entries(path) > MAX_ENTRIES:
        raise WorkbookSuspicious
    try:
        with ZipFile(path) as archive:
            _check_sizes(archive.infolist())
            _check_texts(archive)
    except FileRefused:
        raise
    except Exception as error:  # zipfile has one for each kind of damage: BadZipFile, zlib.error, NotImplementedError, …
        raise WorkbookBroken from error


def _entries(path: Path) -> int:
    """How many entries the end of the file says there are; reading the directory itself would need memory for each of them."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 65_557))
        tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 12:
        raise WorkbookBroken
    return int(struct.unpack("<H", tail[at + 10 : at + 12])[0])


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise WorkbookBroken
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise WorkbookSuspicious
    for entry in entries:
        most = MAX_SHARED_TEXTS if entry.filename.lower().endswith("sharedstrings.xml") else MAX_UNPACKED
        grows = entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
        if grows or entry.file_size > most or entry.flag_bits & 1:
            raise WorkbookSuspicious


def _check_texts(archive: ZipFile) -> None:
    """No document type: it could hold entities that grow without end."""
    for entry in archive.infolist():
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as file:
                if b"<!" in file.read(2_000).replace(b"\0", b"").replace(b"<!--", b""):
                    raise WorkbookSuspicious


def records(path: Path) -> Iterator[tuple[list[str], str]]:
    """Rows of the first sheet as text. Blank rows, of which sheets have many, have no cells.

    Raises:
        WorkbookBroken: also in the middle, for whatever the XML does to the reader.
    """
    try:
        with path.open("rb") as file:
            yield from _records_of(file)
    except FileRefused:
        raise
    except Exception as error:  # openpyxl lets through whatever happens inside of it: KeyError, ValueError, ParseError, …
        raise WorkbookBroken from error


def _records_of(file: BinaryIO) -> Iterator[tuple[list[str], str]]:
    from openpyxl import load_workbook  # noqa: PLC0415  brings numpy, which a web process must not load before it is needed

    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        if not book.worksheets:
            raise FileEmpty
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the file may claim sixteen thousand columns
        for row in sheet.iter_rows(values_only=True):
            yield _cells(row), "" if len(row) <= MAX_CELLS_OF_A_ROW else "too_many_cells"
    finally:
        book.close()


def _cells(row: tuple[Any, ...]) -> list[str]:
    cells = [_text(value) for value in itertools.islice(row, MAX_CELLS_OF_A_ROW)]
    return cells if any(cells) else []


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # Excel shows fifteen digits; what stands behind them is the binary fraction's.
        return format(value, ".15g") if abs(value) < 1e15 else format(value, ".0f")
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return str(value)
