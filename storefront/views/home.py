from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import User
from catalog.selectors import Card, cards_of_kind, deal_cards, newest_cards
from recommend.selectors import for_you
from storefront import structured
from storefront.baskets import member
from storefront.currencies import current
from storefront.fragments import card_fragments, template_mark
from storefront.page_cache import shared_page

RAIL = 12
SECONDS = 60
BODY = "storefront/components/home_body.html"


@dataclass(frozen=True)
class DrawnHome:
    """The page but for its frame; `hero` is what its main picture shows."""

    body: SafeString
    hero: Card | None


@shared_page()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The market at a glance: a hero that sells the day's best deal, categories and rails."""
    language = get_language() or settings.LANGUAGE_CODE
    user = member(request)
    home = _drawn(user, language) if user else _guests_home(language)
    return render(request, "storefront/home.html", {"home": home, "ld": structured.site()})


def _guests_home(language: str) -> DrawnHome:
    """What every guest is shown, remembered for a minute."""
    key = f"front:{template_mark(BODY)}:{language}:{current().mark}"
    home: DrawnHome | None = cache.get(key)
    if home is None:
        home = _drawn(None, language)
        cache.set(key, home, SECONDS)
    return home


def _drawn(user: User | None, language: str) -> DrawnHome:
    rails = _shared_rails(language)
    deals = [card for card in rails["deals"] if card.in_stock and card.picture]
    heroes = [card.priced(current()) for card in deals[:4]]
    shown = {**rails, "deals": deals[4:] or deals, "for_you": for_you(user, 20, language)}
    context = {
        "is_member": user is not None,
        "hero": heroes[0] if heroes else None,
        "hero_more": heroes[1:],
        **_as_html(shown, language),
    }
    return DrawnHome(render_to_string(BODY, context), heroes[0] if heroes else None)


def _as_html(rails: dict[str, list[Card]], language: str) -> dict[str, list[SafeString]]:
    """All rails' cards as HTML, fetched from the fragment cache at once."""
    html = iter(card_fragments([card for cards in rails.values() for card in cards], language))
    return {name: list(islice(html, len(cards))) for name, cards in rails.items()}


def _shared_rails(language: str) -> dict[str, list[Card]]:
    """The rails that are the same for everybody, remembered for a minute."""
    key = f"rails:{language}"
    rails: dict[str, list[Card]] | None = cache.get(key)
    if rails is None:
        rails = {
            "deals": deal_cards(RAIL + 4, language),
            "local": cards_of_kind("local_store", RAIL, language),
            "second_hand": cards_of_kind("individual", RAIL, language),
            "newest": newest_cards(10, language),
        }
        cache.set(key, rails, SECONDS)
    return rails
