"""What has to be written so that the catalogue says what the rows say. Decides everything and writes nothing: a dry run ends here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog.imports.fields import PRODUCT_FIELDS
from catalog.imports.found import Found
from catalog.imports.plan_variants import add_variants, change_variant
from catalog.imports.reasons import Problem, Unfit
from catalog.imports.rows import Goods
from catalog.imports.works import Work
from catalog.models import Product
from catalog.rules.options import options_from_variants

CHINESE = "zh-hans"
_TEXTS = {"title_zh": "title", "description_zh": "description"}
_PLAIN = ("title", "description", "condition", "tax_class")


def plan(rows: Sequence[Goods], found: Found) -> list[Work]:
    """Work for all rows without problems. Rows that turn out not to fit what there is get theirs here."""
    works = []
    for product, members in _groups(rows, found):
        work = _existing(product, members, found) if product else _new(members, found)
        if work is not None:
            works.append(work)
    return works


def _groups(rows: Iterable[Goods], found: Found) -> Iterable[tuple[Product | None, list[Goods]]]:
    """Rows of one product together: those with the same key, else those whose SKUs one product has."""
    by_handle: dict[tuple[uuid.UUID, str], list[Goods]] = {}
    groups: dict[Any, tuple[Product | None, list[Goods]]] = {}
    for row in rows:
        if row.problems or row.is_told:
            continue
        if "handle" in row.values:
            by_handle.setdefault((row.merchant.pk, row.values["handle"]), []).append(row)
            continue
        variant = found.variants.get((row.merchant.pk, row.values["sku"]))
        product = found.products[variant.product_id] if variant else None
        groups.setdefault(product.pk if product else ("row", row.number), (product, []))[1].append(row)
    for key, members in by_handle.items():
        product = _product_of_handle(key, members, found)
        groups.setdefault(product.pk if product else key, (product, []))[1].extend(members)
    return groups.values()


def _product_of_handle(key: tuple[uuid.UUID, str], rows: Sequence[Goods], found: Found) -> Product | None:
    """The product with that key, else the one that has the rows' SKUs and no key yet."""
    product = found.by_handle.get(key)
    for row in rows:
        variant = found.variants.get((row.merchant.pk, row.values["sku"]))
        if variant is None:
            continue
        owner = found.products[variant.product_id]
        if product is None and not owner.handle:
            product = owner
        if product is None or owner.pk != product.pk:
            row.refuse("handle", "handle_other")
    return product


def _fits(rows: Sequence[Goods]) -> list[Goods]:
    return [row for row in rows if not row.problems]


def _first(rows: Sequence[Goods], name: str) -> Goods | None:
    """The first row that says something of the product."""
    return next((row for row in rows if name in row.values), None)


def _category(rows: Sequence[Goods], found: Found, present: str = "") -> str:
    row = _first(rows, "category")
    if row is None:
        return ""
    try:
        return found.categories.find(row.values["category"], found.aliases, present)
    except Unfit as unfit:
        for each in rows:
            each.problems.append(Problem("category", row.values["category"], unfit.code, unfit.params))
        return ""


def _new(rows: Sequence[Goods], found: Found) -> Work | None:
    for name, value in found.defaults.items():
        if name in PRODUCT_FIELDS and _first(rows, name) is None:
            rows[0].values[name] = value
    category = _category(rows, found)
    missing = [] if _first(rows, "title") else [("title", "title_missing")]
    missing += [] if _first(rows, "category") else [("category", "category_missing")]
    status = row.values["status"] if (row := _first(rows, "status")) else Product.Status.DRAFT
    for each in rows:
        for name, code in missing:
            each.refuse(name, code)
        if status == Product.Status.PENDING:
            each.refuse("status", "status_forbidden", status=Product.Status.DRAFT)
        if each.merchant.needs_approval and status in {Product.Status.PUBLISHED, Product.Status.HIDDEN}:
            each.refuse("status", "approval_needed")
    product = Product(merchant_id=rows[0].merchant.pk, handle=rows[0].values.get("handle", ""))
    work = Work(product, True, _fits(rows), category=category, status=status if status != Product.Status.DRAFT else "")
    add_variants(work, work.rows, [], found)
    if not work.fresh:
        return None
    product.options = options_from_variants([row.values.get("options", {}) for row, _ in work.fresh])
    _set_product(work)
    work.before = {}
    return work


