"""What carts and checkouts need to know of variants."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from catalog.models import BundleItem, Product, Variant
from catalog.rules.options import in_order, labels_by_language
from catalog.rules.parcels import volume_of
from catalog.rules.personalisation import Asked, asked_of
from catalog.rules.prices import Price, price_in
from catalog.rules.quantities import Tier, tiers_in, tiers_of, unit_price
from catalog.rules.trade import Listed, terms, winner
from catalog.selectors.trade import Trader, listed_prices
from core.compiled import compiled, first
from core.exchange.rules import Conversion
from core.i18n import translated
from merchants.models import Merchant

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


_PARCEL = ("length_mm", "width_mm", "height_mm", "hs_code")
_SAME = ("product_id", "merchant_id", "sku", "options", "weight_g", *_PARCEL, "min_quantity", "quantity_step")
_PRICED = ("price_minor", "compare_at_minor", "currency", "asked__price_minor", "asked__compare_at_minor")
_TIERED = ("tiers", "asked__tiers")
_JOINED = {
    "title": "product__title",
    "slug": "product__slug",
    "tax_class": "product__tax_class",
    "is_digital": "product__is_digital",
    "is_made_to_order": "product__is_made_to_order",
    "category_path": "product__card__category_path",
    "merchant_slug": "merchant__slug",
    "merchant_name": "merchant__name",
    "picture": "product__card__picture",
    "picture_widths": "product__card__picture_widths",
    "picture_formats": "product__card__picture_formats",
}
_DAYS = ("product__handling_days", "merchant__handling_days")
_DECIDING = (
    "is_bundle",
    "product__personalisation",
    "is_active",
    "product__status",
    "product__i18n",
    "product__options",
    "merchant__status",
    "merchant__i18n",
    *_DAYS,
)
_ON_SALE = (True, Product.Status.PUBLISHED, Merchant.Status.ACTIVE)


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
    rows = _rows(wanted, conversion.currency if conversion else "")
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
    for bundle_id, component_id, quantity, *deciding in _items(bundle_ids) if bundle_ids else ():
        found[bundle_id] = (*found.get(bundle_id, ()), BundlePart(component_id, quantity, tuple(deciding) == _ON_SALE))
    return found


@compiled
def _items(bundle_ids: list[uuid.UUID]) -> QuerySet[Any]:
    rows: QuerySet[Any] = BundleItem.objects.filter(variant__in=bundle_ids).order_by("variant", "position", "pk")
    deciding = ("component__is_active", "component__product__status", "merchant__status")
    return rows.values_list("variant_id", "component_id", "quantity", *deciding)


@dataclass(frozen=True, slots=True)
class Offer:
    """What putting a variant into a cart needs to know of it."""

    variant_id: uuid.UUID
    title: str
    i18n: Texts
    price_minor: int
    currency: str
    is_sellable: bool
    min_quantity: int = 1
    quantity_step: int = 1
    asked: tuple[Asked, ...] = ()
    is_complete: bool = True

    def title_in(self, language: str) -> str:
        return translated({"title": self.title}, self.i18n, "title", language)


def offer_of(variant_id: uuid.UUID, conversion: Conversion | None = None, trader: Trader | None = None) -> Offer | None:
    """One variant's offer in the currency of `conversion`, None where there is no such variant. One query, one more of a bundle and one
    more for a company.
    """
    if trader is not None:
        sold = sellable_variants([variant_id], conversion, trader).get(variant_id)
        return None if sold is None else _offer(sold)
    row = first(_offers(variant_id, conversion.currency if conversion else ""))
    if row is None:
        return None
    title, i18n, least, step, personalisation, is_bundle, *deciding = row[: -len(_PRICED)]
    price = _price(dict(zip(_PRICED, row[-len(_PRICED) :], strict=True)), conversion)
    is_complete = not is_bundle or _is_complete(parts_of([variant_id]).get(variant_id, ()))
    is_sellable, asked = tuple(deciding) == _ON_SALE and is_complete, asked_of(personalisation)
    return Offer(variant_id, title, _only(i18n, "title"), price.minor, price.currency, is_sellable, least, step, asked, is_complete)


def _offer(sold: SellableVariant) -> Offer:
    return Offer(
        sold.variant_id,
        sold.title,
        sold.i18n,
        sold.price_minor,
        sold.currency,
        sold.is_sellable,
        sold.min_quantity,
        sold.quantity_step,
        sold.asked,
        sold.is_complete,
    )


def _is_complete(parts: Iterable[BundlePart]) -> bool:
    return all(part.is_on_sale for part in parts)


@compiled
def _offers(variant_id: uuid.UUID, currency: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = with_price_in(Variant.objects.filter(pk=variant_id), currency)
    said = ("product__title", "product__i18n", "min_quantity", "quantity_step", "product__personalisation", "is_bundle")
    return rows.values_list(*said, "is_active", "product__status", "merchant__status", *_PRICED)


@compiled
def _rows(ids: list[uuid.UUID], currency: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = with_price_in(Variant.objects.filter(pk__in=ids), currency)
    return rows.values("pk", *_SAME, *_PRICED, *_TIERED, *_JOINED.values(), *_DECIDING)


def with_price_in(rows: QuerySet[Variant], currency: str) -> QuerySet[Variant]:
    """Variants with the merchant's own price in a currency beside them, as `asked__price_minor`."""
    found: QuerySet[Variant] = rows.annotate(asked=FilteredRelation("prices", condition=Q(prices__currency=currency)))
    return found


def _price(row: Mapping[str, Any], conversion: Conversion | None) -> Price:
    base = Price(row["price_minor"], row["compare_at_minor"], row["currency"])
    asked = row["asked__price_minor"]
    explicit = Price(asked, row["asked__compare_at_minor"], conversion.currency) if conversion and asked is not None else None
    return price_in(base, explicit, conversion)


def _sellable(row: Mapping[str, Any], conversion: Conversion | None, parts: tuple[BundlePart, ...]) -> SellableVariant:
    values = {name: row[name] for name in _SAME} | {name: row[column] for name, column in _JOINED.items()}
    price = _price(row, conversion)
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
            "handling_days": next(row[name] for name in _DAYS if row[name] is not None),
            "tiers": tiers_in(price, base, tiers_of(row["tiers"]), explicit, conversion),
            "merchant_i18n": _only(row["merchant__i18n"], "name"),
            "i18n": _only(row["product__i18n"], "title"),
            "options": in_order(row["product__options"], row["options"]),
            "option_labels": labels_by_language(row["product__options"], row["options"]),
            "category_path": values["category_path"] or "",
            "asked": asked_of(row["product__personalisation"]),
            "picture": values["picture"] or "",
            "picture_widths": tuple(values["picture_widths"] or ()),
            "picture_formats": tuple(values["picture_formats"] or ()),
            "is_sellable": (row["is_active"], row["product__status"], row["merchant__status"]) == _ON_SALE and _is_complete(parts),
            "parts": parts,
            "is_complete": _is_complete(parts),
            "list_minor": row["price_minor"],
        }
    )


def _only(i18n: Texts | None, field: str) -> Texts:
    return {language: {field: texts[field]} for language, texts in (i18n or {}).items() if texts.get(field)}
