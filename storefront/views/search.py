import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.gateways.search import backend
from catalog.selectors import popular_cards
from storefront.currencies import current
from storefront.forms.listing import MAX_TEXT, PARAMETERS
from storefront.fragments import template_mark
from storefront.help_topics import topics_for
from storefront.listing import listing_page
from storefront.page_cache import shared_page

SUGGESTIONS = "storefront/components/suggestions.html"
SUGGESTION_SECONDS = 60


@shared_page(*PARAMETERS)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Goods that match the words; where nothing does, ways on instead of a dead end."""
    language = get_language() or settings.LANGUAGE_CODE
    context = {
        "popular": lambda: popular_cards(10, language),
        "empty_template": "storefront/components/search_empty.html",
        "topics": topics_for(request.GET.get("q", "")[:MAX_TEXT]),
    }
    return listing_page(request, "storefront/search.html", context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """What somebody who is typing may want, as the options of the search box; the same for everybody."""
    text, language = request.GET.get("q", "")[:MAX_TEXT], get_language() or settings.LANGUAGE_CODE
    parts = (text, language, current().mark, template_mark(SUGGESTIONS))
    key = "suggest:" + hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    html = cache.get(key)
    if html is None:
        suggestions = backend().suggest(text, language)
        products = [card.priced(current()) for card in suggestions.products]
        html = render_to_string(SUGGESTIONS, {"suggestions": suggestions, "products": products, "topics": topics_for(text)})
        cache.set(key, html, SUGGESTION_SECONDS)
    return HttpResponse(html)
