"""Everything the product page says about a product, except how many there are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from catalog.errors import ProductNotFound
from catalog.models import Picture, Product, Variant
from catalog.rules.options import Option, labels_in, options_in
from catalog.rules.prices import Price, price_in
from catalog.rules.quantities import Tier, tiers_in, tiers_of, unit_price
from catalog.rules.trade import Listed, terms
from catalog.selectors.bundles import Offered, bundles_of, offered
from catalog.selectors.categories import Crumb, breadcrumb
from catalog.selectors.reviews import Rating, rating_from, ratings_beside
from catalog.selectors.variants import with_price_in
from core.exchange.rules import Conversion
from core.i18n import translated
from merchants.models import Merchant

# The card follows a suspension a moment later, so the merchant is asked too.
_ON_SALE = {"card__is_visible": True, "merchant__status": Merchant.Status.ACTIVE}


@dataclass(frozen=True, slots=True)
class VariantView:
    """A variant on sale. `options` identifies what was chosen, `labels` says it in the reader's language."""

    id: uuid.UUID
    sku: str
    options: dict[str, str]
    labels: dict[str, str]
    price_minor: int
    compare_at_minor: int | None
    currency: str
    weight_g: int
    tiers: tuple[Tier, ...] = ()
    min_quantity: int = 1
    quantity_step: int = 1
    # The company whose price this is; what everybody pays is struck out then.
    trade_of: str = ""
    is_bundle: bool = False

    @property
    def steps(self) -> list[Tier]:
        """All prices of a piece by quantity, from the least that is sold on; empty where there is one only."""
        least = Tier(self.min_quantity, unit_price(self.price_minor, self.tiers, self.min_quantity))
        later = [tier for tier in self.tiers if tier.quantity > self.min_quantity]
        return [least, *later] if later else []


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture with renditions. One that shows a value of an option names both."""

    prefix: str
    alt: str
    width: int
    height: int
    tint: str
    widths: tuple[int, ...]
    formats: tuple[str, ...]
    option_name: str = ""
    option_value: str = ""

    def shows(self, options: Mapping[str, str]) -> bool:
        """Whether it is the picture of a variant with these options."""
        return bool(self.option_name) and options.get(self.option_name) == self.option_value


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """A published product in one language. `product` carries merchant, brand, category and card, already read."""

    product: Product
    title: str
    description: str
    merchant: Merchant
    merchant_name: str
    brand_name: str
    breadcrumb: list[Crumb]
    options: tuple[Option, ...]
    variants: tuple[VariantView, ...]
    pictures: tuple[PictureView, ...]
    attributes: list[tuple[str, str]]
    rating: Rating
    in_stock: bool
    sold: int
    version: int
    sets: tuple[Offered, ...] = ()

    def variant(self, variant_id: object) -> VariantView | None:
        """The variant on sale with this id, given as a UUID or as its text."""
        return next((variant for variant in self.variants if str(variant.id) == str(variant_id)), None)

    def matrix(self) -> dict[str, Any]:
        """What a picker in the browser needs, ready for JSON: the options in order and what each combination costs."""
        return {
            "options": [
                {
                    "name": option.name,
                    "label": option.label,
                    "values": [{"value": value.value, "label": value.label, "swatch": value.swatch} for value in option.values],
                }
                for option in self.options
            ],
            "variants": [
                {
                    "id": str(variant.id),
                    "sku": variant.sku,
                    "options": variant.options,
                    "price_minor": variant.price_minor,
                    "compare_at_minor": variant.compare_at_minor,
                    "currency": variant.currency,
                }
                for variant in self.variants
            ],
        }


def product_detail(slug: str, language: str, conversion: Conversion | None = None) -> ProductDetail:
    """All the page needs in two statements, four of a set; prices in the currency of `conversion`, where they can be said in it.

    Raises:
        ProductNotFound: no published product of an active merchant has this slug.
    """
    product = published_product(slug, shots=ArraySubquery(_shots()), rated=ratings_beside())
    beside: Any = product
    card = product.card
    variants = _variants(product, language, conversion)
    return ProductDetail(
        product=product,
        title=product.text("title", language),
        description=product.text("description", language),
        merchant=product.merchant,
        merchant_name=product.merchant.text("name", language),
        brand_name=product.brand.text("name", language) if product.brand else "",
        breadcrumb=breadcrumb(product.category, language),
        options=_options_on_sale(product, variants, language),
        variants=variants,
        pictures=_pictures(beside.shots),
        attributes=_attributes(product.attributes, language),
        rating=rating_from(card, beside.rated),
        in_stock=card.in_stock,
        sold=card.sold,
        version=card.version,
        sets=_sets(variants, language, conversion),
    )


def _sets(variants: Sequence[VariantView], language: str, conversion: Conversion | None) -> tuple[Offered, ...]:
    own = {variant.id: variant for variant in variants if variant.is_bundle}
    views = bundles_of(list(own), language, conversion)
    return tuple(offered(key, view, own[key].price_minor, own[key].currency) for key, view in views.items())


def traded(detail: ProductDetail, listed: Mapping[uuid.UUID, Sequence[Listed]], currency: str) -> ProductDetail:
    """The same with the prices of one company, which the rows of its price lists are said in `currency`; for its own eyes only."""
    fitting = (_traded(row, listed[row.id]) if row.id in listed and row.currency == currency else row for row in detail.variants)
    return replace(detail, variants=tuple(fitting))


def _traded(variant: VariantView, listed: Sequence[Listed]) -> VariantView:
    price, tiers, least = terms(variant.price_minor, variant.tiers, variant.min_quantity, listed)
    usual = unit_price(variant.price_minor, variant.tiers, least)
    was = usual if price < usual else variant.compare_at_minor
    changes = {"price_minor": price, "tiers": tiers, "min_quantity": least, "compare_at_minor": was}
    return replace(variant, **changes, trade_of=listed[0].company)  # type: ignore[arg-type]


def published_product(slug: str, **beside: ArraySubquery) -> Product:
    """A product on sale with merchant, brand, category and card, and columns `beside` it. Raises ProductNotFound."""
    rows = Product.objects.select_related("merchant", "brand", "category", "card").defer("card__search").annotate(**beside)
    is_sluglike = len(slug) <= 120 and slug.isascii() and slug.isprintable()
    product: Product | None = rows.filter(slug=slug, status=Product.Status.PUBLISHED, **_ON_SALE).first() if is_sluglike else None
    if product is None:
        raise ProductNotFound
    return product


def _variants(product: Product, language: str, conversion: Conversion | None) -> tuple[VariantView, ...]:
    return tuple(
        VariantView(
            id=variant.pk,
            sku=variant.sku,
            options=variant.options,
            labels=labels_in(product.options, variant.options, language),
            price_minor=price.minor,
            compare_at_minor=price.compare_at_minor,
            currency=price.currency,
            weight_g=variant.weight_g,
            tiers=tiers,
            min_quantity=variant.min_quantity,
            quantity_step=variant.quantity_step,
            is_bundle=variant.is_bundle,
        )
        for variant, price, tiers in tiered_variants(product.pk, conversion)
    )


def priced_variants(product_id: uuid.UUID, conversion: Conversion | None) -> list[tuple[Variant, Price]]:
    """The variants on sale of a product with the prices of a piece in the currency of `conversion`, in the order the product shows them."""
    return [(variant, price) for variant, price, _tiers in tiered_variants(product_id, conversion)]


def tiered_variants(product_id: uuid.UUID, conversion: Conversion | None) -> list[tuple[Variant, Price, tuple[Tier, ...]]]:
    """As `priced_variants`, with what a piece costs when many are bought."""
    on_sale = Variant.objects.filter(product_id=product_id, is_active=True).order_by("position", "created_at", "pk")
    rows = with_price_in(on_sale, conversion.currency if conversion else "")
    found: list[tuple[Variant, Price, tuple[Tier, ...]]] = []
    asked_of = {"asked_minor": F("asked__price_minor"), "asked_was_minor": F("asked__compare_at_minor"), "asked_tiers": F("asked__tiers")}
    for variant in rows.annotate(**asked_of):
        asked: Any = variant
        base = Price(variant.price_minor, variant.compare_at_minor, variant.currency)
        is_asked = conversion is not None and asked.asked_minor is not None
        explicit = Price(asked.asked_minor, asked.asked_was_minor, conversion.currency) if conversion and is_asked else None
        price = price_in(base, explicit, conversion)
        own_tiers = tiers_of(asked.asked_tiers) if is_asked else None
        found.append((variant, price, tiers_in(price, base, tiers_of(variant.tiers), own_tiers, conversion)))
    return found


def _options_on_sale(product: Product, variants: Sequence[VariantView], language: str) -> tuple[Option, ...]:
    """Options without the values that no variant on sale has."""
    used = {pair for variant in variants for pair in variant.options.items()}
    options = options_in(product.options, language)
    return tuple(
        Option(option.name, option.label, tuple(value for value in option.values if (option.name, value.value) in used))
        for option in options
    )


def _shots() -> QuerySet[Any, Any]:
    names = ("original", "alt", "width", "height", "tint", "widths", "formats", "option_name", "option_value")
    rows = Picture.objects.filter(product_id=OuterRef("pk")).order_by("position", "created_at", "pk")
    return rows.values(shot=JSONObject(**{name: name for name in names}))


def _pictures(shots: Sequence[dict[str, Any]]) -> tuple[PictureView, ...]:
    rows = (Picture(**shot) for shot in shots)
    return tuple(
        PictureView(
            row.prefix, row.alt, row.width, row.height, row.tint, tuple(row.widths), tuple(row.formats), row.option_name, row.option_value
        )
        for row in rows
        if row.widths and row.formats
    )


def _attributes(rows: Sequence[dict[str, Any]], language: str) -> list[tuple[str, str]]:
    return [(translated(row, row.get("i18n"), "name", language), translated(row, row.get("i18n"), "value", language)) for row in rows]
