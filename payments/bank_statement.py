"""Reading a bank's statement: CSV with date, amount, currency, reference text and transaction id. Pure: no database, no clock."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.money import exponent
from payments.errors import StatementUnreadable
from payments.gateways.bank_books import BookedLine

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
MOST_MINOR = 10**15
# What banks call their columns, in the two languages of this house.
COLUMNS = {
    "date": ("date", "booking date", "booked", "value date", "日期", "记账日期", "交易日期"),
    "amount": ("amount", "credit", "金额", "交易金额", "收入金额"),
    "currency": ("currency", "币种", "货币"),
    "text": ("reference", "reference text", "text", "description", "purpose", "details", "附言", "摘要", "用途"),
    "transaction": ("transaction id", "transaction", "transaction_id", "id", "bank reference", "交易流水号", "流水号"),
    "payer": ("payer", "account", "iban", "counterparty", "对方账号", "付款账号"),
}
NEEDED = ("date", "amount", "currency", "text", "transaction")
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y")
PLAIN_AMOUNT = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
CODES = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read; `number` is its line in the file."""

    number: int
    problem: str


Row = tuple[int, BookedLine | BadRow | None]


def statement_rows(content: bytes) -> list[Row]:
    """Each row of the file with its line number: a line that came in, None for money that went out, or what is wrong with it.

    Raises:
        StatementUnreadable: too large, of no known encoding, or without the columns that are needed.
    """
    if len(content) > MOST_BYTES:
        raise StatementUnreadable(problem=_("it is larger than 5 MB."))
    reader = csv.reader(io.StringIO(_text(content), newline=""), _dialect(content))
    try:
        table = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise StatementUnreadable(problem=str(error)) from error
    if not table or len(table) > MOST_ROWS + 1:
        raise StatementUnreadable(problem=_("it is empty or has more than 20,000 rows."))
    places = _places(table[0][1])
    return list(_read(table[1:], places))


def _text(content: bytes) -> str:
    encodings = ["utf-16"] if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise StatementUnreadable(problem=_("its encoding is unknown; save it as UTF-8."))


def _dialect(content: bytes) -> type[csv.Dialect]:
    head = _text(content).splitlines()[:1]

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=head[0].count) if head else ","

    return Dialect


def _places(head: Sequence[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in head]
    places = {column: names.index(name) for column, known in COLUMNS.items() for name in reversed(known) if name in names}
    missing = [column for column in NEEDED if column not in places]
    if missing:
        raise StatementUnreadable(problem=_("these columns are missing: %(columns)s.") % {"columns": ", ".join(missing)})
    return places


def _read(table: Sequence[tuple[int, Sequence[str]]], places: dict[str, int]) -> Iterator[Row]:
    for number, row in table:
        cells = {column: row[place].strip() if place < len(row) else "" for column, place in places.items()}
        try:
            yield number, line_of(cells)
        except ValueError as error:
            yield number, BadRow(number, str(error))


def line_of(cells: dict[str, str]) -> BookedLine | None:
    """One line out of its texts; None when money went out.

    Raises:
        ValueError: which cell cannot be read, in words for people.
    """
    currency = cells["currency"].upper()
    if not CODES.fullmatch(currency):
        raise ValueError(_("the currency is not three letters"))
    transaction = cells["transaction"]
    if not 1 <= len(transaction) <= 80:
        raise ValueError(_("the bank's transaction id is missing or longer than 80 characters"))
    amount = _minor(cells["amount"], currency)
    booked_on = _date(cells["date"])
    if amount <= 0:
        return None
    return BookedLine(transaction, booked_on, amount, currency, cells["text"], cells.get("payer", ""))


def _minor(text: str, currency: str) -> int:
    """Minor units of an amount such as 1,234.50. A comma is never a decimal sign: guessing would be off by a hundred."""
    if not PLAIN_AMOUNT.fullmatch(text) or len(text) > 20:
        raise ValueError(_("the amount is not a number such as 1234.50"))
    scaled = Decimal(text.replace(",", "")).scaleb(exponent(currency))
    if scaled != scaled.to_integral_value() or abs(scaled) > MOST_MINOR:
        raise ValueError(_("the amount has more decimal places than %(currency)s has") % {"currency": currency})
    return int(scaled)


def _date(text: str) -> dt.date:
    for pattern in DATES:
        try:
            return dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day, without a time
        except ValueError:
            continue
    raise ValueError(_("the date is not one such as 2026-11-22"))
