"""Parts of pages with blanks in them: drawn once, then filled in for each request.

The header, the footer and the phone's bar differ between visitors in four words only, a product's page in its form token, and the
buttons of a line in a cart in that, the line's id and its title. The blanks are words nobody can guess, so no text of a person is ever
taken for one.
"""

import functools
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.template.loader import get_template
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from orders.selectors import CartLineView
from storefront.context import Frame, Look
from storefront.fragments import of_the_tree

BAR_TEMPLATE = "storefront/components/category_bar.html"
STEPS_TEMPLATE = "storefront/components/cart_steps.html"
NAMES = ("here", "text", "count", "bar", "token", "line")


@functools.lru_cache(maxsize=1)
def blanks() -> dict[str, str]:
    """The word that stands for each thing to fill in."""
    words = {name: salted_hmac("storefront.shell", name).hexdigest() for name in NAMES}
    # The line's word is an id, because addresses are made of it.
    return {name: str(uuid.UUID(word[:32])) if name == "line" else f"blank{word[:20]}" for name, word in words.items()}


def pattern_of(html: str) -> str:
    """Drawn HTML as a pattern for `format_html`, which escapes all that is filled in."""
    pattern = html.replace("{", "{{").replace("}", "}}")
    for name, word in blanks().items():
        pattern = pattern.replace(word, f"{{{name}}}")
    return pattern


@dataclass(frozen=True)
class BlankFrame(Look):
    """A frame as its parts see it while they are drawn."""

    @property
    def here(self) -> str:
        return blanks()["here"]

    @property
    def cart_count(self) -> str | int:
        return blanks()["count"] if self.has_goods else 0


def filled(template: str, frame: Frame, text: str) -> SafeString:
    """One part of the frame for this request; `text` is what stands in the search field."""
    pattern = (_pattern.__wrapped__ if settings.DEBUG else _pattern)(template, frame.look)
    bar = of_the_tree(BAR_TEMPLATE, frame.language) if "{bar}" in pattern else ""
    return format_html(pattern, here=quote(frame.here, safe=""), text=text, count=frame.cart_count, bar=bar)


@functools.lru_cache(maxsize=256)
def _pattern(template: str, look: Look) -> str:
    context: dict[str, Any] = {"frame": BlankFrame(**vars(look)), "search_text": blanks()["text"], "bar": blanks()["bar"]}
    return pattern_of(get_template(template).render(context))


def cart_steps(line: CartLineView, token: str) -> SafeString:
    """The buttons that change how many of a line are wanted, or take it out."""
    drawn = (_steps.__wrapped__ if settings.DEBUG else _steps)(line.quantity, line.less, line.more, get_language())
    return format_html(drawn, line=line.line_id, text=line.title, token=token)


@functools.lru_cache(maxsize=2048)
def _steps(quantity: int, less: int, more: int, language: str | None) -> str:
    line = {"line_id": blanks()["line"], "title": blanks()["text"], "quantity": quantity, "less": less, "more": more}
    return pattern_of(get_template(STEPS_TEMPLATE).render({"line": line, "csrf_token": blanks()["token"]}))
