"""Lines of text: where they break, and a block of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from core.pdf.fonts import face, printable, width

INK, MUTED, ACCENT, RULE, SHADE, WHITE = map(HexColor, ("#1c1917", "#6b6560", "#c8321f", "#d9d4ce", "#f6f3f0", "#ffffff"))

# Chinese breaks between any two characters, but a line neither begins with closing nor ends with opening punctuation.
_CLOSING = "，。、；：？！）》」』】”’…,.;:!?)]}%"
_OPENING = "（《「『【“‘([{"
_WIDE = "\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef"
_PIECES = re.compile(
    rf"[{re.escape(_OPENING)}]*(?:[{_WIDE}]|[^\s{_WIDE}{re.escape(_OPENING)}]+)[{re.escape(_CLOSING)}]*|\s+|[{re.escape(_OPENING)}]+"
)


@dataclass(frozen=True)
class Style:
    """`size` and `leading` in points; `align` is left or right."""

    size: float = 9
    leading: float = 13
    bold: bool = False
    color: Any = INK
    align: str = "left"


BODY = Style()
SMALL = Style(size=7.5, leading=10.5, color=MUTED)


def broken(text: str, room: float, style: Style) -> list[str]:
    """`text` as lines at most `room` points wide, in Latin and Chinese alike; its own line ends are kept."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _PIECES.findall(paragraph):
            if width(line + piece.rstrip(), style.size, bold=style.bold) <= room:
                line += piece
                continue
            if line.strip():
                lines.append(line.rstrip())
            *whole, line = _chopped(piece.lstrip(), room, style)
            lines += whole
        lines.append(line.rstrip())
    return lines


def _chopped(word: str, room: float, style: Style) -> list[str]:
    """A word longer than a line, cut where the line is full."""
    parts = [""]
    for letter in word:
        if parts[-1] and width(parts[-1] + letter, style.size, bold=style.bold) > room:
            parts.append("")
        parts[-1] += letter
    return parts


class Text(Flowable):
    """A block of text in one style. `fine` follows beneath it, smaller and grey."""

    def __init__(self, text: str, style: Style = BODY, fine: str = "") -> None:
        super().__init__()
        self.text, self.style, self.fine = printable(text), style, printable(fine)
        self.lines: list[tuple[str, Style]] = []

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        small = replace(SMALL, align=self.style.align)
        self.lines = [(line, self.style) for line in broken(self.text, room, self.style)]
        if self.fine:
            self.lines += [(line, small) for line in broken(self.fine, room, small)]
        self.width, self.height = room, sum(style.leading for _, style in self.lines)
        return self.width, self.height

    def split(self, room: float, height: float) -> list[Flowable]:
        self.wrap(room, height)
        fits = int(height // self.style.leading)
        if not 0 < fits < len(self.lines) or self.fine:
            return []
        lines = [line for line, _ in self.lines]
        return [Text("\n".join(part), self.style) for part in (lines[:fits], lines[fits:])]

    def draw(self) -> None:
        top = self.height
        for line, style in self.lines:
            # The letters stand in the middle of their leading.
            baseline = top - style.leading / 2 - style.size * 0.36
            self.canv.setFont(face(line, bold=style.bold), style.size)
            self.canv.setFillColor(style.color)
            if style.align == "right":
                self.canv.drawRightString(self.width, baseline, line)
            else:
                self.canv.drawString(0, baseline, line)
            top -= style.leading
