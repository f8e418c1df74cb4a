from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.models import Category
from catalog.selectors import CategoryNode, category_tree
from catalog.selectors.slugs import category_slug_after
from storefront import structured
from storefront.forms.listing import PARAMETERS
from storefront.listing import listing_page
from storefront.moves import moved
from storefront.page_cache import shared_page


@shared_page(*(name for name in PARAMETERS if name != "q"))
@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One category: its children as tiles and the goods of its whole subtree."""
    language = get_language() or settings.LANGUAGE_CODE
    # A process may not have noticed yet that there is a new one.
    trail = _way_to(slug, category_tree(language)) or _way_to(slug, category_tree(language, is_latest=True))
    if not trail:
        return moved(request, "category", category_slug_after(slug))
    node = trail[-1]
    ld = structured.trail([(step.name, reverse("category", args=[step.slug])) for step in trail])
    context = {"ld": ld, "name": node.name, "trail": trail, "children": node.children}
    return listing_page(request, "storefront/category.html", context, category=Category(path=node.path))


def _way_to(slug: str, nodes: Iterable[CategoryNode]) -> list[CategoryNode]:
    """The nodes from the root down to the category with this slug, empty where there is none; the tree lies in memory."""
    for node in nodes:
        below = [] if node.slug == slug else _way_to(slug, node.children)
        if below or node.slug == slug:
            return [node, *below]
    return []


@shared_page()
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """All categories on one page; the phone's second button."""
    return render(request, "storefront/categories.html", {"tree": category_tree(get_language() or settings.LANGUAGE_CODE)})
