"""The operator's table of what countries charge for goods that come in."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from core.countries import assigned_codes
from logistics.errors import InvalidDutyRate
from logistics.models import DutyRate

MOST_BYTES, MOST_ROWS = 5_000_000, 50_000
COLUMNS = (
    "country", "hs_prefix", "duty_percent", "tax_percent", "bonded_duty_percent", "bonded_tax_percent",
    "valid_from", "valid_until", "source",
)  # fmt: skip
SHARES = {"duty_percent": 1_000, "tax_percent": 100, "bonded_duty_percent": 1_000, "bonded_tax_percent": 100}
OPTIONAL = {"bonded_duty_percent", "bonded_tax_percent", "valid_until", "source"}
CHANGED = ["duty_bps", "tax_bps", "bonded_duty_bps", "bonded_tax_bps", "valid_until", "source"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rates a file named, and how many of them are new."""

    rows: int
    new: int


@transaction.atomic
def load_duty_rates(*, content: bytes) -> Loaded:
    """Take a CSV file with the columns COLUMNS; a rate of the same country, prefix and first day is replaced. All of it or nothing.

    Percentages have at most two decimals; the bonded ones are 0 and `valid_until` is open where they are left out.

    Raises:
        InvalidDutyRate: the first line that cannot be, counted from 1 with the header.
    """
    before = DutyRate.objects.count()
    rows = {(row.country, row.hs_prefix, row.valid_from): row for row in _rows(content)}
    DutyRate.objects.bulk_create(
        rows.values(), batch_size=1_000, update_conflicts=True, unique_fields=["country", "hs_prefix", "valid_from"], update_fields=CHANGED
    )
    return Loaded(len(rows), DutyRate.objects.count() - before)


def _rows(content: bytes) -> Iterator[DutyRate]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDutyRate(line=1, field=_("UTF-8 text")) from error
    if len(content) > MOST_BYTES or "\0" in text:
        raise InvalidDutyRate(line=1, field=_("file"))
    try:
        lines = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise InvalidDutyRate(line=1, field=_("CSV")) from error
    if not lines or len(lines) > MOST_ROWS:
        raise InvalidDutyRate(line=1, field=_("file"))
    for column in COLUMNS:
        if column not in lines[0] and column not in OPTIONAL:
            raise InvalidDutyRate(line=1, field=column)
    for number, line in enumerate(lines, start=2):
        yield _row(number, line)


def _row(number: int, line: Mapping[str, str | None]) -> DutyRate:
    cells = {name: (line.get(name) or "").strip() for name in COLUMNS}
    country, prefix = cells["country"].upper(), cells["hs_prefix"].replace(".", "")
    if country not in assigned_codes():
        raise InvalidDutyRate(line=number, field="country")
    if prefix and not (prefix.isascii() and prefix.isdigit() and len(prefix) <= 10):
        raise InvalidDutyRate(line=number, field="hs_prefix")
    shares = {name.replace("_percent", "_bps"): _bps(number, name, cells[name]) for name in SHARES}
    begins = _day(number, "valid_from", cells["valid_from"])
    ends = _day(number, "valid_until", cells["valid_until"]) if cells["valid_until"] else None
    if ends is not None and ends < begins:
        raise InvalidDutyRate(line=number, field="valid_until")
    return DutyRate(country=country, hs_prefix=prefix, valid_from=begins, valid_until=ends, source=cells["source"][:120], **shares)


def _bps(number: int, name: str, text: str) -> int:
    """Hundredths of a percent."""
    try:
        share = Decimal(text or ("0" if name in OPTIONAL else "-")) if len(text) <= 12 else Decimal("NaN")
    except InvalidOperation as error:
        raise InvalidDutyRate(line=number, field=name) from error
    if not share.is_finite() or not 0 <= share <= SHARES[name] or share * 100 != int(share * 100):
        raise InvalidDutyRate(line=number, field=name)
    return int(share * 100)


def _day(number: int, name: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise InvalidDutyRate(line=number, field=name) from error
