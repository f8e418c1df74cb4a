"""A merchant's products as a file: one row a variant, in the columns that an import guesses, so that it can be brought back as it is."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from django.db import connection

from catalog.imports.cells import guarded
from catalog.imports.fields import ATTRIBUTE, BY_NAME, MAX_ATTRIBUTE_NAME, MOST_OPTIONS
from catalog.imports.files import MAX_CELL
from catalog.imports.plan import CHINESE
from catalog.imports.specifications import MAX_VALUE
from catalog.imports.stock import Level, keeper
from catalog.models import Product, Variant
from catalog.rules.options import in_order
from core.money import Money
from merchants.models import Merchant

AT_ONCE = 500
MOST_ATTRIBUTES = 150
MAX_XLSX_CELL = 32_767
_OPTIONS = tuple(f"option{number}_{part}" for number in range(1, MOST_OPTIONS + 1) for part in ("name", "value"))
_COLUMNS = (
    "handle", "sku", "title", "title_zh", "description", "description_zh", "category", "brand", "price", "compare_at", "currency",
    *_OPTIONS, "weight", "length", "width", "height", "hs_code", "origin",
    "stock", "stock_seen", "status", "condition", "tax_class", "attributes",
)  # fmt: skip


def table(merchant: Merchant) -> Iterator[list[str]]:
    """Header and rows. Archived products are left out, because nothing can be done with them."""
    names = _attribute_names(merchant)
    yield [*(BY_NAME[name].header for name in _COLUMNS), *(ATTRIBUTE + name for name in names)]
    after: uuid.UUID | None = None
    while products := _products(merchant, after):
        after = products[-1].pk
        variants: dict[uuid.UUID, list[Variant]] = {}
        for variant in Variant.objects.filter(product__in=products).order_by("position", "created_at", "pk"):
            variants.setdefault(variant.product_id, []).append(variant)
        levels = keeper().levels([variant.pk for each in variants.values() for variant in each], lock=False)
        for product in products:
            common = _of_product(product)
            attributes, rest = _attributes(product, names)
            common["attributes"] = rest
            for variant in variants.get(product.pk, ()):
                cells = {**common, **_of_variant(product, variant, levels)}
                yield [*(guarded(cells.get(name, "")) for name in _COLUMNS), *(guarded(attributes.get(name, "")) for name in names)]


def csv_lines(merchant: Merchant) -> Iterator[bytes]:
    """The table as CSV in UTF-8, with the mark by which Excel knows it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(table(merchant)):
        writer.writerow(row)
        if number % 100 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def write_workbook(merchant: Merchant, file: IO[bytes]) -> None:
    """The table as an Excel workbook, every cell a text, so that Excel changes no SKU into a number."""
    from openpyxl import Workbook  # noqa: PLC0415  brings numpy, which a web process must not load before it is needed
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415  as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Products")
    for row in table(merchant):
        sheet.append(["" if len(cell) > MAX_XLSX_CELL else ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
    book.save(file)


def _products(merchant: Merchant, after: uuid.UUID | None) -> list[Product]:
    rows = Product.objects.for_merchant(merchant).exclude(status=Product.Status.ARCHIVED).select_related("brand", "category")
    return list((rows.filter(pk__gt=after) if after else rows).order_by("pk")[:AT_ONCE])


def _attribute_names(merchant: Merchant) -> list[str]:
    """The names that most of the merchant's products have, which get a column each."""
    statement = """
        SELECT attribute->>'name' AS name FROM catalog_product, jsonb_array_elements(attributes) AS attribute
        WHERE merchant_id = %s AND status <> 'archived' AND jsonb_typeof(attributes) = 'array'
        GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [merchant.pk, MOST_ATTRIBUTES])
        return sorted(name for (name,) in cursor.fetchall() if name and _is_plain(name, MAX_ATTRIBUTE_NAME))


def _is_plain(text: str, most: int) -> bool:
    """Whether it comes back from a cell as it went."""
    return 0 < len(text) <= most and " ".join(text.split()) == text


def _attributes(product: Product, names: Sequence[str]) -> tuple[dict[str, str], str]:
    """Cells by name, and what has no column of its own, as JSON."""
    pairs = {row["name"]: row["value"] for row in product.attributes if _is_plain(row["name"], MAX_ATTRIBUTE_NAME)}
    plain = {name: value for name, value in pairs.items() if _is_plain(value, MAX_VALUE)}
    own = {name: plain[name] for name in names if name in plain}
    rest = {name: value for name, value in plain.items() if name not in own}
    # Two at least, or the one could be taken for a wrapper around a list.
    return own, json.dumps([{"name": name, "value": value} for name, value in rest.items()], ensure_ascii=False) if rest else ""


def _of_product(product: Product) -> dict[str, str]:
    chinese = (product.i18n or {}).get(CHINESE, {})
    texts = {
        "title": product.title,
        "title_zh": chinese.get("title", ""),
        "description": product.description,
        "description_zh": chinese.get("description", ""),
    }
    return {
        **{name: text if len(text) < MAX_CELL else "" for name, text in texts.items()},
        "handle": product.handle or product.slug,
        "category": product.category.slug,
        "brand": product.brand.name if product.brand else "",
        "status": product.status,
        "condition": product.condition,
        "tax_class": product.tax_class,
    }


def _of_variant(product: Product, variant: Variant, levels: Mapping[uuid.UUID, Level]) -> dict[str, str]:
    options = in_order(product.options, variant.options)
    # Three columns cannot say what a fourth option would; left empty, they say nothing.
    chosen = [text for pair in options.items() for text in pair] if len(options) <= MOST_OPTIONS else []
    level = levels.get(variant.pk)
    stock = str(level.on_hand if level else 0)
    return {
        "sku": variant.sku,
        "price": str(Money(variant.price_minor, variant.currency).amount),
        "compare_at": str(Money(variant.compare_at_minor, variant.currency).amount) if variant.compare_at_minor else "",
        "currency": variant.currency,
        "weight": str(variant.weight_g),
        "length": str(variant.length_mm or ""),
        "width": str(variant.width_mm or ""),
        "height": str(variant.height_mm or ""),
        "hs_code": variant.hs_code,
        "origin": variant.origin,
        "stock": stock,
        "stock_seen": stock,
        **dict(zip(_OPTIONS, chosen, strict=False)),
    }
