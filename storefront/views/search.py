from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.selectors import popular_cards
from storefront.forms.listing import PARAMETERS
from storefront.listing import listing_page
from storefront.page_cache import shared_page


@shared_page(*PARAMETERS)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Goods that match the words; where nothing does, ways on instead of a dead end."""
    language = get_language() or settings.LANGUAGE_CODE
    return listing_page(
        request,
        "storefront/search.html",
        {"popular": lambda: popular_cards(10, language), "empty_template": "storefront/components/search_empty.html"},
    )
