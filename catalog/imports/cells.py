"""What people write into single cells, as values. Each function raises Unfit with the reason where a text is no such value."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from babel import Locale

from catalog.imports.reasons import Unfit
from catalog.models import Product, TaxClass
from catalog.rules.parcels import MOST_MM, is_hs_code, is_origin, is_size, plain_hs_code
from core.countries import assigned_codes
from core.money import exponent

MAX_PRICE_MINOR = 10**12
MAX_STOCK = 100_000_000
MAX_WEIGHT_G = 2_000_000_000
# A spreadsheet takes a cell that begins like this for a formula (OWASP, "CSV injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_GUARDED = (*FORMULA, "'")
MAX_NUMBER = 60
_SIMPLE = re.compile(r"\d{1,18}(?:\.\d{1,6})?", re.ASCII)
_NUMBER = re.compile(r"\d[\d.,' ]*|(?<![A-Za-z])[.,]\d+", re.ASCII)
_MINUS = re.compile(r"[-\u2212(]")
_UNITS: Mapping[str, int | Decimal] = {
    "g": 1, "gram": 1, "grams": 1, "克": 1, "kg": 1000, "kgs": 1000, "kilogram": 1000, "kilograms": 1000, "千克": 1000, "公斤": 1000,
    "斤": 500, "mg": Decimal("0.001"), "t": 1_000_000, "吨": 1_000_000, "oz": Decimal("28.349523125"), "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
}  # fmt: skip
_LENGTHS: Mapping[str, int | Decimal] = {
    "": 1, "mm": 1, "毫米": 1, "cm": 10, "厘米": 10, "公分": 10, "m": 1_000, "米": 1_000, "in": Decimal("25.4"), "inch": Decimal("25.4"),
    "inches": Decimal("25.4"),
}  # fmt: skip
STATUSES: Mapping[str, str] = {
    **{value: value for value in ("draft", "published", "hidden", "archived", "pending")},
    "active": "published", "live": "published", "on sale": "published", "enabled": "published", "true": "published", "yes": "published",
    "inactive": "hidden", "off sale": "hidden", "disabled": "hidden", "unlisted": "hidden", "pending approval": "pending",
    "草稿": "draft", "已发布": "published", "发布": "published", "上架": "published", "已上架": "published", "在售": "published",
    "出售中": "published", "隐藏": "hidden", "已隐藏": "hidden", "下架": "hidden", "已下架": "hidden", "仓库中": "hidden",
    "归档": "archived", "已归档": "archived", "待审核": "pending",
}  # fmt: skip
CONDITIONS: Mapping[str, str] = {
    **{value: value for value in Product.Condition.values},
    "like new": "like_new", "used like new": "like_new", "used": "good", "used good": "good", "used fair": "fair", "acceptable": "fair",
    "全新": "new", "新": "new", "几乎全新": "like_new", "九九新": "like_new", "99新": "like_new", "良好": "good", "二手": "good",
    "九成新": "good", "尚可": "fair", "一般": "fair",
}  # fmt: skip
TAX_CLASSES: Mapping[str, str] = {
    **{value: value for value in TaxClass.values},
    "normal": "standard", "default": "standard", "none": "zero", "exempt": "zero", "free": "zero",
    "标准": "standard", "标准税率": "standard", "低税率": "reduced", "优惠税率": "reduced", "零税率": "zero", "免税": "zero", "无": "zero",
}  # fmt: skip


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula; `unguarded` gives the same text back."""
    return f"'{text}" if text.startswith(_GUARDED) else text


