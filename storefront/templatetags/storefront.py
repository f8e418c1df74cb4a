"""Template tags of the storefront: money, pictures, icons, stars and cached product cards."""

import functools
import re
from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import get_currency_name
from django import template
from django.conf import settings
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import Review
from catalog.rules.options import labels_in
from catalog.selectors import Card, picture_url
from catalog.selectors.products import PictureView
from core.i18n import translated
from core.money import Money, babel_locale, exponent, written
from core.sanitiser import cleaned
from logistics.rules import ShippingOffer
from orders.models import OrderLine
from orders.rules.taxes import Rate
from orders.selectors import CartLineView, taxes
from storefront import fragments, shell, structured
from storefront.fragments import card_fragments

register = template.Library()
MIME = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
FORMAT_ORDER = ("avif", "webp", "jpg")
OLDEST_WIDTHS, OLDEST_FORMATS = (160,), ("webp",)


@functools.lru_cache(maxsize=8192)
def price_parts(minor: int, currency: str, language: str) -> tuple[str, str, str, str]:
    """Currency sign, whole part, decimals and what follows, as people of the language write them."""
    places = exponent(currency)
    text = written(Decimal(minor).scaleb(-places), currency, language)
    match = _price(places).match(text)
    if match is None:
        return ("", text, "", "")
    symbol = match["symbol"].strip()
    return (f"{symbol}\u00a0" if symbol[-1:].isalpha() else symbol, match["integer"], match["decimals"], match["tail"].strip())


@functools.lru_cache(maxsize=4)
def _price(places: int) -> re.Pattern[str]:
    """As many decimals as the currency has: in yen a comma with three figures behind it is a thousand."""
    decimals = rf"[.,]\d{{{places}}}" if places else ""
    return re.compile(rf"^(?P<symbol>[^\d]*)(?P<integer>\d[\d.,\s]*?)(?P<decimals>{decimals})(?P<tail>[^\d]*)$")


@register.simple_tag
def price(minor: int, currency: str) -> SafeString:
    """A price in three sizes: small sign, large whole part, small decimals."""
    symbol, integer, decimals, tail = price_parts(minor, currency, get_language() or "en")
    return format_html(
        '<span class="price-symbol">{}</span><span class="price-integer">{}</span><span class="price-decimals">{}{}</span>',
        symbol,
        integer,
        decimals,
        tail,
    )


@register.simple_tag
def money(minor: int | None, currency: str) -> str:
    """An amount as plain text."""
    return Money(minor or 0, currency).format(get_language() or "en")


def delivery_text(offer: ShippingOffer, currency: str) -> str:
    """What sending costs, in words."""
    return _("delivery %(cost)s") % {"cost": money(offer.minor, currency)} if offer.minor else _("free delivery")


@functools.lru_cache(maxsize=1)
def _sprite() -> str:
    return static("storefront/icons.svg")


@register.simple_tag
@functools.lru_cache(maxsize=512)
def icon(name: str, css: str = "icon", label: str = "") -> SafeString:
    """An icon of the sprite; decorative unless `label` names it."""
    if label:
        return format_html('<svg class="shrink-0 {}" role="img" aria-label="{}"><use href="{}#{}"/></svg>', css, label, _sprite(), name)
    return format_html('<svg class="shrink-0 {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', css, _sprite(), name)


@register.simple_tag
def stars(average: float | None) -> SafeString:
    """Five stars of which the right share is filled."""
    filled = round(20 * (average or 0), 1)
    return format_html(
        '<svg class="stars" viewBox="0 0 100 20" role="img" aria-label="{}"><use href="{}#five-stars"/>'
        '<svg width="{}" height="20" viewBox="0 0 {} 20" class="text-accent"><use href="{}#five-stars"/></svg></svg>',
        _("%(stars)s out of 5 stars") % {"stars": average or 0},
        _sprite(),
        filled,
        filled,
        _sprite(),
    )


@register.simple_tag
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


