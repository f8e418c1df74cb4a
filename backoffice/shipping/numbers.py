"""Tracking numbers in bulk: text that people paste or upload, read row by row and compared with the orders it names."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from backoffice.shipping.errors import NoRows, NotReadable, TooLong
from catalog.imports.cells import guarded, unguarded
from core.errors import DomainError
from logistics.carrier_selectors import MANUAL, SIMULATED, Way, way_called, ways_of
from logistics.models import Shipment
from merchants.models import Merchant
from orders.models import MerchantOrder
from orders.selectors.purchases import NUMBER, TO_SHIP
from orders.services.dispatching import dispatch_order
from orders.services.fulfilment import SENT
from orders.states import OrderStatus

MOST_ROWS = 500
MOST_BYTES = 256 * 1024
FIELDS = ("order", "carrier", "tracking_number")
TRACKING = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{2,59}")
LONGEST_CARRIER = 60
# What shops call the columns, in lower case and without blanks.
HEADINGS = {
    "order": {"order", "ordernumber", "orderno", "orderno.", "number", "订单", "订单号", "订单编号"},
    "carrier": {"carrier", "courier", "shippingcompany", "承运商", "快递", "快递公司", "物流公司"},
    "tracking_number": {"trackingnumber", "tracking", "trackingno", "trackingno.", "运单号", "快递单号", "物流单号", "运单号码"},
}
READY, DONE, FAILED = "ready", "done", "failed"


@dataclass(frozen=True)
class Row:
    """A row as it was written; `number` is its line in the text, the first being 1."""

    number: int
    order: str
    carrier: str
    tracking_number: str


@dataclass(frozen=True)
class Checked:
    """A row and what would become of it: ready, done already, or failed because of the value of a field."""

    row: Row
    state: str
    order_id: uuid.UUID | None = None
    field: str = ""
    reason: str = ""
    way: str = MANUAL

    @property
    def value(self) -> str:
        return str(getattr(self.row, self.field)) if self.field else ""


def text_of(content: bytes) -> str:
    """The text of a file in UTF-8, with or without a mark, UTF-16 with one, or GBK.

    Raises:
        NotReadable: it is none of them, or no text.
        TooLong: it is larger than so many rows can be.
    """
    if len(content) > MOST_BYTES:
        raise TooLong(most=MOST_ROWS)
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
            return text
    raise NotReadable


def rows_of(text: str) -> list[Row]:
    """The rows of a text whose cells are separated by commas, semicolons or tabs; its first row may name the columns.

    Raises:
        NotReadable: quotes that are never closed, or control characters.
        TooLong, NoRows
    """
    if len(text) > MOST_BYTES:
        raise TooLong(most=MOST_ROWS)
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
        raise NotReadable
    text = text.lstrip("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        records = [(reader.line_num, [_cell(cell) for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise NotReadable from error
    records = [(number, cells) for number, cells in records if any(cells)]
    columns = _columns(records[0][1]) if records else None
    if columns:
        records = records[1:]
    if not records:
        raise NoRows
    if len(records) > MOST_ROWS:
        raise TooLong(most=MOST_ROWS)
    return [_row(number, cells, columns or list(FIELDS)) for number, cells in records]


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _cell(cell: str) -> str:
    """Without what spreadsheets put around numbers so that they stay text: ="123" and '123."""
    text = cell.strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return unguarded(text).strip()


def _columns(cells: Sequence[str]) -> list[str] | None:
    """Which field each column is, where the row is a heading."""
    names = ["".join(cell.lower().replace("_", "").split()) for cell in cells]
    found = [next((field for field, words in HEADINGS.items() if name in words), "") for name in names]
    return found if "order" in found and "tracking_number" in found else None


def _row(number: int, cells: Sequence[str], columns: Sequence[str]) -> Row:
    named = {field: cell for field, cell in zip(columns, cells, strict=False) if field}
    return Row(number, *(named.get(field, "")[:200] for field in FIELDS))


