from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.models import Category
from catalog.selectors import breadcrumb, category_tree, node_of
from storefront.forms.listing import PARAMETERS
from storefront.listing import listing_page
from storefront.page_cache import shared_page


@shared_page(*(name for name in PARAMETERS if name != "q"))
@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One category: its children as tiles and the goods of its whole subtree."""
    language = get_language() or settings.LANGUAGE_CODE
    row = get_object_or_404(Category, slug=slug)
    node = node_of(row, language)
    context = {
        "category": row,
        "name": row.text("name", language),
        "trail": breadcrumb(row, language),
        "children": node.children if node else (),
    }
    return listing_page(request, "storefront/category.html", context, category=row)


@shared_page()
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """All categories on one page; the phone's second button."""
    return render(request, "storefront/categories.html", {"tree": category_tree(get_language() or settings.LANGUAGE_CODE)})
