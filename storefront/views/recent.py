import uuid
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from catalog.selectors import Card, cards_by_ids
from catalog.selectors.visits import KEPT, recent_cards
from catalog.services.visits import forget_seen, note_seen
from storefront.baskets import member

RAIL = 12


@require_safe
def recent(request: HttpRequest) -> HttpResponse:
    """What was looked at lately: a member's from the account, a guest's filled in by the browser, which alone knows it."""
    user = member(request)
    cards = recent_cards(user, get_language() or "en") if user else []
    return render(request, "storefront/recent.html", {"cards": cards})


@require_GET
def rail(request: HttpRequest) -> HttpResponse:
    """The rail of home and product pages, or all of it for a guest's page (`all` is 1); `ids` are what a guest's browser remembers."""
    user, language = member(request), get_language() or "en"
    without = next(iter(_ids([request.GET.get("but", "")])), None)
    cards = recent_cards(user, language, limit=RAIL, without=without) if user else _guests(request, language, without)
    template = "storefront/components/recent_goods.html" if request.GET.get("all") == "1" else "storefront/components/recent_rail.html"
    return render(request, template, {"cards": cards})


def _guests(request: HttpRequest, language: str, without: uuid.UUID | None) -> list[Card]:
    ids = [key for key in _ids(request.GET.get("ids", "").split(",")) if key != without]
    return cards_by_ids(ids, language)[: KEPT if request.GET.get("all") == "1" else RAIL]


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """A member's browser tells, after the page has loaded, what is looked at; at the first page after signing in also what it remembers."""
    user = member(request)
    if user:
        note_seen(user=user, product_ids=_ids(request.POST.getlist("product")), at=timezone.now())
    return HttpResponse(status=204)


@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Forget all of it; a guest's browser has forgotten by itself."""
    user = member(request)
    if user:
        forget_seen(user=user)
    messages.success(request, _("Forgotten."))
    return redirect("recent")


def _ids(texts: Iterable[str]) -> list[uuid.UUID]:
    """The ids among these texts, at most fifty; what is none is passed over, because it comes from a browser's memory."""
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
        if len(found) == KEPT:
            break
    return found