@register.simple_tag
def line_picture(line: OrderLine, sizes: str) -> SafeString:
    """The small picture of what was ordered. Orders of before its kinds were noted have the one WebP that every picture has."""
    return picture(line.picture, line.picture_widths or OLDEST_WIDTHS, line.picture_formats or OLDEST_FORMATS, "", sizes)


def tint_class(tint: str) -> str:
    """The nearest of the 64 light colours in frontend/tints.css; the content policy allows no style of one element."""
    if not re.fullmatch(r"#[0-9a-f]{6}", tint):
        return ""
    levels = (max(int(tint[start : start + 2], 16) - 191, 0) for start in (1, 3, 5))
    return "tint-" + "".join(str(round(level * 3 / 64)) for level in levels)


@register.simple_tag
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


@register.simple_tag
def social_picture(shown: PictureView | str | None) -> str:
    """The absolute address of the largest JPEG of a picture, which every messenger can show; empty without one."""
    if not isinstance(shown, PictureView) or not shown.widths or not shown.formats:
        return ""
    kind = "jpg" if "jpg" in shown.formats else shown.formats[0]
    return settings.SITE_URL + picture_url(shown.prefix, max(shown.widths), kind)


@register.simple_tag
def json_ld(data: structured.Data | Sequence[structured.Data]) -> SafeString:
    """Structured data for search engines."""
    return structured.script(data)


def _srcset(prefix: str, widths: Sequence[int], fmt: str) -> str:
    return ", ".join(f"{picture_url(prefix, width, fmt)} {width}w" for width in sorted(widths))


@register.simple_tag
def largest_picture(shot: PictureView) -> str:
    """The address of a picture's widest rendition, for those who open it without a script."""
    return picture_url(shot.prefix, max(shot.widths), shot.formats[-1])


@register.simple_tag
def thumbnail(prefix: str, width: int = 160) -> str:
    """The address of one small WebP of a picture whose renditions are the usual ones; empty without a picture."""
    return picture_url(prefix, width, "webp") if prefix else ""


@register.simple_tag
def product_cards(cards: Sequence[Card] | Sequence[SafeString]) -> SafeString:
    """Cards as list items: drawn already, or from the fragment cache."""
    drawn = [card for card in cards if isinstance(card, SafeString)]
    made = card_fragments([card for card in cards if isinstance(card, Card)], get_language() or "en") if len(drawn) < len(cards) else []
    return format_html_join("\n", "<li>{}</li>", ((html,) for html in drawn or made))


@register.simple_tag
def fixed(name: str) -> str:
    """A part that is the same for everybody in this language."""
    return fragments.fixed(name, get_language() or "en")


@register.simple_tag(takes_context=True)
def frame_part(context: template.Context, name: str) -> SafeString:
    """The header, the footer or the phone's bar of this request's page."""
    return shell.filled(name, context["frame"], context.get("search_text") or "")


@register.simple_tag(takes_context=True)
def cart_steps(context: template.Context, line: CartLineView) -> SafeString:
    """The buttons of a line in the cart."""
    return shell.cart_steps(line, str(context["csrf_token"]))


@register.simple_tag
def of_the_tree(name: str) -> str:
    """A part that shows the category tree."""
    return fragments.of_the_tree(name, get_language() or "en")


@register.filter
def text(row: Any, field: str) -> str:
    """`field` of a row with an `i18n` column in the reader's language, else as the merchant wrote it."""
    return translated({field: getattr(row, field)}, row.i18n, field, get_language())


@register.filter
def chosen_options(line: OrderLine) -> dict[str, str]:
    """What was chosen of a bought product, named in the reader's language and in the order the product shows it."""
    options = line.product.options
    in_order = {option["name"]: line.options[option["name"]] for option in options if option["name"] in line.options}
    return labels_in(options, in_order | line.options, get_language() or "en")


@register.filter
def said_on(line: OrderLine) -> list[tuple[str, str]]:
    """What should be on a bought product, as (label, text) in the reader's language."""
    return line.answers_in(get_language() or "en")


