"""The list of goods that category, search and shop pages have in common."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from catalog.selectors import CardPage, find_cards
from storefront.currencies import current
from storefront.forms.listing import PARAMETERS, ListingForm
from storefront.fragments import template_mark

GOODS = "storefront/components/listing.html"
FILTER = "storefront/components/filter_form.html"
SECONDS = 20
MAX_QUERY = 200


@dataclass(frozen=True)
class DrawnGoods:
    """The goods with their filters and the links to more of them, the same for everybody; `text` is what was searched for."""

    html: str
    text: str


def listing_page(request: HttpRequest, template: str, context: dict[str, Any], **scope: Any) -> HttpResponse:
    """Render `template` with the cards the shopper asked for; a wrong filter gives the form back with 400."""
    known = _known(request.GET)
    key = _key(request.path, known)
    goods: DrawnGoods | None = cache.get(key) if key else None
    if goods is None:
        form = ListingForm(known, conversion=current())
        if not form.is_valid():
            goods = DrawnGoods(_drawn(request.path, known, context, form, None), request.GET.get("q", "")[:100])
            return _page(request, template, context, goods, status=400)
        goods = DrawnGoods(_drawn(request.path, known, context, form, cards_of_page(form, **scope)), form.cleaned_data["q"])
        if key:
            cache.set(key, goods, SECONDS)
    return _page(request, template, context, goods)


def _known(query: QueryDict) -> QueryDict:
    """What a list of goods understands of a query; its links carry nothing else on."""
    known = QueryDict(mutable=True)
    for name in PARAMETERS:
        if value := str(query.get(name, "")):
            known[name] = value
    return known


def _key(path: str, known: QueryDict) -> str:
    """Empty where a query is too long to be one that many ask."""
    query = known.urlencode()
    parts = (path, query, get_language() or "", current().mark, template_mark(GOODS), template_mark(FILTER))
    return "goods:" + hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest() if len(query) <= MAX_QUERY else ""


def _drawn(path: str, known: QueryDict, context: dict[str, Any], form: ListingForm, listing: CardPage | None) -> str:
    shown: dict[str, Any] = {"path": path, "known": known, "form": form, "listing": listing}
    if listing is not None:
        shown["next"] = listing.page + 1 if listing.has_next else None
        shown["previous"] = listing.page - 1 if listing.page > 1 else None
    return render_to_string(GOODS, {**context, **shown})


def _page(request: HttpRequest, template: str, context: dict[str, Any], goods: DrawnGoods, status: int = 200) -> HttpResponse:
    return render(request, template, {**context, "goods": goods.html, "search_text": goods.text}, status=status)


def cards_of_page(form: ListingForm, **scope: Any) -> CardPage:
    """Raises Http404 for a page after the last."""
    query = form.query(**scope)
    listing = find_cards(query, get_language() or "en")
    if query.page != listing.page:
        raise Http404
    return listing