def _existing(product: Product, rows: Sequence[Goods], found: Found) -> Work | None:
    if product.status == Product.Status.ARCHIVED:
        for row in rows:
            row.refuse("sku", "sku_archived")
        return None
    work = Work(product, False, list(rows))
    category = _category(rows, found, product.category.path)
    work.category = category if category != product.category.path else ""
    for row in rows:
        if row.values.get("version", product.version) != product.version:
            row.refuse("", "changed_meanwhile")
    siblings = found.siblings.get(product.pk, [])
    _check_status(work, is_sold=any(variant.is_active for variant in siblings))
    known = {variant.sku: variant for variant in siblings}
    for row in _fits(rows):
        if row.values["sku"] in known:
            change_variant(work, row, known[row.values["sku"]], found)
    add_variants(work, [row for row in _fits(rows) if row.values["sku"] not in known], siblings, found)
    work.rows = _fits(rows)
    if not work.rows:
        return None
    _take_over(work)
    return work if _is_agreed(work) else None


def _is_agreed(work: Work) -> bool:
    """Whether the operator need not look at it first; its rows are refused where it has to."""
    if not work.rows[0].merchant.needs_approval or not _says_otherwise(work):
        return True
    for row in work.rows:
        row.refuse("", "approval_needed")
    return False


def _says_otherwise(work: Work) -> bool:
    """Whether goods the operator has agreed to, or is about to, would be others: all but prices, stock and the way off sale."""
    is_shown = work.product.status in {Product.Status.PENDING, Product.Status.PUBLISHED, Product.Status.HIDDEN}
    if not is_shown:
        return work.status == Product.Status.PUBLISHED
    return bool(work.before or work.category or work.brand or work.fresh)


def _take_over(work: Work) -> None:
    """What is said of an existing product as a whole; the first row answers for it."""
    product = work.product
    if work.fresh:
        _widen_options(work)
    handle = work.rows[0].values.get("handle")
    if handle and not product.handle and handle != product.slug:
        _set(work, "handle", handle)
    _set_product(work)
    if work.before or work.category or work.status:
        work.outcome.setdefault(work.rows[0].number, "changed")


def _check_status(work: Work, *, is_sold: bool) -> None:
    row, now = _first(work.rows, "status"), work.product.status
    wanted = row.values["status"] if row else now
    if wanted == now:
        return
    if wanted == Product.Status.PENDING or wanted not in Product.TRANSITIONS.get(now, frozenset()):
        for each in work.rows:
            each.refuse("status", "status_forbidden", status=now)
        return
    if wanted == Product.Status.PUBLISHED and not is_sold:
        for each in work.rows:
            each.refuse("status", "variants_missing")
        return
    work.status = wanted


def _set_product(work: Work) -> None:
    """Take over what the rows say of the product; `before` gets what it said, where that differs."""
    product = work.product
    _set_texts(work)
    if row := _first(work.rows, "attributes"):
        _set(work, "attributes", _attributes(product.attributes, row.values["attributes"]))
    if row := _first(work.rows, "brand"):
        name = row.values["brand"]
        if product.brand is None or product.brand.name.casefold() != name.casefold():
            work.brand = name
            work.before["brand_id"] = str(product.brand_id) if product.brand_id else None
    if work.category and not work.is_new:
        work.before["category_id"] = product.category_id


def _set_texts(work: Work) -> None:
    for name in _PLAIN:
        if row := _first(work.rows, name):
            _set(work, name, row.values[name])
    texts = {name: dict(row) for name, row in (work.product.i18n or {}).items()}
    for name, field_name in _TEXTS.items():
        if row := _first(work.rows, name):
            texts.setdefault(CHINESE, {})[field_name] = row.values[name]
    _set(work, "i18n", texts)


def _set(work: Work, name: str, value: Any) -> None:
    if getattr(work.product, name) != value:
        work.before[name] = getattr(work.product, name)
        setattr(work.product, name, value)


def _attributes(present: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> list[dict[str, Any]]:
    """The product's attributes with the values of the file. Of a new value the old one's translation is dropped, its name's stays."""
    merged, left = [], dict(said)
    for attribute in present:
        value = left.pop(attribute["name"], attribute["value"])
        if value == attribute["value"]:
            merged.append(dict(attribute))
            continue
        i18n = {code: {"name": row["name"]} for code, row in (attribute.get("i18n") or {}).items() if row.get("name")}
        merged.append({**attribute, "value": value, "i18n": i18n})
    return merged + [{"name": name, "value": value, "i18n": {}} for name, value in left.items()]


def _widen_options(work: Work) -> None:
    """Values that new variants bring are added to the options; translations and swatches stay."""
    options = [{**option, "values": list(option["values"])} for option in work.product.options]
    for row, _ in work.fresh:
        for option in options:
            chosen = row.values.get("options", {}).get(option["name"])
            if chosen and chosen not in {value["value"] for value in option["values"]}:
                option["values"].append({"value": chosen, "i18n": {}})
    _set(work, "options", options)
