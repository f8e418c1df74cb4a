from __future__ import annotations

import uuid
from typing import Any

from babel import Locale
from django import template
from django.utils.translation import get_language

from catalog.models import Product, Review, ReviewPhoto
from catalog.rules.options import labels_in
from catalog.selectors.pictures import picture_url
from catalog.selectors.reviews import addition_of
from core.i18n import translated
from core.money import babel_locale

register = template.Library()


@register.filter
def vote_on(votes: dict[uuid.UUID, str], row: Any) -> str:
    """Whether this visitor finds it helpful, as `true` or `false`, or the blank that stands for it."""
    return votes.get(row.pk, "false")


@register.filter
def variant_of(review: Review, product: Product) -> list[tuple[str, str]]:
    """Which variant the author bought, in the reader's language."""
    return list(labels_in(product.options, review.variant, get_language() or "en").items())


@register.filter
def as_written(row: Any) -> str:
    """The reader's language where somebody translated it, else the words of the author."""
    return translated({"text": row.text}, getattr(row, "i18n", None), "text")


@register.filter
def written_in(row: Any) -> str:
    """The language tag of the words that are shown."""
    here = get_language() or "en"
    is_translated = bool(((getattr(row, "i18n", None) or {}).get(here) or {}).get("text"))
    return {"zh-hans": "zh-Hans"}.get(code := here if is_translated else row.language, code)


@register.filter
def foreign_language(row: Any) -> str:
    """The name of the language of a text the reader may not read; empty for their own."""
    here = get_language() or "en"
    if written_in(row).lower() == here or row.language == here:
        return ""
    locale = Locale.parse(babel_locale(here))
    return str(locale.languages.get(row.language.split("-")[0], ""))


@register.filter
def added(review: Review) -> Any:
    """What the author added later, as far as it is shown."""
    return addition_of(review)


@register.filter
def of_review(photos: list[ReviewPhoto]) -> list[ReviewPhoto]:
    """Photos that came with the review itself."""
    return [photo for photo in photos if photo.addition_id is None]


@register.filter
def of_addition(photos: list[ReviewPhoto]) -> list[ReviewPhoto]:
    """Photos that came with the later addition."""
    return [photo for photo in photos if photo.addition_id is not None]


@register.filter
def small_photo(photo: ReviewPhoto) -> str:
    """The address of its smallest rendition."""
    return picture_url(photo.prefix, min(photo.widths), "webp")


@register.filter
def large_photo(photo: ReviewPhoto) -> str:
    """The address of its largest rendition, in a format every browser shows."""
    return picture_url(photo.prefix, max(photo.widths), "jpg")
