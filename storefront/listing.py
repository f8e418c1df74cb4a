"""The list of goods that category, search and shop pages have in common."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from catalog.selectors import CardPage, find_cards
from storefront.forms.listing import ListingForm


def listing_page(request: HttpRequest, template: str, context: dict[str, Any], **scope: Any) -> HttpResponse:
    """Render `template` with the cards the shopper asked for; a wrong filter gives the form back with 400."""
    form = ListingForm(request.GET)
    if not form.is_valid():
        return render(request, template, {**context, "form": form, "search_text": request.GET.get("q", "")[:100]}, status=400)
    listing = cards_of_page(form, **scope)
    shown = {
        "listing": listing,
        "next": listing.page + 1 if listing.has_next else None,
        "previous": listing.page - 1 if listing.page > 1 else None,
        "search_text": form.cleaned_data["q"],
    }
    return render(request, template, {**context, "form": form, **shown})


def cards_of_page(form: ListingForm, **scope: Any) -> CardPage:
    """Raises Http404 for a page after the last."""
    query = form.query(**scope)
    listing = find_cards(query, get_language() or "en")
    if query.page != listing.page:
        raise Http404
    return listing