def unguarded(cell: str) -> str:
    """What stands in a cell, without the apostrophe that says "this is text"."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _GUARDED and len(cell) > 1 else cell


def _plain(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def decimal_of(text: str) -> Decimal:
    """A number as people write it: 1,299.00 and 1.299,00 and 1 299 and ¥1299; a single comma before three digits parts thousands."""
    if _SIMPLE.fullmatch(text):
        return Decimal(text)
    written = _plain(text)
    number = _NUMBER.search(written)
    if not number or len(text) > MAX_NUMBER:
        raise Unfit("number")
    before, after = written[: number.start()], written[number.end() :]
    if any(character.isdigit() for character in before + after):
        raise Unfit("number")
    try:
        value = Decimal(_with_point(re.sub(r"[' ]", "", number[0]).rstrip(".,")))
    except InvalidOperation as error:
        raise Unfit("number") from error
    return -value if _MINUS.search(before) else value


def _with_point(digits: str) -> str:
    """Digits with at most one point, which is the decimal one."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma < 0:
        return digits.replace(".", "") if digits.count(".") > 1 else digits
    if point > comma:
        return digits.replace(",", "")
    if point >= 0 or (digits.count(",") == 1 and len(digits) - comma - 1 != 3):
        return digits.replace(".", "").replace(",", ".")
    return digits.replace(",", "")


def price(text: str, currency: str) -> int:
    """Minor units of `currency`."""
    amount = decimal_of(text)
    places = exponent(currency)
    minor = amount.scaleb(places)
    if minor != minor.to_integral_value():
        raise Unfit("price_decimals", currency=currency, places=places)
    if minor <= 0:
        raise Unfit("price_not_positive")
    if minor > MAX_PRICE_MINOR:
        raise Unfit("number_too_large")
    return int(minor)


def whole(text: str) -> int:
    """A count of pieces."""
    amount = decimal_of(text)
    if amount != amount.to_integral_value() or amount < 0:
        raise Unfit("whole_number")
    if amount > MAX_STOCK:
        raise Unfit("number_too_large")
    return int(amount)


def weight(text: str, unit: str = "g") -> int:
    """Grams, half a gram rounded up; `unit` where the cell names none."""
    word = re.sub(r"[\d.,\s'+-]", "", _plain(text)).casefold().rstrip(".")
    factor = _UNITS.get(word or unit)
    if factor is None:
        raise Unfit("number")
    grams = decimal_of(text) * factor
    if grams < 0:
        raise Unfit("whole_number")
    if grams > MAX_WEIGHT_G:
        raise Unfit("number_too_large")
    return int(grams + Decimal("0.5"))


def side(text: str) -> int:
    """Whole millimetres of a packed piece, half a millimetre rounded up, from a cell that may name another unit."""
    unit = re.sub(r"[\d.,\s'+-]", "", _plain(text)).casefold().rstrip(".")
    factor = _LENGTHS.get(unit)
    if factor is None:
        raise Unfit("number")
    millimetres = int(decimal_of(text) * factor + Decimal("0.5"))
    if not is_size(millimetres):
        raise Unfit("side", most=MOST_MM)
    return millimetres


def hs_code(cell: str) -> str:
    """Six to ten digits, without the points and spaces that part them."""
    code = plain_hs_code(_plain(cell))
    if not is_hs_code(code):
        raise Unfit("hs_code")
    return code


def origin(cell: str) -> str:
    """A country as its two letters, or by its name in English or Chinese."""
    code = _plain(cell).strip()
    found = code.upper() if is_origin(code.upper()) else _countries().get(code.casefold())
    if found is None:
        raise Unfit("origin")
    return found


@functools.cache
def _countries() -> dict[str, str]:
    """Codes by the names that people write."""
    names: dict[str, str] = {}
    for language in ("en", "zh_Hans_CN"):
        territories = Locale.parse(language).territories
        names |= {territories[code].casefold(): code for code in assigned_codes()}
    return names | {"usa": "US", "uk": "GB", "china": "CN"}


def text(cell: str, most: int) -> str:
    """A line of text without spaces around it."""
    if len(cell) > most:
        raise Unfit("too_long", most=most)
    return cell


@functools.lru_cache(maxsize=256)
def word(cell: str, kind: str) -> str:
    """One of the words for a status, condition or tax class, in either language."""
    known = {"status": STATUSES, "condition": CONDITIONS, "tax_class": TAX_CLASSES}[kind]
    folded = re.sub(r"[\s_-]+", " ", _plain(cell)).strip().casefold()
    found = known.get(folded) or known.get(folded.replace(" ", "_"))
    if found is None:
        raise Unfit(f"{kind}_unknown")
    return found
