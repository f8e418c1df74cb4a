"""Reads the files of the data set and composes what they do not have: names and prices. The same files always give the same goods."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from statistics import median_low
from typing import Any

from shop.olist.categories import CATEGORIES, slug_of

FIELDS = (
    "sku", "title", "title_zh", "description", "description_zh", "category", "price", "weight", "stock", "status",
    "attribute:Length", "attribute:Width", "attribute:Height",
)  # fmt: skip
PRODUCTS = "olist_products_dataset.csv"
SELLERS = "olist_sellers_dataset.csv"
ITEMS = "orders-sample/olist_order_items_dataset.csv"


@dataclass(frozen=True, slots=True)
class Seller:
    """A shop to be opened. `number` counts the sellers of its city."""

    key: str
    city: str
    state: str
    postcode: str
    number: int

    @property
    def slug(self) -> str:
        return f"olist-{self.key[:16]}"


@dataclass(frozen=True, slots=True)
class Sold:
    """What the sample of orders says of a product: who sold it and for how much, in hundredths."""

    seller: str
    price_minor: int


def table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def sellers(folder: Path) -> list[Seller]:
    """All sellers in the order of the file."""
    seen: Counter[str] = Counter()
    found = []
    for row in table(folder / SELLERS):
        city = " ".join(row["seller_city"].split()).title()[:60]
        seen[city] += 1
        found.append(Seller(row["seller_id"], city, row["seller_state"][:2], row["seller_zip_code_prefix"][:10], seen[city]))
    return found


def sales(folder: Path) -> dict[str, Sold]:
    """By product its first seller and its middle price; nothing where the sample of orders is not there."""
    if not (folder / ITEMS).is_file():
        return {}
    first: dict[str, str] = {}
    prices: dict[str, list[int]] = {}
    for row in table(folder / ITEMS):
        try:
            price = int(Decimal(row["price"]) * 100)
        except InvalidOperation:
            continue
        first.setdefault(row["product_id"], row["seller_id"])
        prices.setdefault(row["product_id"], []).append(price)
    return {key: Sold(first[key], median_low(found)) for key, found in prices.items()}


@dataclass(slots=True)
class Composer:
    """Turns lines of the file into rows of FIELDS. Counts titles, so that the second of two equal products is told from the first."""

    sold: Mapping[str, Sold]
    titles: Counter[str]

    def row(self, line: Mapping[str, str]) -> list[str]:
        key = line["product_id"]
        _roof, name, name_zh = CATEGORIES.get(line["product_category_name"], CATEGORIES[""])
        weight = _whole(line["product_weight_g"])
        sides = [_whole(line[f"product_{side}_cm"]) for side in ("length", "width", "height")]
        size = " × ".join(str(side) for side in sides) + " cm" if all(sides) else ""
        words = f"{name} {_weight(weight)}" + (f", {size}" if size else "")
        self.titles[words] += 1
        again = self.titles[words]
        title = words if again == 1 else f"{words}, no. {again}"
        title_zh = f"{name_zh} {_weight(weight)}{f'，{size}' if size else ''}" + (f"，{again}号" if again > 1 else "")
        return [
            f"OL-{key[:14].upper()}",
            title,
            title_zh,
            f"<p>{name} of {_weight(weight)}{f', {size} with its box' if size else ''}. Sent from Brazil.</p>",
            f"<p>{name_zh}，重{_weight(weight)}{f'，含包装 {size}' if size else ''}。巴西发货。</p>",
            slug_of(line["product_category_name"]),
            _price(self.sold[key].price_minor if key in self.sold else _guessed(key, weight, sides)),
            str(weight),
            str(int(key[-4:], 16) % 240),
            "published",
            *(f"{side} cm" if side else "" for side in sides),
        ]


def composer(sold: Mapping[str, Sold]) -> Composer:
    return Composer(sold, Counter())


def seller_of(line: Mapping[str, str], sold: Mapping[str, Sold], known: Mapping[str, Any], order: Sequence[str]) -> str:
    """Who sold it in the sample, else one of the sellers in `order`, always the same."""
    seen = sold.get(line["product_id"])
    return seen.seller if seen and seen.seller in known else order[int(line["product_id"][:8], 16) % len(order)]


def _whole(text: Any) -> int:
    try:
        return max(int(Decimal(text or "0")), 0)
    except InvalidOperation:
        return 0


def _weight(grams: int) -> str:
    return f"{grams} g" if grams < 1_000 else f"{Decimal(grams) / 1000:.2f}".rstrip("0").rstrip(".") + " kg"


def _guessed(key: str, weight: int, sides: list[int]) -> int:
    """Something heavier or bulkier costs more; products of one size differ by up to a fifth, which their keys decide."""
    volume = sides[0] * sides[1] * sides[2]
    base = 1_500 + 2 * weight + volume // 8
    return base * (90 + int(key[4:8], 16) % 40) // 100


def _price(minor: int) -> str:
    """To the next amount that ends in 90, as shops write it."""
    return f"{max(minor, 190) // 100}.90"
