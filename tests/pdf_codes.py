"""Reads the codes that are drawn on a page of a PDF from its rectangles, so that a test knows what a scanner would say."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream
from reportlab.graphics.barcode import code128 as tables

Rectangle = tuple[float, float, float, float]
TALL = 20.0
START_B, START_C, TO_C, TO_B, STOP = 104, 105, 99, 100, 106
# A finder of a QR code in module rows: dark, ring, core.
FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def rectangles(page: PageObject) -> list[Rectangle]:
    """Left, bottom, width and height of what is filled on a page, moved and scaled to where it stands."""
    found, stack, matrix, pending = [], [], (1.0, 0.0, 0.0), []
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        numbers: list[float] = [float(value) for value in operands] if operator in {b"cm", b"re"} else []
        if operator == b"q":
            stack.append(matrix)
        elif operator == b"Q":
            matrix = stack.pop()
        elif operator == b"cm":
            scale, left, bottom = matrix
            matrix = (scale * numbers[0], left + scale * numbers[4], bottom + scale * numbers[5])
        elif operator == b"re":
            scale, left, bottom = matrix
            pending.append((left + scale * numbers[0], bottom + scale * numbers[1], scale * numbers[2], scale * numbers[3]))
        elif operator in {b"f", b"f*"}:
            found += pending
        if operator in {b"f", b"f*", b"n", b"S"}:
            pending = []
    return found


def code128_texts(page: PageObject) -> list[str]:
    """What the Code 128 bars of a page say, from the top downwards; raises where a check digit is wrong."""
    rows: dict[tuple[float, float], list[Rectangle]] = defaultdict(list)
    for rectangle in rectangles(page):
        if rectangle[3] > TALL:
            rows[round(rectangle[1], 1), round(rectangle[3], 1)].append(rectangle)
    return [_read(sorted(bars)) for _, bars in sorted(rows.items(), reverse=True)]


def _read(bars: list[Rectangle]) -> str:
    thin = min(bar[2] for bar in bars)
    widths = []
    for bar, following in zip(bars, [*bars[1:], None], strict=True):
        widths.append(round(bar[2] / thin))
        if following:
            widths.append(round((following[0] - bar[0] - bar[2]) / thin))
    values = [_value(widths[at : at + 6]) for at in range(0, len(widths) - 7, 6)]
    start, *data, check = values
    if (start + sum(place * value for place, value in enumerate(data, 1))) % 103 != check:
        raise ValueError(values)
    return _letters(start, data)


def _value(widths: list[int]) -> int:
    pattern = "".join(letter if index % 2 else letter.upper() for index, letter in enumerate("abcd"[width - 1] for width in widths))
    return next(value for value, known in tables._patterns.items() if known == pattern)  # type: ignore[attr-defined]  # no public table


def _letters(start: int, data: list[int]) -> str:
    text, is_pairs = "", start == START_C
    for value in data:
        if value in {TO_C, TO_B} and (value == TO_C) != is_pairs:
            is_pairs = not is_pairs
        else:
            text += f"{value:02}" if is_pairs else chr(value + 32)
    return text


def has_qr_finders(page: PageObject) -> bool:
    """Whether the squares of a page have the three finders of one QR code in its corners."""
    squares = [one for one in rectangles(page) if one[3] < TALL and round(one[2] / one[3], 3).is_integer()]
    if not squares:
        return False
    size = min(one[3] for one in squares)
    left, top = min(one[0] for one in squares), max(one[1] for one in squares)
    dark: set[tuple[int, int]] = set()
    for one in squares:
        first, row = round((one[0] - left) / size), round((top - one[1]) / size)
        dark |= {(row, first + step) for step in range(round(one[2] / size))}
    last = max(column for _, column in dark) - 6
    return all(_has_finder(dark, row, column) for row, column in ((0, 0), (0, last), (last, 0)))


def _has_finder(dark: Any, row: int, column: int) -> bool:
    return all(
        ((row + down, column + right) in dark) == (sign == "1") for down, line in enumerate(FINDER) for right, sign in enumerate(line)
    )
