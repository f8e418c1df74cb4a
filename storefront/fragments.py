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

from catalog.selectors import Card, category_tree
from storefront.currencies import current

TEMPLATE = "storefront/components/product_card.html"
SECONDS = 24 * 3600
# Rails show the same few cards again and again: those are kept in the process too, about 1 KB each.
MOST_NEAR = 2_000
_near: dict[str, SafeString] = {}


def card_fragments(cards: Iterable[Card], language: str) -> list[SafeString]:
    """The cards' HTML in the given order, with prices in the currency of the page. Nothing in it depends on who looks."""
    conversion = current()
    prefix = f"card:{template_mark(TEMPLATE)}:{language}:{conversion.mark}"
    keyed = [(f"{prefix}:{card.product_id}:{card.version}", card) for card in cards]
    wanted = dict(keyed)
    near = {key: _near[key] for key in wanted if key in _near}
    if len(near) == len(wanted):
        return [near[key] for key, _card in keyed]
    found = cache.get_many(wanted)
    missing = {key: card for key, card in wanted.items() if key not in found}
    if missing:
        template = get_template(TEMPLATE)
        made = {key: template.render({"card": card.priced(conversion)}) for key, card in missing.items()}
        cache.set_many(made, SECONDS)
        found |= made
    if len(_near) > MOST_NEAR:
        _near.clear()
    _near.update(found)
    return [found[key] for key, _card in keyed]


_of_trees: dict[tuple[str, str], tuple[object, str]] = {}


def of_the_tree(template: str, language: str) -> str:
    """A part that shows the category tree, drawn again only when the tree has changed."""
    tree = category_tree(language)
    drawn_from, html = _of_trees.get((template, language), (None, ""))
    if drawn_from is not tree or settings.DEBUG:
        stalls = [leaf for root in tree for leaf in (root.children or (root,)) if leaf.count]
        html = get_template(template).render({"tree": tree, "stalls": stalls})
        _of_trees[template, language] = (tree, html)
    return html


def fixed(template: str, language: str) -> str:
    """A part that is the same for everybody who reads that language, drawn once per process."""
    is_demo = bool(settings.DEBUG or settings.DEMO_MODE)
    return (_fixed.__wrapped__ if settings.DEBUG else _fixed)(template, language, is_demo)


@functools.lru_cache(maxsize=64)
def _fixed(template: str, _language: str, is_demo: bool) -> str:
    return get_template(template).render({"is_demo": is_demo})


def template_mark(name: str) -> str:
    """Changes when the template does, so a new release never shows old markup from the cache."""
    return (_digest.__wrapped__ if settings.DEBUG else _digest)(name)


@functools.lru_cache(maxsize=16)
def _digest(name: str) -> str:
    source = get_template(name).template.source  # type: ignore[attr-defined]  # the Django backend's own object
    return hashlib.blake2b(source.encode(), digest_size=4).hexdigest()
