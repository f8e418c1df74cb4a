"""Text with delimiters (CSV and its relatives) in whatever encoding, delimiter and line ends it comes."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from catalog.imports.fields import guess

# A record: its cells, and what kept it from being read, or "".
Record = tuple[list[str], str]
DELIMITERS = (",", ";", "\t")
MAX_LINE = 500_000
_PIECE = 1 << 20
_LOOKED_AT = 20


def encoding_of(path: Path) -> str:
    """The encoding that the whole file is valid in, tried from the strictest to the most tolerant; empty where there is none."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif head.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif guessed := _wide(head):
        candidates = [guessed]
    else:
        candidates = ["utf-8", "gb18030"]
    return next((encoding for encoding in candidates if _is_valid(path, encoding)), "")


def _wide(head: bytes) -> str:
    """UTF-16 without a mark at its beginning: every second byte of Latin text is zero."""
    half = len(head) // 2
    if half > 1 and head[1::2].count(0) > 0.7 * half:
        return "utf-16-le"
    return "utf-16-be" if half > 1 and head[0::2].count(0) > 0.7 * half else ""


def _is_valid(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    controls = zeros = total = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            try:
                text = decoder.decode(piece)
            except UnicodeDecodeError:
                return False
            total += len(text)
            zeros += text.count("\0")
            controls += sum(text.count(chr(code)) for code in (*range(1, 9), *range(14, 32)))
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    # Pictures and programs can be valid GB18030, too, but no person types a control character in every fiftieth place.
    return controls * 50 <= total and zeros * 5 <= total


def delimiter_of(path: Path, encoding: str) -> str:
    """The delimiter under which the first row names most fields we know, else has most columns."""

    def score(delimiter: str) -> tuple[int, int]:
        first = next((cells for cells, _ in itertools.islice(records(path, encoding, delimiter), _LOOKED_AT) if cells), [])
        return sum(bool(field) for field in guess(first)), len(first)

    return max(DELIMITERS, key=score)


def records(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    """All records. One that cannot be read comes with the reason instead of an exception, and reading goes on with the next line."""
    with path.open("rb") as raw, io.TextIOWrapper(io.BufferedReader(raw, _PIECE), encoding=encoding, newline="") as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except LineTooLong:
                yield [], "cell_too_long"
            except csv.Error as error:
                yield [], "cell_too_long" if "field limit" in str(error) else "quotes"
            except UnicodeError:
                yield [], "characters"
                return
            else:
                yield cells, ""


class LineTooLong(Exception):
    """A line without an end in sight."""


class _Lines:
    """Lines of a text, none of which can fill the memory. Unlike a generator it can go on after it has raised."""

    def __init__(self, text: TextIO) -> None:
        self.text = text
        self.is_first = True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.text.readline(MAX_LINE)
        if self.is_first:
            self.is_first = False
            if line.lower().startswith("sep=") and len(line.strip()) == len("sep=,"):  # a hint that Excel writes for itself
                line = self.text.readline(MAX_LINE)
        if not line:
            raise StopIteration
        if len(line) == MAX_LINE and line[-1] not in "\r\n":
            while (rest := self.text.readline(MAX_LINE)) and rest[-1] not in "\r\n":
                pass
            raise LineTooLong
        return line
