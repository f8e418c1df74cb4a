"""Variants as carts show and checkouts price them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalog.rules.options import in_order, labels_by_language
from catalog.rules.parcels import volume_of
from catalog.rules.personalisation import Asked, asked_of
from catalog.rules.prices import Price
from catalog.rules.quantities import Tier, tiers_in, tiers_of, unit_price
from catalog.rules.trade import Listed, terms, winner
from catalog.selectors.trade import Trader, listed_prices
from catalog.selectors.variants.rows import DAYS, JOINED, ON_SALE, SAME, item_rows, price_of, variant_rows
from core.exchange.rules import Conversion
from core.i18n import translated

Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What everybody pays for a variant that a company has a price of, and the rows of price lists that the company has."""

    price_minor: int
    tiers: tuple[Tier, ...]
    listed: tuple[Listed, ...]

    def beaten_at(self, quantity: int) -> tuple[Listed, int] | None:
        """The row by which a piece is cheaper than for everybody at this quantity, and what everybody pays; None where none is."""
        _minor, row = winner(self.price_minor, self.tiers, self.listed, quantity)
        return None if row is None else (row, unit_price(self.price_minor, self.tiers, quantity))


@dataclass(frozen=True, slots=True)
class BundlePart:
    """So many pieces of a variant are in a piece of a bundle."""

    variant_id: uuid.UUID
    quantity: int
    is_on_sale: bool


@dataclass(frozen=True, slots=True)
class SellableVariant:
    """A variant as a cart shows and a checkout prices it. `is_sellable` says nothing about stock.

    The price is in the currency asked for, or in `base_currency`, the merchant's, where it cannot be said in that.
    """

    variant_id: uuid.UUID
    product_id: uuid.UUID
    merchant_id: uuid.UUID
    merchant_slug: str
    merchant_name: str
    merchant_i18n: Texts
    sku: str
    title: str
    i18n: Texts
    slug: str
    options: dict[str, str]
    option_labels: dict[str, dict[str, str]]
    price_minor: int
    compare_at_minor: int | None
    currency: str
    base_currency: str
    picture: str
    picture_widths: tuple[int, ...]
    picture_formats: tuple[str, ...]
    weight_g: int
    # Of a packed piece; None where nobody has said.
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    hs_code: str
    tax_class: str
    category_path: str
    tiers: tuple[Tier, ...]
    min_quantity: int
    quantity_step: int
    handling_days: int
    is_digital: bool
    is_made_to_order: bool
    asked: tuple[Asked, ...]
    is_sellable: bool
    # Only where the company that asks has prices of its own; those above are the company's then.
    ordinary: Ordinary | None = None
    # Of a bundle: what a piece of it consists of, and whether all of that is on sale.
    parts: tuple[BundlePart, ...] = ()
    is_complete: bool = True
    # The price in `base_currency`, whatever is asked for.
    list_minor: int = 0

    @property
    def volume_mm3(self) -> int:
        """Cubic millimetres of a packed piece; zero where a side is not known."""
        return volume_of(self.length_mm, self.width_mm, self.height_mm)

    def unit_minor(self, quantity: int) -> int:
        """What a piece costs when so many are bought."""
        return unit_price(self.price_minor, self.tiers, quantity)

    def title_in(self, language: str) -> str:
        return translated({"title": self.title}, self.i18n, "title", language)

    def merchant_in(self, language: str) -> str:
        return translated({"name": self.merchant_name}, self.merchant_i18n, "name", language)

    def options_in(self, language: str) -> dict[str, str]:
        """{label of the option: label of the value}, in the order the product shows them."""
        return self.option_labels.get(language, self.options)


def sellable_variants(
    ids: Iterable[uuid.UUID], conversion: Conversion | None = None, trader: Trader | None = None
) -> dict[uuid.UUID, SellableVariant]:
    """Variants by id, with what their product and merchant are called, in one query. Unknown ids are absent.

    One query more where bundles are among them.

    Args:
        conversion: prices are said in its currency, in the merchants' own without one.
        trader: whose price lists count; one query more where somebody buys for a company.
    """
    wanted = list(dict.fromkeys(ids))
    rows = variant_rows(wanted, conversion.currency if conversion else "")
    parts = parts_of([row["pk"] for row in rows if row["is_bundle"]])
    found = {row["pk"]: _sellable(row, conversion, parts.get(row["pk"], ())) for row in rows}
    if trader is None or conversion is None:
        return found
    listed = listed_prices(wanted, trader, conversion)
    fitting = {pk: rows for pk, rows in listed.items() if pk in found and found[pk].currency == conversion.currency}
    return found | {pk: _traded(found[pk], rows) for pk, rows in fitting.items()}


def _traded(variant: SellableVariant, listed: tuple[Listed, ...]) -> SellableVariant:
    price, tiers, least = terms(variant.price_minor, variant.tiers, variant.min_quantity, listed)
    ordinary = Ordinary(variant.price_minor, variant.tiers, listed)
    return replace(variant, price_minor=price, tiers=tiers, min_quantity=least, ordinary=ordinary)


def parts_of(bundle_ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[BundlePart, ...]]:
    """What bundles consist of, in the order they show it. One query, none without bundles."""
    found: dict[uuid.UUID, tuple[BundlePart, ...]] = {}
    for bundle_id, component_id, quantity, *deciding in item_rows(bundle_ids) if bundle_ids else ():
        found[bundle_id] = (*found.get(bundle_id, ()), BundlePart(component_id, quantity, tuple(deciding) == ON_SALE))
    return found


def _sellable(row: Mapping[str, Any], conversion: Conversion | None, parts: tuple[BundlePart, ...]) -> SellableVariant:
    values = {name: row[name] for name in SAME} | {name: row[column] for name, column in JOINED.items()}
    price = price_of(row, conversion)
    base = Price(row["price_minor"], row["compare_at_minor"], row["currency"])
    explicit = tiers_of(row["asked__tiers"]) if row["asked__price_minor"] is not None else None
    return SellableVariant(
        **values
        | {
            "variant_id": row["pk"],
            "price_minor": price.minor,
            "compare_at_minor": price.compare_at_minor,
            "currency": price.currency,
            "base_currency": row["currency"],
            "handling_days": next(row[name] for name in DAYS if row[name] is not None),
            "tiers": tiers_in(price, base, tiers_of(row["tiers"]), explicit, conversion),
            "merchant_i18n": only(row["merchant__i18n"], "name"),
            "i18n": only(row["product__i18n"], "title"),
            "options": in_order(row["product__options"], row["options"]),
            "option_labels": labels_by_language(row["product__options"], row["options"]),
            "category_path": values["category_path"] or "",
            "asked": asked_of(row["product__personalisation"]),
            "picture": values["picture"] or "",
            "picture_widths": tuple(values["picture_widths"] or ()),
            "picture_formats": tuple(values["picture_formats"] or ()),
            "is_sellable": (row["is_active"], row["product__status"], row["merchant__status"]) == ON_SALE and are_on_sale(parts),
            "parts": parts,
            "is_complete": are_on_sale(parts),
            "list_minor": row["price_minor"],
        }
    )


def are_on_sale(parts: Iterable[BundlePart]) -> bool:
    return all(part.is_on_sale for part in parts)


def only(i18n: Texts | None, field: str) -> Texts:
    return {language: {field: texts[field]} for language, texts in (i18n or {}).items() if texts.get(field)}
