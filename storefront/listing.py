"""The list of goods that category, search and shop pages have in common."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from catalog.gateways.search import backend
from catalog.selectors.facets import Facet
from catalog.services.queries import note_query
from storefront.currencies import current
from storefront.forms.listing import ATTRIBUTE, FACETS, SINGLE, ListingForm
from storefront.fragments import template_mark
from storefront.narrowing import chips_of, flags_of, groups_of

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
            goods = DrawnGoods(_drawn(request.path, known, context, form), request.GET.get("q", "")[:100])
            return _page(request, template, context, goods, status=400)
        goods = DrawnGoods(_drawn(request.path, known, context, form, **_found(form, known, scope)), form.cleaned_data["q"])
        if key:
            cache.set(key, goods, SECONDS)
    return _page(request, template, context, goods)


def _known(query: QueryDict) -> QueryDict:
    """What a list of goods understands of a query, in one order; its links carry nothing else on."""
    known = QueryDict(mutable=True)
    for name in sorted(query):
        values = [value for value in query.getlist(name) if value]
        if name in SINGLE and values:
            known[name] = values[-1]
        elif values and (name in FACETS or name.startswith(ATTRIBUTE)):
            known.setlist(name, sorted(set(values)))
    return known


def _key(path: str, known: QueryDict) -> str:
    """Empty where a query is too long to be one that many ask."""
    query = known.urlencode()
    parts = (path, query, get_language() or "", current().mark, template_mark(GOODS), template_mark(FILTER))
    return "goods:" + hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest() if len(query) <= MAX_QUERY else ""


def _drawn(path: str, known: QueryDict, context: dict[str, Any], form: ListingForm, **found: Any) -> str:
    return render_to_string(GOODS, {**context, "path": path, "known": known, "form": form, **found})


def _page(request: HttpRequest, template: str, context: dict[str, Any], goods: DrawnGoods, status: int = 200) -> HttpResponse:
    return render(request, template, {**context, "goods": goods.html, "search_text": goods.text}, status=status)


def _found(form: ListingForm, known: QueryDict, scope: dict[str, Any]) -> dict[str, Any]:
    """The page of goods with its filters. Raises Http404 for a page after the last."""
    query, language = form.query(**scope), get_language() or "en"
    listing = backend().find(query, language)
    if query.page != listing.page:
        raise Http404
    if query.text and query.page == 1 and not query.facets and not listing.is_loose and not listing.instead:
        note_query(text=query.text, language=language, results=listing.total, on=timezone.localdate())
    facets: Mapping[str, Facet] = backend().facets(query, listing.sample, language) if listing.total or query.facets else {}
    groups = groups_of(facets, form, without="shop" if "merchant_id" in scope else "")
    return {
        "listing": listing,
        "groups": groups,
        "flags": flags_of(facets, form),
        "chips": chips_of(groups, form, known),
        "next": listing.page + 1 if listing.has_next else None,
        "previous": listing.page - 1 if listing.page > 1 else None,
    }
