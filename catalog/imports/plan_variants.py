"""The part of the plan that is about variants: new ones, changed ones, and their stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.imports.found import Found
from catalog.imports.rows import Goods
from catalog.imports.works import Changed, Work
from catalog.models import Variant

MOST_VARIANTS = 500
PARCEL = {"length": "length_mm", "width": "width_mm", "height": "height_mm", "hs_code": "hs_code", "origin": "origin"}


def add_variants(work: Work, rows: Sequence[Goods], siblings: Sequence[Variant], found: Found) -> None:
    active = [variant for variant in siblings if variant.is_active]
    taken = {tuple(sorted(variant.options.items())) for variant in active}
    names = set(active[0].options) if active else {option["name"] for option in work.product.options}
    position = max((variant.position for variant in siblings), default=-1) + 1
    currency = active[0].currency if active else ""
    for row in rows:
        options = row.values.get("options", {})
        if not taken and not names:
            names = set(options)
        if not _may_be_made(row, options, names, taken, currency) or not _stock_fits(row, None, found):
            continue
        if position + len(work.fresh) >= MOST_VARIANTS:
            row.refuse("handle", "handle_too_many", most=MOST_VARIANTS)
            continue
        taken.add(tuple(sorted(options.items())))
        currency = currency or row.values["currency"]
        work.fresh.append((row, position + len(work.fresh)))
        work.outcome[row.number] = "made"


def _may_be_made(row: Goods, options: Mapping[str, str], names: set[str], taken: set[Any], currency: str) -> bool:
    values = row.values
    if "price" not in values:
        row.refuse("price", "price_missing")
    elif values.get("compare_at") is not None and values["compare_at"] <= values["price"]:
        row.refuse("compare_at", "compare_at_low")
    if currency and values["currency"] != currency:
        row.refuse("currency", "currency_differs", currency=currency)
    if not options and taken:
        row.refuse("option1_value", "options_missing")
    elif set(options) != names:
        row.refuse("option1_name", "options_unclear", options=", ".join(sorted(names)) or "–")
    elif tuple(sorted(options.items())) in taken:
        row.refuse("option1_value", "options_taken")
    return not row.problems


def change_variant(work: Work, row: Goods, variant: Variant, found: Found) -> None:
    values = row.values
    wanted: dict[str, Any] = {
        "price_minor": values.get("price", variant.price_minor),
        "compare_at_minor": values.get("compare_at", variant.compare_at_minor),
    }
    _check_change(row, variant, **wanted)
    if not _stock_fits(row, variant, found):
        return
    wanted["weight_g"] = values.get("weight", values.get("weight_kg", variant.weight_g))
    wanted |= {name: values.get(field, getattr(variant, name)) for field, name in PARCEL.items()}
    before = {name: getattr(variant, name) for name, value in wanted.items() if getattr(variant, name) != value}
    outcome = "unchanged"
    if before:
        work.changed.append(Changed(variant, before))
        for name, value in wanted.items():
            setattr(variant, name, value)
        outcome = "changed"
    if (stock := _new_stock(row, variant, found)) is not None:
        work.stock[variant.pk] = stock
        outcome = "changed"
    if outcome == "changed":
        work.outcome[row.number] = outcome


def _check_change(row: Goods, variant: Variant, *, price_minor: int, compare_at_minor: int | None) -> None:
    values = row.values
    is_priced = "price" in values or values.get("compare_at") is not None
    if is_priced and values["currency"] != variant.currency:
        row.refuse("currency", "currency_differs", currency=variant.currency)
    if compare_at_minor is not None and compare_at_minor <= price_minor:
        row.refuse("compare_at", "compare_at_low")
    if values.get("options", variant.options) != variant.options:
        row.refuse("option1_value", "options_fixed")


def _stock_fits(row: Goods, variant: Variant | None, found: Found) -> bool:
    """Whether the stock may be what the row says; also False where the row has other problems already."""
    if "stock" in row.values and row.merchant.pk not in found.places:
        row.refuse("stock", "stock_nowhere")
    elif variant is not None and (stock := _new_stock(row, variant, found)) is not None:
        level, seen = found.levels.get(variant.pk), row.values.get("stock_seen")
        if seen is not None and seen != stock[0]:
            row.refuse("stock", "stock_changed", now=stock[0])
        elif level is not None and stock[1] < level.reserved:
            row.refuse("stock", "stock_reserved", reserved=level.reserved)
    return not row.problems


def _new_stock(row: Goods, variant: Variant, found: Found) -> tuple[int, int] | None:
    """What lies there and what should; None where the row asks for no other number than it saw, or than there is."""
    wanted = row.values.get("stock")
    level = found.levels.get(variant.pk)
    now = level.on_hand if level else 0
    if wanted is None or wanted in (now, row.values.get("stock_seen")):
        return None
    return now, wanted
