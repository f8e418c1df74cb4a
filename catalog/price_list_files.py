"""Price lists as tables of text: one row for each variant and quantity. Read with what imports of products read files with."""

from __future__ import annotations

import csv
import io
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from catalog.imports import files
from catalog.imports.cells import decimal_of, guarded, price, unguarded
from catalog.imports.reasons import Unfit, worded
from catalog.models import PriceList, Variant
from catalog.rules.quantities import MOST_PIECES, Tier
from catalog.services.price_lists import MOST_ROWS, NewRow, problems_of
from core.money import Money, exponent

MAX_BYTES = 2_000_000
MOST_LINES = 20_000
MOST_TOLD = 50
HEADER = ("SKU", "From quantity", "Price", "Least quantity")
_NAMES: Mapping[str, str] = {
    "sku": "sku",
    "variant": "sku",
    "article": "sku",
    "货号": "sku",
    "商品编码": "sku",
    "from quantity": "quantity",
    "from": "quantity",
    "quantity": "quantity",
    "数量": "quantity",
    "起始数量": "quantity",
    "price": "price",
    "unit price": "price",
    "价格": "price",
    "单价": "price",
    "least quantity": "least",
    "least": "least",
    "minimum": "least",
    "moq": "least",
    "最小起订量": "least",
    "起订量": "least",
}


@dataclass(slots=True)
class Draft:
    """The rows of a table as far as they could be read, and what is wrong with it, line by line in the reader's language."""

    rows: list[NewRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def drafted(content: bytes, *, merchant_id: uuid.UUID, currency: str) -> Draft:
    """Read a table of text, or an Excel workbook, and say of each line that cannot be used why; nothing is written.

    Raises:
        FileRefused: one of its kinds, where it is no table at all.
    """
    draft = Draft()
    if len(content) > MAX_BYTES:
        draft.problems.append(_("At most %(most)s KB are possible.") % {"most": MAX_BYTES // 1000})
        return draft
    steps: dict[str, list[Tier]] = {}
    leasts: dict[str, int] = {}
    for number, cells in _lines(content, draft):
        try:
            sku, quantity, minor, least = _read(cells, currency)
        except Unfit as error:
            draft.problems.append(_("Row %(number)s: %(why)s") % {"number": number, "why": worded(error.code, error.params)})
            continue
        steps.setdefault(sku, []).append(Tier(quantity, minor))
        leasts[sku] = max(least, leasts.get(sku, 0))
    draft.rows = [NewRow(sku, sorted(tiers), leasts[sku]) for sku, tiers in steps.items()]
    known = dict(Variant.objects.filter(merchant_id=merchant_id, sku__in=list(steps)[:MOST_ROWS]).values_list("sku", "pk"))
    draft.problems += problems_of(draft.rows, known, currency)
    return draft


def _lines(content: bytes, draft: Draft) -> Iterator[tuple[int, dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_bytes(content)
        look = files.look(path)
        names = [_NAMES.get(name.lower(), "") for name in look.header]
        if not {"sku", "price"} <= set(names):
            draft.problems.append(_("The first row must name the columns: %(names)s.") % {"names": ", ".join(HEADER)})
            return
        for row in files.read(path, look.format):
            if row.number > MOST_LINES:
                draft.problems.append(_("At most %(most)s rows are possible.") % {"most": MOST_LINES})
                return
            if row.problem == "blank":
                continue
            if row.problem:
                draft.problems.append(_("Row %(number)s: %(why)s") % {"number": row.number, "why": worded(row.problem, {})})
                continue
            yield row.number, {name: cell.strip() for name, cell in zip(names, row.cells, strict=True) if name}


def _read(cells: Mapping[str, str], currency: str) -> tuple[str, int, int, int]:
    sku = unguarded(cells["sku"])[:65]
    if not sku:
        raise Unfit("sku_missing")
    if not cells["price"]:
        raise Unfit("price_missing")
    quantity = _whole(cells.get("quantity", "")) or 1
    return sku, quantity, price(cells["price"], currency), _whole(cells.get("least", ""))


def _whole(text: str) -> int:
    if not text:
        return 0
    number = decimal_of(text)
    if number != number.to_integral_value() or number < 0:
        raise Unfit("whole_number")
    if number > MOST_PIECES:
        raise Unfit("number_too_large")
    return int(number)


def written(price_list: PriceList) -> str:
    """The list as such a table; reading it again changes nothing."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    for row in price_list.rows.select_related("variant").order_by("variant__sku"):
        table.writerows(_cells(row.variant.sku, row.steps, row.least, price_list.currency))
    return text.getvalue()


def _cells(sku: str, steps: Sequence[Sequence[int]], least: int, currency: str) -> Iterator[list[str]]:
    for quantity, minor in steps:
        amount = f"{Money(minor, currency).amount:.{exponent(currency)}f}"
        yield [guarded(sku), str(quantity), amount, str(least) if least else ""]
