"""How products, prices and ratings look in lists."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Max, Min
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from catalog.models import Picture, Product, Review, Variant
from core.backoffice.display import money
from core.subqueries import count_of_its, of_its

SMALL = 160


def _image(prefix: str, widths: list[int], formats: list[str], tint: str) -> SafeString:
    if not (prefix and widths and formats):
        return format_html('<span class="thumb" style="background:{}"></span>', tint or "transparent")
    kind = "jpg" if "jpg" in formats else formats[0]
    return format_html('<img class="thumb" src="{}{}/{}.{}" alt="" loading="lazy">', settings.MEDIA_URL, prefix, min(widths), kind)


def thumbnail(picture: Picture) -> SafeString:
    """A small rendition of a picture, or its colour while there is none."""
    return _image(picture.prefix, picture.widths, picture.formats, picture.tint)


def product_header(product: Product) -> SafeString:
    """Picture, title in the reader's language and how many variants there are."""
    card = getattr(product, "card", None)
    image = (
        _image(card.picture, card.picture_widths, card.picture_formats, card.tint) if card else format_html('<span class="thumb"></span>')
    )
    count = getattr(product, "variant_count", 0)
    variants = ngettext("%(count)d variant", "%(count)d variants", count) % {"count": count}
    return format_html('<span class="cell-with-thumb">{}<span>{}<small>{}</small></span></span>', image, product.text("title"), variants)


def price_columns() -> dict[str, Any]:
    """The lowest and highest price of a product's variants and how many there are, as columns of a list."""
    variants = Variant.objects.all()
    return {
        "low_minor": of_its(variants, "product", Min("price_minor")),
        "high_minor": of_its(variants, "product", Max("price_minor")),
        "variant_count": count_of_its(Variant, "product"),
    }


def price_range(row: Any) -> SafeString | str:
    """The lowest price, or the lowest and the highest, of a product annotated with both."""
    card = getattr(row, "card", None)
    if row.low_minor is None:
        return "–"
    currency = card.currency if card else settings.CURRENCY
    low, high = money(row.low_minor, currency), money(row.high_minor, currency)
    return format_html('<span class="amount">{}</span>', low if low == high else f"{low} – {high}")


def stars(review: Review) -> SafeString:
    tone = "danger" if review.stars < 3 else "warning" if review.stars == 3 else "success"
    return format_html('<span class="tag tag-{}">{} ★</span>', tone, review.stars)
