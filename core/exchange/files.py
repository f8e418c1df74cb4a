"""Rates out of files: our own CSV, and the reference rates that the European Central Bank publishes as XML."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from core.exchange.errors import RateInvalid

COLUMNS = ("base", "quote", "rate", "on")
MOST_BYTES = 10_000_000
MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class RateRow:
    """One major unit of `base` costs `rate` major units of `quote` on a day."""

    base: str
    quote: str
    rate: Decimal
    on: dt.date


def rates_in(content: bytes) -> list[RateRow]:
    """The rates of a file of either kind.

    Raises:
        RateInvalid: it is neither, is too large, or a line is not a rate.
    """
    if len(content) > MOST_BYTES:
        raise RateInvalid(row="…")
    text = _text(content)
    rows = _of_bank(text) if text.lstrip().startswith("<") else _of_csv(text)
    found = []
    for row in rows:
        found.append(row)
        if len(found) > MOST_ROWS:
            raise RateInvalid(row="…")
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RateInvalid(row="…") from error


def _of_csv(text: str) -> Iterator[RateRow]:
    reader = csv.DictReader(io.StringIO(text))
    if not set(COLUMNS) <= {(name or "").strip() for name in reader.fieldnames or ()}:
        raise RateInvalid(row=text[:60].partition("\n")[0])
    for line in reader:
        yield _row({(name or "").strip(): (value or "") for name, value in line.items() if isinstance(value, str | None)})


def _of_bank(text: str) -> Iterator[RateRow]:
    """`<Cube time="2026-11-20"><Cube currency="USD" rate="1.08"/>…`; the base is always EUR."""
    if "<!" in text.replace("<!--", ""):
        raise RateInvalid(row=text[:60])  # a document type could hold entities that grow without end
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  without a document type there is nothing to expand
    except ElementTree.ParseError as error:
        raise RateInvalid(row=text[:60]) from error
    for day in root.iter():
        for cell in day if day.get("time") else ():
            yield _row({"base": "EUR", "quote": cell.get("currency", ""), "rate": cell.get("rate", ""), "on": day.get("time", "")})


def _row(values: Mapping[str, str]) -> RateRow:
    base, quote, rate, on = (values.get(name, "").strip() for name in COLUMNS)
    try:
        if len(rate) > 30:
            raise ValueError(rate)
        return RateRow(base.upper(), quote.upper(), Decimal(rate), dt.date.fromisoformat(on))
    except (ValueError, InvalidOperation) as error:
        raise RateInvalid(row=" ".join((base, quote, rate, on))[:80]) from error
