"""What has to be there before somebody may sell here, by kind of seller, and which papers we take."""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PAPERS: Mapping[str, tuple[str, ...]] = {
    "self_operated": ("licence",),
    "company": ("licence", "identity", "bank_proof"),
    "individual": ("identity", "bank_proof"),
    "local_store": ("licence", "identity", "bank_proof", "premises"),
}
FACTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("shop", ("name", "slug")),
    ("contact", ("contact", "email", "phone")),
    ("place", ("country", "city", "address")),
)
# A private person has none.
TAXED = ("self_operated", "company", "local_store")
LARGEST_BYTES = 10_000_000
MOST_PAPERS = 12
WARN_DAYS = (30, 7)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
# What a paper does that only has to be read: run programs, start others, carry files inside.
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
_LONGEST_LABEL = 120


@dataclass(frozen=True, slots=True)
class Point:
    """A thing of the checklist: `code` is shop, contact, place, tax, store or the kind of a paper."""

    code: str
    is_done: bool


def checklist(kind: str, said: Mapping[str, Any], papers: Collection[str]) -> list[Point]:
    """What a seller of this kind has to tell and to show, and what of it is there; `papers` are the kinds of those that are good."""
    points = [Point(code, all(said.get(name) for name in names)) for code, names in FACTS]
    if kind in TAXED:
        points.append(Point("tax", bool(said.get("tax_number"))))
    if kind == "local_store":
        has_position = said.get("latitude") is not None and said.get("longitude") is not None
        points.append(Point("store", has_position and bool(said.get("opening_hours"))))
    return points + [Point(paper, paper in papers) for paper in PAPERS.get(kind, ())]


def percent_done(points: Sequence[Point]) -> int:
    """How far a checklist is, in whole percent rounded down."""
    return 100 * sum(point.is_done for point in points) // len(points) if points else 0


def may_be(kind: str, *, is_operator: bool) -> bool:
    """Only the marketplace itself opens its own shops."""
    return kind in PAPERS and (kind != "self_operated" or is_operator)


def is_good(expires_on: dt.date | None, today: dt.date) -> bool:
    """Whether a paper is still valid on a day; one without a last day always is."""
    return expires_on is None or expires_on >= today


def first_end(papers: Iterable[tuple[str, dt.date | None]]) -> dt.date | None:
    """The day on which the first kind of paper ends, where of each kind the one counts that is good for longest; None for never."""
    longest: dict[str, dt.date] = {}
    for kind, expires_on in papers:
        longest[kind] = max(longest.get(kind, dt.date.min), expires_on or dt.date.max)
    end = min(longest.values(), default=dt.date.max)
    return None if end == dt.date.max else end


def sniffed(data: bytes) -> str:
    """The type of a paper by its bytes, whatever its name says: PDF, JPEG or PNG, empty for everything else."""
    if data.startswith(b"%PDF-"):
        is_plain = not any(mark in data for mark in _ACTIVE) and not zipfile.is_zipfile(io.BytesIO(data))
        return PDF if is_plain and b"%%EOF" in data[-2_048:] else ""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    return PNG if data.startswith(b"\x89PNG\r\n\x1a\n") else ""


def label_of(name: str) -> str:
    """A file's own name as a label: without folders, control characters and signs that turn the reading direction."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C" and letter not in "\u2028\u2029").strip(" .")
    return text[-_LONGEST_LABEL:] or "–"


def warning_due(expires_on: dt.date, today: dt.date, warned_days: int | None) -> int | None:
    """Of which of the two warnings before the end it is time: its days, or None where it was given or is not due."""
    due = [days for days in WARN_DAYS if (expires_on - today).days <= days and (warned_days is None or days < warned_days)]
    return min(due) if due else None


def are_hours(hours: Any) -> bool:
    """Whether opening hours are days with one or two spans of times in order, such as {"mon": [["09:00", "18:00"]]}."""
    if not isinstance(hours, dict) or not set(hours) <= set(DAYS):
        return False
    return all(isinstance(spans, list) and 0 < len(spans) <= 2 and all(map(_is_span, spans)) for spans in hours.values())


def _is_span(span: Any) -> bool:
    if not isinstance(span, list | tuple) or len(span) != 2:
        return False
    opens, closes = span
    return all(isinstance(time, str) and _TIME.fullmatch(time) for time in span) and opens < closes