def check(merchant: Merchant, rows: Sequence[Row]) -> list[Checked]:
    """What would become of each row. Three queries.

    Orders of others, and those nobody has paid, are as unknown as those that never were.
    """
    numbers = {row.order for row in rows if NUMBER.fullmatch(row.order)}
    visible = MerchantOrder.objects.for_merchant(merchant).exclude(status__in=[OrderStatus.AWAITING_PAYMENT, OrderStatus.EXPIRED])
    orders = {order.number: order for order in visible.filter(number__in=numbers)}
    parcels = Shipment.objects.for_merchant(merchant).filter(reference__in=[order.pk for order in orders.values()])
    sent = set(parcels.values_list("reference", "tracking_number"))
    # Rows leave the number empty where the built-in carrier makes it.
    sent |= {(parcel, "") for parcel in parcels.filter(booking__gateway=SIMULATED).values_list("reference", flat=True)}
    ways, seen = ways_of(merchant.pk), dict[str, Row]()
    return [_check(row, way_called(ways, row.carrier), orders.get(row.order), sent, seen.setdefault(row.order, row)) for row in rows]


def _check(row: Row, way: Way, order: MerchantOrder | None, sent: set[tuple[uuid.UUID, str]], first: Row) -> Checked:
    if order is None:
        return _failed(row, "order", _("There is no order of yours with this number.") if row.order else _("Missing."))
    if problem := _problem(row, way):
        return _failed(row, *problem)
    if first is not row and first.tracking_number != row.tracking_number:
        return _failed(row, "order", _("Row %(row)s names this order, too, with another number.") % {"row": first.number})
    if first is not row:
        return Checked(row, DONE, order.pk)
    return _against(row, way, order, is_sent=(order.pk, row.tracking_number) in sent)


def _problem(row: Row, way: Way) -> tuple[str, str] | None:
    """The field that cannot be what stands there, and why."""
    if not 0 < len(row.carrier) <= LONGEST_CARRIER:
        return "carrier", _("At most 60 characters.") if row.carrier else _("Missing.")
    if not way.needs_number:
        return ("tracking_number", _("This carrier gives the number itself: leave it empty.")) if row.tracking_number else None
    if TRACKING.fullmatch(row.tracking_number):
        return None
    return "tracking_number", _("3 to 60 letters, digits, spaces, dots, slashes and hyphens.") if row.tracking_number else _("Missing.")


def _against(row: Row, way: Way, order: MerchantOrder, *, is_sent: bool) -> Checked:
    if is_sent and order.status in SENT:
        return Checked(row, DONE, order.pk)
    if is_sent and way.needs_number:
        return _failed(row, "tracking_number", _("A part of this order went under this number."))
    if order.status not in TO_SHIP:
        return _failed(row, "order", _("It is not to be sent: %(status)s.") % {"status": order.get_status_display()})
    return Checked(row, READY, order.pk, way=way.key)


def _failed(row: Row, field: str, reason: str) -> Checked:
    return Checked(row, FAILED, field=field, reason=reason)


def ship_rows(merchant: Merchant, rows: Sequence[Row], *, actor: str, at: dt.datetime) -> list[Checked]:
    """Send what is ready, each order in a transaction of its own; the rest is told why not. Again sends nothing twice."""
    return [_shipped(checked, actor, at) if checked.state == READY else checked for checked in check(merchant, rows)]


def _shipped(checked: Checked, actor: str, at: dt.datetime) -> Checked:
    row = checked.row
    assert checked.order_id is not None  # noqa: S101  a row that is ready has an order
    try:
        dispatch_order(
            order_id=checked.order_id,
            way=checked.way,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            actor=actor,
            at=at,
        )
    except DomainError as error:
        return replace(checked, state=FAILED, field="order", reason=str(error))
    return checked


def csv_of_failed(checked: Sequence[Checked]) -> bytes:
    """The failed rows as they were, with field and reason, to be corrected and brought again."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Order number"), _("Carrier"), _("Tracking number"), _("Row"), _("Field"), _("Reason")])
    names = field_names()
    for each in checked:
        if each.state == FAILED:
            cells = [each.row.order, each.row.carrier, each.row.tracking_number]
            writer.writerow([*map(guarded, cells), each.row.number, names.get(each.field, ""), each.reason])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def field_names() -> dict[str, str]:
    """The fields in the active language."""
    return {"order": _("Order number"), "carrier": _("Carrier"), "tracking_number": _("Tracking number")}
