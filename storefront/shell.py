"""Parts of pages with blanks in them: drawn once, then filled in for each request.

The header, the footer and the phone's bar differ between visitors in four words only, and a product's page in its form token. The blanks
are words nobody can guess, so no text of a person is ever taken for one.
"""

import functools
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.template.loader import get_template
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

from storefront.context import Frame, Look
from storefront.fragments import of_the_tree

BAR_TEMPLATE = "storefront/components/category_bar.html"
NAMES = ("here", "text", "count", "bar", "token")


@functools.lru_cache(maxsize=1)
def blanks() -> dict[str, str]:
    """The word that stands for each thing to fill in."""
    return {name: "blank" + salted_hmac("storefront.shell", name).hexdigest()[:20] for name in NAMES}


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
