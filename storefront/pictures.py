"""Icons and pictures as the storefront's HTML has them."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.selectors import picture_url
from catalog.selectors.products import PictureView
from orders.models import OrderLine

MIME = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
FORMAT_ORDER = ("avif", "webp", "jpg")
OLDEST_WIDTHS, OLDEST_FORMATS = (160,), ("webp",)


@functools.lru_cache(maxsize=1)
def sprite() -> str:
    """The address of the file of all icons."""
    return static("storefront/icons.svg")


@functools.lru_cache(maxsize=512)
def icon(name: str, css: str = "icon", label: str = "") -> SafeString:
    """An icon of the sprite; decorative unless `label` names it."""
    if label:
        return format_html('<svg class="shrink-0 {}" role="img" aria-label="{}"><use href="{}#{}"/></svg>', css, label, sprite(), name)
    return format_html('<svg class="shrink-0 {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', css, sprite(), name)


def picture(
    prefix: str, widths: Sequence[int], formats: Sequence[str], alt: str = "", sizes: str = "50vw", eager: bool = False, tint: str = ""
) -> SafeString:
    """A <picture> in every stored format and width, square, without layout shift; a drawn placeholder where there is none.

    Until it has come, its place has the picture's `tint`.
    """
    if not prefix or not widths or not formats:
        return format_html('<span class="picture-none">{}</span>', icon("image-off", "size-10", alt))
    kinds = [fmt for fmt in FORMAT_ORDER if fmt in formats]
    sources = format_html_join(
        "", '<source type="{}" srcset="{}" sizes="{}">', ((MIME[fmt], _srcset(prefix, widths, fmt), sizes) for fmt in kinds[:-1])
    )
    last = kinds[-1]
    middle = sorted(widths)[len(widths) // 2]
    return format_html(
        '<picture>{}<img{} src="{}" srcset="{}" sizes="{}" alt="{}" width="640" height="640" {}></picture>',
        sources,
        format_html(' class="{}"', tint_class(tint)) if tint else "",
        picture_url(prefix, middle, last),
        _srcset(prefix, widths, last),
        sizes,
        alt,
        format_html('{}="{}"', "fetchpriority", "high") if eager else format_html('{}="lazy" decoding="async"', "loading"),
    )


def line_picture(line: OrderLine, sizes: str) -> SafeString:
    """The small picture of what was ordered. Orders of before its kinds were noted have the one WebP that every picture has."""
    return picture(line.picture, line.picture_widths or OLDEST_WIDTHS, line.picture_formats or OLDEST_FORMATS, "", sizes)


def tint_class(tint: str) -> str:
    """The nearest of the 64 light colours in frontend/tints.css; the content policy allows no style of one element."""
    if not re.fullmatch(r"#[0-9a-f]{6}", tint):
        return ""
    levels = (max(int(tint[start : start + 2], 16) - 191, 0) for start in (1, 3, 5))
    return "tint-" + "".join(str(round(level * 3 / 64)) for level in levels)


def preload_picture(prefix: str, widths: Sequence[int], formats: Sequence[str], sizes: str) -> SafeString:
    """A <link> that has the browser fetch the page's main picture, in the best format there is, before it has read the body."""
    if not prefix or not widths or not formats:
        return SafeString()
    best = next(fmt for fmt in FORMAT_ORDER if fmt in formats)
    return format_html(
        '<link rel="preload" as="image" type="{}" imagesrcset="{}" imagesizes="{}" fetchpriority="high">',
        MIME[best],
        _srcset(prefix, widths, best),
        sizes,
    )


def social_picture(shown: PictureView | str | None) -> str:
    """The absolute address of the largest JPEG of a picture, which every messenger can show; empty without one."""
    if not isinstance(shown, PictureView) or not shown.widths or not shown.formats:
        return ""
    kind = "jpg" if "jpg" in shown.formats else shown.formats[0]
    return settings.SITE_URL + picture_url(shown.prefix, max(shown.widths), kind)


def _srcset(prefix: str, widths: Sequence[int], fmt: str) -> str:
    return ", ".join(f"{picture_url(prefix, width, fmt)} {width}w" for width in sorted(widths))


def largest_picture(shot: PictureView) -> str:
    """The address of a picture's widest rendition, for those who open it without a script."""
    return picture_url(shot.prefix, max(shot.widths), shot.formats[-1])


def thumbnail(prefix: str, width: int = 160) -> str:
    """The address of one small WebP of a picture whose renditions are the usual ones; empty without a picture."""
    return picture_url(prefix, width, "webp") if prefix else ""
