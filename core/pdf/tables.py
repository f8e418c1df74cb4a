"""Tables over several pages, and the blocks that are tables without lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportlab.platypus import Table

from core.pdf.fonts import printable, width
from core.pdf.text import BODY, INK, MUTED, RULE, SHADE, SMALL, Style, Text

PADDING = 5.0
HEAD = replace(SMALL, bold=True)


@dataclass(frozen=True)
class Column:
    """A column of a table: `amount` ones are right-aligned and as wide as their widest text, the others share the rest by `grow`."""

    heading: str
    amount: bool = False
    grow: int = 1


def ruled(columns: Sequence[Column], rows: Sequence[Sequence[str]], totals: Sequence[Sequence[str]], room: float) -> Table:
    """A table with its heading on every page. In a cell, what follows the first line end is set smaller beneath it."""
    head = [Text(column.heading, replace(HEAD, align=_align(column))) for column in columns]
    body = [[_cell(text, column, bold=False) for text, column in zip(row, columns, strict=True)] for row in rows]
    foot = [[_cell(text, column, bold=True) for text, column in zip(row, columns, strict=True)] for row in totals]
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
    ]
    if foot:
        style.append(("LINEABOVE", (0, -len(foot)), (-1, -len(foot)), 0.9, INK))
    return Table([head, *body, *foot], colWidths=_widths(columns, [*rows, *totals], room), repeatRows=1, style=style, hAlign="LEFT")


def bare(rows: Sequence[Sequence[Any]], widths: Sequence[float], *, align: str = "LEFT", padding: float = 1.5) -> Table:
    """Rows of texts side by side without any line."""
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING if align == "RIGHT" else 0),
        ("TOPPADDING", (0, 0), (-1, -1), padding),
        ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
    ]
    return Table([list(row) for row in rows], colWidths=list(widths), style=style, hAlign=align)


def _align(column: Column) -> str:
    return "right" if column.amount else "left"


def _cell(text: str, column: Column, *, bold: bool) -> Text:
    first, _, fine = str(text).partition("\n")
    return Text(first, replace(BODY, bold=bold, align=_align(column)), fine)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: float) -> list[float]:
    """Amounts take what they need, at most half of the page together; the other columns share what is left."""
    needed = [_needed(column, [row[index] for row in rows]) if column.amount else 0.0 for index, column in enumerate(columns)]
    most = room * (0.6 if any(not column.amount for column in columns) else 1)
    if sum(needed) > most:
        needed = [need * most / sum(needed) for need in needed]
    shares = sum(column.grow for column in columns if not column.amount)
    rest = room - sum(needed)
    return [need if column.amount else rest * column.grow / shares for need, column in zip(needed, columns, strict=True)]


def _needed(column: Column, cells: Sequence[str]) -> float:
    texts = [width(printable(str(cell).partition("\n")[0]), BODY.size, bold=True) for cell in cells]
    return max([width(printable(column.heading), HEAD.size, bold=True), *texts]) + 2 * PADDING + 1


def label(text: str) -> Text:
    """The name of something, beside or above it."""
    return Text(text, replace(BODY, color=MUTED))


def value(text: str, *, bold: bool = False, align: str = "left", size: float = BODY.size) -> Text:
    """What it is."""
    return Text(text, Style(size=size, leading=size * 1.45, bold=bold, align=align))
