"""The form that says what the columns of a file mean."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from catalog.imports.errors import StockNotYours
from catalog.imports.fields import ATTRIBUTE, FIELDS, MAX_ATTRIBUTE_NAME
from catalog.imports.selectors import unknown_categories
from catalog.models import Category, Product, ProductImport
from merchants.admin.site import duty_is_changeable
from merchants.permissions import Duty

STOCK = ("stock", "stock_seen")
SAMPLES = 3
MOST_NAMES = 50


def columns_form(request: HttpRequest, row: ProductImport) -> dict[str, Any]:
    """Each column with what stands in it and what it may mean; choices for rows that say nothing."""
    chosen = _chosen(request, row) if request.method == "POST" else row.mapping
    may_count = duty_is_changeable(request, Duty.STOCK)
    fields = [(field.name, field.label) for field in FIELDS if may_count or field.name not in STOCK]
    said = request.POST if request.method == "POST" else {f"default-{name}": value for name, value in row.defaults.items()}
    categories = _leaves()
    unknown = unknown_categories(row)[:MOST_NAMES]
    return {
        "rows": [
            {
                "name": f"column-{number}",
                "header": header or _("Column %(number)s") % {"number": number + 1},
                "samples": [cells[number][:60] for cells in row.sample[:SAMPLES] if number < len(cells) and cells[number].strip()],
                "choices": _choices(header, field if may_count or field not in STOCK else "", fields),
            }
            for number, (header, field) in enumerate(zip(row.header, chosen, strict=False))
        ],
        "defaults": [
            _default("category", _("Category"), [("", "–"), *categories], said),
            _default("currency", _("Currency"), [("", settings.CURRENCY), *((code, code) for code in settings.CURRENCIES[1:])], said),
            _default("status", _("Status"), [("", Product.Status.DRAFT.label), ("published", Product.Status.PUBLISHED.label)], said),
            _default("condition", _("Condition"), [("", "–"), *Product.Condition.choices], said),
        ],
        "names": [{"number": number, "name": name, "choices": categories} for number, name in enumerate(unknown)],
        "is_atomic": (request.POST.get("is_atomic") == "1") if request.method == "POST" else row.is_atomic,
    }


def _choices(header: str, chosen: str, fields: list[tuple[str, Any]]) -> list[tuple[str, Any, bool]]:
    own = ATTRIBUTE + header[:MAX_ATTRIBUTE_NAME] if header else ""
    special = chosen if chosen.startswith(ATTRIBUTE) else own
    offered = [("", _("Leave out")), *fields]
    if special:
        offered.append((special, _("Attribute “%(name)s”") % {"name": special.removeprefix(ATTRIBUTE)}))
    return [(name, label, name == chosen) for name, label in offered]


def _default(name: str, label: str, choices: list[tuple[str, Any]], said: Any) -> dict[str, Any]:
    chosen = said.get(f"default-{name}", "")
    return {"name": f"default-{name}", "label": label, "choices": [(value, text, value == chosen) for value, text in choices]}


def _leaves() -> list[tuple[str, str]]:
    """Categories that goods can be in, by their whole path in the active language."""
    names: dict[str, str] = {}
    found = []
    for category in Category.objects.order_by("path"):
        above = names.get(category.path[: -int(Category.steplen)], "")
        names[category.path] = f"{above} › {category.text('name')}" if above else category.text("name")
        if not category.numchild:
            found.append((category.slug, names[category.path]))
    return found


def _chosen(request: HttpRequest, row: ProductImport) -> list[str]:
    return [request.POST.get(f"column-{number}", "")[:100] for number in range(len(row.header))]


def said_in(request: HttpRequest, row: ProductImport) -> dict[str, Any]:
    """What the posted form says, for `map_columns`.

    Raises:
        StockNotYours: a column is the stock, which this member may not change.
    """
    mapping = _chosen(request, row)
    if set(STOCK) & set(mapping) and not duty_is_changeable(request, Duty.STOCK):
        raise StockNotYours
    defaults = {name.removeprefix("default-"): value for name, value in request.POST.items() if name.startswith("default-")}
    categories = dict(row.categories)
    for number in range(MOST_NAMES):
        name, slug = request.POST.get(f"name-{number}", "")[:500], request.POST.get(f"means-{number}", "")[:60]
        if name and slug:
            categories[name] = slug
    return {
        "mapping": mapping,
        "defaults": defaults,
        "categories": categories,
        "is_atomic": request.POST.get("is_atomic") == "1",
    }