@register.filter
def part_of(line: OrderLine) -> str:
    """Which set a bought product was a part of; empty where it was bought alone."""
    return line.bundle.said_of_part(get_language() or "en") if line.bundle else ""


@register.filter
def rich_text(text: str) -> SafeString:
    """A stored description, which is clean HTML, for the page; lines typed without tags become paragraphs."""
    return cleaned(text if "<" in text else linebreaks(text))


@register.filter
def tax_name(rate: Rate) -> str:
    """A tax with its rate, such as VAT 13%."""
    return taxes.tax_name(rate.kind, rate.bps)


@register.filter
def country_name(code: str) -> str:
    """A country of an ISO 3166 code in the reader's language."""
    return str(Locale.parse(babel_locale(get_language() or "en")).territories.get(code, code))


@register.filter
def country_names(codes: str) -> str:
    """Countries of ISO 3166 codes with commas between, in the reader's language."""
    return ", ".join(country_name(code) for code in codes.split(", "))


@register.filter
def currency_name(code: str) -> str:
    """A currency of an ISO 4217 code in the reader's language."""
    return get_currency_name(code, locale=babel_locale(get_language() or "en"))


@register.filter
def review_text(review: Review) -> str:
    """A review in the reader's language where somebody translated it, else as it was written."""
    return translated({"text": review.text}, review.i18n, "text", get_language())


FIELD = """<div class="{css}">
  <label class="block text-sm font-medium mb-1" for="{id}">{label}{optional}</label>
  {control}{hint}{error}
</div>"""
OPTIONAL = ' <span class="muted font-normal">{}</span>'
HINT = '<div class="text-sm muted mt-1 [&_a]:underline [&_a]:underline-offset-2 [&_ul]:list-disc [&_ul]:ps-4" id="{}_hint">{}</div>'
ERROR = '<p class="field-error mt-1" id="{}_error">{}</p>'


@register.simple_tag
def form_field(
    field: BoundField, autocomplete: str = "", testid: str = "", css: str = "", hint: str = "", inputmode: str = ""
) -> SafeString:
    """A labelled control with its error beside it and tied to it; the attributes are set on the widget.

    An empty field of a form that is `ALIKE_FOR_ALL` looks the same in every copy of it, so it is drawn once per language.
    """
    arguments = (autocomplete, testid, css, str(hint), inputmode)
    form: Any = field.form
    if form.is_bound or not getattr(form, "ALIKE_FOR_ALL", False) or field.value() != form.base_fields[field.name].initial:
        return _form_field(field, *arguments)
    key = (type(form), field.auto_id, get_language(), arguments)
    if key not in _empty_fields or settings.DEBUG:
        _empty_fields[key] = _form_field(field, *arguments)
    return _empty_fields[key]


_empty_fields: dict[Hashable, SafeString] = {}


def _form_field(field: BoundField, autocomplete: str, testid: str, css: str, hint: str, inputmode: str) -> SafeString:
    attributes = field.field.widget.attrs
    kind = "select" if field.widget_type == "select" else "textarea" if field.widget_type == "textarea" else "input"
    attributes["class"] = f"{kind} w-full {kind}-error" if field.errors else f"{kind} w-full"
    for name, value in (("autocomplete", autocomplete), ("data-testid", testid), ("inputmode", inputmode)):
        if value:
            attributes[name] = value
    notes = [f"{field.auto_id}_{part}" for part, is_there in (("error", field.errors), ("hint", hint or field.help_text)) if is_there]
    if notes:
        attributes["aria-describedby"] = " ".join(notes)
    if field.errors:
        attributes["aria-invalid"] = "true"
    said = hint or field.help_text
    return format_html(
        FIELD,
        css=css,
        id=field.id_for_label,
        label=field.label,
        optional="" if field.field.required or field.name in getattr(field.form, "needed", ()) else format_html(OPTIONAL, _("(optional)")),
        control=field,
        hint=format_html(HINT, field.auto_id, said) if said else "",
        error=format_html(ERROR, field.auto_id, " ".join(map(str, field.errors))) if field.errors else "",
    )
