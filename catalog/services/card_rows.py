"""What one card says, made in memory from rows that were read before."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Brand, Category, Picture, Product, ProductCard, Variant, VariantPrice
from catalog.rules.facets import AttributeSpec, facets_of, swatches_of
from catalog.rules.prices import Lowest, card_prices, reference
from catalog.rules.tokens import tsvector
from merchants.models import Merchant

SEARCHED_DESCRIPTION = 2_000
CATEGORY_STEP = int(Category.steplen)


@dataclass(frozen=True, slots=True)
class Sources:
    """Rows that cards are made of, by key; categories by path, prices in other currencies by variant and currency, specs by name.

    `lowest` says what reduced prices were before, by variant and currency.
    """

    products: Sequence[Product]
    merchants: Mapping[uuid.UUID, Merchant]
    variants: Mapping[uuid.UUID, Sequence[Variant]]
    prices: Mapping[uuid.UUID, Mapping[str, VariantPrice]]
    pictures: Mapping[uuid.UUID, Picture]
    categories: Mapping[str, Category]
    specs: Mapping[str, AttributeSpec]
    lowest: Lowest


def card_of(product: Product, sources: Sources) -> ProductCard | None:
    """The unsaved card of a product; None without variants. Stock, sales, ratings and version are not set."""
    variants = sources.variants.get(product.pk, ())
    if not variants:
        return None
    on_sale = [variant for variant in variants if variant.is_active]
    cheapest = min(on_sale or variants, key=lambda variant: (variant.price_minor, variant.position))
    merchant = sources.merchants[product.merchant_id]
    card = ProductCard(
        product_id=product.pk,
        merchant_id=merchant.pk,
        is_visible=bool(on_sale) and product.status == Product.Status.PUBLISHED and merchant.is_active,
        merchant_slug=merchant.slug,
        merchant_name=merchant.name,
        merchant_i18n=names_of(merchant),
        merchant_kind=merchant.kind,
        category_path=product.category.path,
        brand_name=product.brand.name if product.brand else "",
        slug=product.slug,
        title=product.title,
        i18n=_texts(product),
        condition=product.condition,
        price_minor=cheapest.price_minor,
        compare_at_minor=cheapest.compare_at_minor,
        reference_minor=reference(cheapest, sources.lowest),
        currency=cheapest.currency,
        prices=card_prices([(variant, sources.prices.get(variant.pk, {})) for variant in on_sale or variants], sources.lowest),
        variant_id=on_sale[0].pk if len(on_sale) == 1 else None,
        has_options=len(on_sale) > 1,
        is_bundle=any(variant.is_bundle for variant in on_sale),
        published_at=product.published_at,
        search=_search(product, variants, sources.categories),
        facets=_facets(product, merchant, sources),
        swatches=swatches_of(product.options, sources.specs),
        is_stale=False,
    )
    _take_picture(card, sources.pictures.get(product.pk))
    return card


def names_of(row: Merchant | Brand) -> dict[str, dict[str, str]]:
    """The translated names of a row, without its other texts."""
    return {language: {"name": texts["name"]} for language, texts in (row.i18n or {}).items() if texts.get("name")}


def _texts(product: Product) -> dict[str, dict[str, str]]:
    texts = {language: {"title": row["title"]} for language, row in (product.i18n or {}).items() if row.get("title")}
    for language, row in names_of(product.brand).items() if product.brand else ():
        texts.setdefault(language, {})["brand_name"] = row["name"]
    return texts


def _take_picture(card: ProductCard, picture: Picture | None) -> None:
    """Show the product's first picture; without renditions there is only its tint yet."""
    if picture is None:
        return
    card.tint = picture.tint
    if picture.widths and picture.formats:
        card.picture = picture.prefix
        card.picture_widths = list(picture.widths)
        card.picture_formats = list(picture.formats)


def _facets(product: Product, merchant: Merchant, sources: Sources) -> list[str]:
    return facets_of(
        brand_slug=product.brand.slug if product.brand else "",
        merchant_slug=merchant.slug,
        condition=product.condition,
        handling_days=merchant.handling_days,
        category_paths=and_ancestors(product.category.path),
        attributes=product.attributes,
        options=product.options,
        specs=sources.specs,
    )


def and_ancestors(path: str) -> list[str]:
    """The paths from the root of the tree down to `path`, itself included."""
    return [path[:end] for end in range(CATEGORY_STEP, len(path) + 1, CATEGORY_STEP)]


def _search(product: Product, variants: Sequence[Variant], categories: Mapping[str, Category]) -> str:
    """Titles count most, then brand, categories and SKUs, then the values of options and attributes, then the description."""
    above = [categories[path] for path in and_ancestors(product.category.path) if path in categories]
    names = [("A", text) for text in _all_languages(product, "title")]
    names += [("B", text) for row in above for text in _all_languages(row, "name")]
    return tsvector(_searched(product, variants, above), names)


def _searched(product: Product, variants: Sequence[Variant], above: Sequence[Category]) -> Iterator[tuple[str, str]]:
    for text in _all_languages(product, "title"):
        yield "A", text
    for row in ([product.brand] if product.brand else []) + list(above):
        for text in _all_languages(row, "name"):
            yield "B", text
    for variant in variants:
        yield "B", variant.sku
    for said in (*(value for option in product.options for value in option["values"]), *product.attributes):
        yield "C", _in_all_languages(said)
    for text in _all_languages(product, "description"):
        yield "D", text[:SEARCHED_DESCRIPTION]


def _in_all_languages(said: Mapping[str, Any]) -> str:
    return " ".join([str(said["value"]), *(texts.get("value", "") for texts in (said.get("i18n") or {}).values())])


def _all_languages(row: Product | Brand | Category, field: str) -> list[str]:
    return [getattr(row, field), *(texts[field] for texts in (row.i18n or {}).values() if texts.get(field))]
