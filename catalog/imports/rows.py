"""One row of text as values of a product and of a variant, with everything that is wrong in it. No database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.imports import cells
from catalog.imports.fields import ATTRIBUTE, MOST_OPTIONS
from catalog.imports.reasons import Problem, Unfit
from catalog.imports.specifications import MAX_VALUE, attributes_in
from catalog.rules.texts import storable
from core.sanitiser import clean_html

MAX_ATTRIBUTES = 100
# Kept as they are: what a person writes as HTML or as several attributes may begin with a space.
_RAW = {"description", "description_zh", "attributes"}
_LENGTHS = {"sku": 64, "handle": 120, "title": 200, "title_zh": 200, "brand": 80, "category": 500}
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Rules:
    """What a row is read by: the field of each column, and the currencies there are, the first of which is meant where none is named."""

    mapping: Sequence[str]
    currencies: Sequence[str]
    defaults: Mapping[str, str] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        return self.defaults.get("currency") or self.currencies[0]


@dataclass(slots=True)
class Goods:
    """What a row says. `values` has only fields that were filled in; `compare_at` is there, as None, where its cell was left empty."""

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    merchant: Any = None
    # Reading the whole file has found something wrong already, which is written down.
    is_told: bool = False

    def refuse(self, name: str, code: str, **params: Any) -> None:
        """Take nothing of this row, for this reason."""
        shown = self.values.get(name, "")
        self.problems.append(Problem(name, str(shown)[:_SHOWN], code, params))


def goods_of(number: int, row: Sequence[str], rules: Rules, *, problem: str = "") -> Goods:
    """The values of a row; what does not fit becomes a problem and the rest is read nevertheless."""
    goods = Goods(number, {})
    if problem:
        goods.problems.append(Problem("", " ".join(cell for cell in row if cell)[:_SHOWN].replace("\0", ""), problem))
        return goods
    filled = _filled(row, rules.mapping)
    _read_prices(goods, filled, rules)
    _read_options(goods, filled)
    for name, cell in filled.items():
        reader = _READERS.get(name)
        if reader is not None:
            _take(goods, name, cell, reader)
    _read_attributes(goods, filled)
    if "compare_at" in rules.mapping and "compare_at" not in filled:
        goods.values["compare_at"] = None
    if "sku" not in filled and not goods.problems:
        goods.problems.append(Problem("sku", "", "sku_missing"))
    return goods


def _filled(row: Sequence[str], mapping: Sequence[str]) -> dict[str, str]:
    filled = {}
    for name, cell in zip(mapping, row, strict=False):
        if not name or not cell:
            continue
        text = cells.unguarded(cell)
        text = text if name in _RAW else text.strip()
        if text:
            filled[name] = text if text.isascii() else storable(text)
    return filled


def _take(goods: Goods, name: str, cell: str, read: Callable[[str], Any]) -> None:
    try:
        goods.values[name] = read(cell)
    except Unfit as unfit:
        goods.problems.append(Problem(name, cell[:_SHOWN], unfit.code, unfit.params))


def _read_prices(goods: Goods, filled: Mapping[str, str], rules: Rules) -> None:
    currency = filled.get("currency", rules.currency).upper()
    if currency not in rules.currencies:
        goods.problems.append(Problem("currency", currency[:_SHOWN], "currency_unknown"))
        return
    goods.values["currency"] = currency
    for name in ("price", "compare_at"):
        if name in filled:
            _take(goods, name, filled[name], lambda cell: cells.price(cell, currency))
    if "price" in goods.values and goods.values.get("compare_at") == goods.values["price"]:
        goods.values["compare_at"] = None  # how many shops write that nothing is reduced


def _read_options(goods: Goods, filled: Mapping[str, str]) -> None:
    options: dict[str, str] = {}
    for number in range(1, MOST_OPTIONS + 1):
        name, value = filled.get(f"option{number}_name", ""), filled.get(f"option{number}_value", "")
        where = f"option{number}_value" if name else f"option{number}_name"
        if bool(name) != bool(value):
            goods.problems.append(Problem(where, (name or value)[:_SHOWN], "option_half"))
        elif name in options:
            goods.problems.append(Problem(f"option{number}_name", name[:_SHOWN], "option_twice"))
        elif name and max(len(name), len(value)) > 80:
            goods.problems.append(Problem(where, value[:_SHOWN], "too_long", {"most": 80}))
        elif name:
            options[name] = value
    if options:
        goods.values["options"] = options


def _read_attributes(goods: Goods, filled: Mapping[str, str]) -> None:
    found: dict[str, str] = {}
    if "attributes" in filled:
        try:
            found.update(attributes_in(filled["attributes"]))
        except Unfit as unfit:
            goods.problems.append(Problem("attributes", filled["attributes"][:_SHOWN], unfit.code, unfit.params))
    for name, cell in filled.items():
        if name.startswith(ATTRIBUTE):
            if len(cell) > MAX_VALUE:
                goods.problems.append(Problem(name, cell[:_SHOWN], "too_long", {"most": MAX_VALUE}))
            found[name.removeprefix(ATTRIBUTE)] = cell
    if len(found) > MAX_ATTRIBUTES:
        goods.problems.append(Problem("attributes", "", "too_many_attributes", {"most": MAX_ATTRIBUTES}))
    elif found:
        goods.values["attributes"] = found


def _limited(name: str) -> Callable[[str], str]:
    most = _LENGTHS[name]
    return lambda cell: cells.text(cell, most)


_READERS: dict[str, Callable[[str], Any]] = {
    **{name: _limited(name) for name in _LENGTHS},
    "description": clean_html,
    "description_zh": clean_html,
    "weight": cells.weight,
    "weight_kg": lambda cell: cells.weight(cell, "kg"),
    "length": cells.side,
    "width": cells.side,
    "height": cells.side,
    "hs_code": cells.hs_code,
    "origin": cells.origin,
    "stock": cells.whole,
    "stock_seen": cells.whole,
    "status": lambda cell: cells.word(cell, "status"),
    "condition": lambda cell: cells.word(cell, "condition"),
    "tax_class": lambda cell: cells.word(cell, "tax_class"),
}
