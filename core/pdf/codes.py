"""Codes that scanners read: QR and Code 128, drawn by reportlab."""

from __future__ import annotations

from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.platypus import Flowable

# What a scanner wants to be white before and after the bars, in widths of the thinnest bar.
QUIET = 10


def draw_qr(canvas: Any, text: str, left: float, bottom: float, size: float) -> None:
    """A QR code as a square of `size` points, its white border included."""
    widget = QrCodeWidget(text, barWidth=size, barHeight=size, barBorder=4, barLevel="M")
    drawing = Drawing(size, size)
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, left, bottom)


def draw_code128(canvas: Any, text: str, left: float, bottom: float, room: float, height: float) -> None:
    """A Code 128 of ASCII text that fills `room` points, white at both ends included."""
    modules = Code128(text, barWidth=1, quiet=0).width + 2 * QUIET
    thin = room / modules
    Code128(text, barWidth=thin, barHeight=height, quiet=0, humanReadable=False).drawOn(canvas, left + QUIET * thin, bottom)


class Codes(Flowable):
    """Both codes of one text side by side."""

    def __init__(self, text: str, *, room: float = 260.0, height: float = 64.0) -> None:
        super().__init__()
        self.text, self.width, self.height = text, room, height

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        self.width = min(self.width, room)
        return self.width, self.height

    def draw(self) -> None:
        draw_qr(self.canv, self.text, 0, 0, self.height)
        draw_code128(self.canv, self.text, self.height + 6, self.height * 0.2, self.width - self.height - 6, self.height * 0.6)
