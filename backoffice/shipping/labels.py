"""Labels for parcels: 100 × 150 mm each, for a label printer or four on a sheet of A4."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from backoffice.shipping.papers import DueByOrder, receiver_of, sender_of
from core.money import Money
from core.pdf.codes import draw_code128, draw_qr
from core.pdf.fonts import face, printable, width
from core.pdf.text import INK, MUTED, RULE, Style, broken
from merchants.models import Merchant
from orders.models import MerchantOrder

WIDTH, HEIGHT, EDGE = 100 * mm, 150 * mm, 5 * mm
ROOM = WIDTH - 2 * EDGE
# A sheet of A4 is four times A6, which is a little less high than a label.
PER_SHEET, SCALE = 4, 0.98
LEADING = 1.3


@dataclass(frozen=True)
class Label:
    """What stands on one label. `collect` is what the carrier takes at the door, or empty."""

    number: str
    sender: Sequence[str]
    receiver: Sequence[str]
    parcel: int
    parcels: int
    carrier: str
    collect: str


def labels_of(
    merchant: Merchant,
    orders: Sequence[MerchantOrder],
    due: DueByOrder,
    *,
    sent: Mapping[uuid.UUID, int],
    cash: Mapping[uuid.UUID, Money],
    carrier: str,
) -> list[Label]:
    """A label for each warehouse something of an order waits in, counted on from the parcels that have left.

    They name nothing of the goods, and of the buyer what the carrier needs at the door.

    Args:
        sent: how many parcels of an order have left.
        cash: what is collected at the door, with the last parcel of an order.
        carrier: printed on all of them, may be empty.
    """
    found = []
    for order in orders:
        houses = sorted({row.warehouse.code for row in due[order.pk]})
        first = sent.get(order.pk, 0) + 1
        last = first + len(houses) - 1
        for parcel in range(first, last + 1):
            collect = _collect(cash[order.pk]) if parcel == last and order.pk in cash else ""
            found.append(Label(order.number, sender_of(merchant), receiver_of(order), parcel, last, carrier, collect))
    return found


def _collect(cash: Money) -> str:
    return _("Cash on delivery: %(amount)s") % {"amount": cash.format(get_language() or "en")}


def draw_labels(labels: Sequence[Label], *, on_a4: bool) -> bytes:
    """The PDF; the same bytes for the same labels."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4 if on_a4 else (WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(_("Parcel labels"))
    for index, label in enumerate(labels):
        place = index % PER_SHEET if on_a4 else 0
        if index and not place:
            canvas.showPage()
        canvas.saveState()
        if on_a4:
            column, row = place % 2, place // 2
            canvas.translate(column * A4[0] / 2 + (A4[0] / 2 - WIDTH * SCALE) / 2, (1 - row) * A4[1] / 2)
            canvas.scale(SCALE, SCALE)
        _draw(canvas, label)
        canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _draw(canvas: Any, label: Label) -> None:
    canvas.setStrokeColor(RULE)
    canvas.rect(2 * mm, 2 * mm, WIDTH - 4 * mm, HEIGHT - 4 * mm)
    head = _("Parcel %(parcel)s of %(parcels)s") % {"parcel": label.parcel, "parcels": label.parcels}
    _line(canvas, HEIGHT - 13 * mm, label.carrier, ROOM * 0.6, (9, 13))
    _write(canvas, WIDTH - EDGE, HEIGHT - 13 * mm, head, 11, bold=True, right=True)
    _rule(canvas, HEIGHT - 17 * mm)
    _block(canvas, pgettext("parcel", "From"), label.sender, top=HEIGHT - 18 * mm, height=26 * mm, sizes=(6.5, 9))
    _rule(canvas, HEIGHT - 45 * mm)
    _block(canvas, pgettext("parcel", "To"), label.receiver, top=HEIGHT - 46 * mm, height=54 * mm, sizes=(9, 16))
    if label.collect:
        _line(canvas, 45 * mm, label.collect, ROOM, (9, 12))
    _rule(canvas, 42 * mm)
    draw_qr(canvas, label.number, EDGE, 18 * mm, 23 * mm)
    _write(canvas, EDGE + 26 * mm, 28 * mm, label.number, _size_for(label.number, ROOM - 26 * mm, 14), bold=True)
    # As wide as the label: the bars of a narrower one are too fine for printers of 203 dpi.
    draw_code128(canvas, label.number, EDGE, 4 * mm, ROOM, 13 * mm)


def _block(canvas: Any, title: str, texts: Sequence[str], *, top: float, height: float, sizes: tuple[float, float]) -> None:
    """Lines as large as fits, between the two sizes, the first one strong."""
    _write(canvas, EDGE, top - 9, title, 7.5, color=MUTED)
    smallest, size = sizes
    while size > smallest and sum(map(len, _broken(texts, size))) > _room_for(height, size):
        size -= 0.5
    y = top - 12
    for line, is_strong in _lines(texts, size, most=_room_for(height, size)):
        y -= size * LEADING
        _write(canvas, EDGE, y + size * LEADING * 0.25, line, size, bold=is_strong)


def _room_for(height: float, size: float) -> int:
    """How many lines a block of this height takes below its title."""
    return int((height - 12) // (size * LEADING))


def _broken(texts: Sequence[str], size: float) -> list[list[str]]:
    return [
        list(broken(printable(text).replace("\n", " "), ROOM, Style(size=size, leading=size * LEADING, bold=index == 0)))
        for index, text in enumerate(texts)
    ]


def _lines(texts: Sequence[str], size: float, *, most: int) -> list[tuple[str, bool]]:
    """At most so many lines. Where there are more, the longest texts lose their ends, so that town and telephone stay."""
    parts = _broken(texts, size)
    while sum(map(len, parts)) > most and (longest := max(parts, key=len))[1:]:
        longest.pop()
        longest[-1] = f"{longest[-1][:-1]}…"
    return [(line, index == 0) for index, part in enumerate(parts) for line in part][:most]


def _size_for(text: str, room: float, largest: float) -> float:
    """The size at which a text that may not be cut stands on one line."""
    wide = width(text, largest, bold=True)
    return largest if wide <= room else largest * room / wide


def _line(canvas: Any, y: float, text: str, room: float, sizes: tuple[float, float]) -> None:
    """A strong text on one line, as large as fits between the two sizes; what is too long even so loses its end."""
    smallest, largest = sizes
    text = printable(text).replace("\n", " ")
    size = max(smallest, _size_for(text, room, largest))
    while width(text, size, bold=True) > room:
        text = f"{text[:-2]}…"
    _write(canvas, EDGE, y, text, size, bold=True)


def _write(canvas: Any, x: float, y: float, text: str, size: float, *, color: Any = INK, bold: bool = False, right: bool = False) -> None:
    text = printable(text)
    canvas.setFont(face(text, bold=bold), size)
    canvas.setFillColor(color)
    (canvas.drawRightString if right else canvas.drawString)(x, y, text)


def _rule(canvas: Any, y: float) -> None:
    canvas.setLineWidth(0.5)
    canvas.line(2 * mm, y, WIDTH - 2 * mm, y)
