from itertools import islice
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.selectors import Card, cards_of_kind, deal_cards, newest_cards
from recommend.selectors import for_you
from storefront.fragments import card_fragments
from storefront.page_cache import shared_page

RAIL = 12
RAIL_SECONDS = 60


@shared_page()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The market at a glance: a hero that sells the day's best deal, categories and rails."""
    language = get_language() or settings.LANGUAGE_CODE
    user = request.user if request.user.is_authenticated else None
    rails = _shared_rails(language)
    deals = [card for card in rails["deals"] if card.in_stock and card.picture]
    context: dict[str, Any] = {
        "hero": deals[0] if deals else None,
        "hero_more": deals[1:4],
        **_drawn({**rails, "deals": deals[4:] or deals, "for_you": for_you(user, 20, language)}, language),
    }
    return render(request, "storefront/home.html", context)


def _drawn(rails: dict[str, list[Card]], language: str) -> dict[str, list[SafeString]]:
    """All rails' cards as HTML, fetched from the fragment cache at once."""
    html = iter(card_fragments([card for cards in rails.values() for card in cards], language))
    return {name: list(islice(html, len(cards))) for name, cards in rails.items()}


def _shared_rails(language: str) -> dict[str, list[Card]]:
    """The rails that are the same for everybody, remembered for a minute."""
    key = f"home-rails:{language}"
    rails: dict[str, list[Card]] | None = cache.get(key)
    if rails is None:
        rails = {
            "deals": deal_cards(RAIL + 4, language),
            "local": cards_of_kind("local_store", RAIL, language),
            "second_hand": cards_of_kind("individual", RAIL, language),
            "newest": newest_cards(10, language),
        }
        cache.set(key, rails, RAIL_SECONDS)
    return rails
