"""Product cards as ready HTML: one `get_many` for a page of them, only the missing ones are rendered.

The key holds the card's version, so a changed price or an empty shelf makes a new fragment; nothing is ever invalidated.
"""

import functools
import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.core.cache import cache
from django.template.loader import get_template
from django.utils.safestring import SafeString

from catalog.selectors import Card

TEMPLATE = "storefront/components/product_card.html"
SECONDS = 24 * 3600


def card_fragments(cards: Iterable[Card], language: str) -> list[SafeString]:
    """The cards' HTML in the given order. Nothing in it depends on who looks."""
    prefix = f"card:{_markup()}:{language}"
    keys = {f"{prefix}:{card.product_id}:{card.version}": card for card in cards}
    found = cache.get_many(keys)
    missing = {key: card for key, card in keys.items() if key not in found}
    if missing:
        template = get_template(TEMPLATE)
        made = {key: template.render({"card": card}) for key, card in missing.items()}
        cache.set_many(made, SECONDS)
        found |= made
    return [found[key] for key in keys]


def _markup() -> str:
    """Changes when the card's template does, so a new release never shows old markup."""
    return _digest.__wrapped__() if settings.DEBUG else _digest()


@functools.lru_cache(maxsize=1)
def _digest() -> str:
    source = get_template(TEMPLATE).template.source  # type: ignore[attr-defined]  # the Django backend's own object
    return hashlib.blake2b(source.encode(), digest_size=4).hexdigest()
