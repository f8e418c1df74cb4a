"""What stands on every page beside the content: the mark and title at the top, the number and pages at the foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from core.pdf.fonts import face, width
from core.pdf.text import ACCENT, INK, MUTED, RULE, WHITE

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 20 * mm


@dataclass(frozen=True)
class Furniture:
    """The texts around the content; `author` is who issues the paper, `foot` a line about them."""

    title: str
    author: str
    number: str
    foot: str


class NumberedCanvas(Canvas):
    """Keeps finished pages until the last one is known, because each says how many there are."""

    def __init__(self, *args: Any, furniture: Furniture, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._furniture = furniture
        self._finished: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # reportlab's name
        self._finished.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for page in self._finished:
            self.__dict__.update(page)
            _masthead(self, self._furniture) if self._pageNumber == 1 else _running_head(self, self._furniture)
            _footer(self, self._furniture, len(self._finished))
            super().showPage()
        super().save()


def _write(canvas: Any, x: float, y: float, text: str, size: float, *, color: Any = INK, bold: bool = False, right: bool = False) -> None:
    canvas.setFont(face(text, bold=bold), size)
    canvas.setFillColor(color)
    (canvas.drawRightString if right else canvas.drawString)(x, y, text)


def _masthead(canvas: Any, furniture: Furniture) -> None:
    top = PAGE_HEIGHT - MARGIN
    _mark(canvas, MARGIN, top, 26)
    _write(canvas, MARGIN + 34, top - 18, furniture.author, 13, bold=True)
    right = PAGE_WIDTH - MARGIN
    room = right - MARGIN - 50 - width(furniture.author, 13, bold=True)
    size = max(11.0, min(20.0, 20 * room / max(width(furniture.title, 20, bold=True), 1)))
    _write(canvas, right, top - 16, furniture.title, size, bold=True, right=True)
    _write(canvas, right, top - 30, furniture.number, 9, color=MUTED, right=True)


def _mark(canvas: Any, left: float, top: float, size: float) -> None:
    """The market stall of the shop's pages, on a grid of 48 whose origin is the top left corner."""
    canvas.saveState()
    canvas.translate(left, top)
    canvas.scale(size / 48, -size / 48)
    canvas.setFillColor(ACCENT)
    canvas.roundRect(0, 0, 48, 48, 9, stroke=0, fill=1)
    canvas.setFillColor(WHITE)
    roof = canvas.beginPath()
    roof.moveTo(9, 12)
    for x, y in ((39, 12), (42, 21.5), (6, 21.5)):
        roof.lineTo(x, y)
    roof.close()
    canvas.drawPath(roof, stroke=0, fill=1)
    for scallop in range(4):
        canvas.ellipse(6 + 9 * scallop, 16.5, 15 + 9 * scallop, 26.5, stroke=0, fill=1)
    canvas.setStrokeColor(WHITE)
    canvas.setLineWidth(3.2)
    canvas.setLineCap(1)
    canvas.lines([(12, 29, 12, 38), (36, 29, 36, 38), (9, 38.5, 39, 38.5), (19, 38, 19, 31), (19, 31, 29, 31), (29, 31, 29, 38)])
    canvas.restoreState()


def _running_head(canvas: Any, furniture: Furniture) -> None:
    y = PAGE_HEIGHT - MARGIN + 4 * mm
    _write(canvas, MARGIN, y, furniture.author, 8, color=MUTED)
    _write(canvas, PAGE_WIDTH - MARGIN, y, " ".join(filter(None, (furniture.title, furniture.number))), 8, color=MUTED, right=True)
    _line(canvas, y - 5)


def _footer(canvas: Any, furniture: Furniture, pages: int) -> None:
    y = 12 * mm
    _line(canvas, y + 11)
    _write(canvas, MARGIN, y, " · ".join(filter(None, (furniture.number, furniture.foot))), 7.5, color=MUTED)
    text = _("Page %(page)s of %(pages)s") % {"page": canvas._pageNumber, "pages": pages}
    _write(canvas, PAGE_WIDTH - MARGIN, y, text, 7.5, color=MUTED, right=True)


def _line(canvas: Any, y: float) -> None:
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, y, PAGE_WIDTH - MARGIN, y)
