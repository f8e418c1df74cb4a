"""Template tags of the storefront: money, pictures, icons, stars and cached product cards."""

import functools
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import get_currency_name
from django import template
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import Review
from catalog.rules.options import labels_in
from catalog.selectors import Card
from core.i18n import translated
from core.money import Money, babel_locale, exponent, written
from core.sanitiser import cleaned
from logistics.rules import ShippingOffer
from orders.models import OrderLine
from orders.rules.taxes import Rate
from orders.selectors import CartLineView, taxes
from storefront import fragments, shell, structured
from storefront.form_fields import form_field
from storefront.fragments import card_fragments
from storefront.pictures import icon, largest_picture, line_picture, picture, preload_picture, social_picture, sprite, thumbnail

register = template.Library()
for tag in (form_field, icon, largest_picture, line_picture, picture, preload_picture, social_picture, thumbnail):
    register.simple_tag(tag)


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


@register.simple_tag
def stars(average: float | None) -> SafeString:
    """Five stars of which the right share is filled."""
    filled = round(20 * (average or 0), 1)
    return format_html(
        '<svg class="stars" viewBox="0 0 100 20" role="img" aria-label="{}"><use href="{}#five-stars"/>'
        '<svg width="{}" height="20" viewBox="0 0 {} 20" class="text-accent"><use href="{}#five-stars"/></svg></svg>',
        _("%(stars)s out of 5 stars") % {"stars": average or 0},
        sprite(),
        filled,
        filled,
        sprite(),
    )


@register.simple_tag
def json_ld(data: structured.Data | Sequence[structured.Data]) -> SafeString:
    """Structured data for search engines."""
    return structured.script(data)


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
