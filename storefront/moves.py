"""Pages that are found under another address by now."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse


def moved(request: HttpRequest, page: str, slug: str) -> HttpResponse:
    """Lead on for good to the page with this slug, with the query. Raises Http404 where there is none."""
    if not slug:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(reverse(page, args=[slug]) + (f"?{query}" if query else ""))
