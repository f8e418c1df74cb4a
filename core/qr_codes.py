"""QR codes on pages, as an SVG path."""

from typing import Any

from reportlab.graphics.barcode.qr import QrCodeWidget

QUIET = 4  # modules of white on each side, as readers want


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules of a QR code of an ASCII text as the `d` of a path, and how many units wide and high its square is."""
    widget: Any = QrCodeWidget(text, barLevel="M")
    widget.qr.make()
    rows = widget.qr.modules
    runs = [f"M{left + QUIET} {top + QUIET}h{length}v1h-{length}z" for top, row in enumerate(rows) for left, length in _runs(row)]
    return "".join(runs), len(rows) + 2 * QUIET


def _runs(row: list[Any]) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many follow each other."""
    found: list[tuple[int, int]] = []
    for column, is_dark in enumerate(row):
        if is_dark and found and sum(found[-1]) == column:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif is_dark:
            found.append((column, 1))
    return found
