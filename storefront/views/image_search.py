"""Search by picture: a form, and a page of look-alikes with an address that can be loaded again for a quarter of an hour."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.selectors import Card, popular_cards
from core.counters import count_try
from core.errors import DomainError
from core.ids import secret_token
from core.imaging import encode, flat
from storefront.forms.image_search import PhotoForm
from storefront.origins import address_of

SECONDS = 15 * 60
LIMIT = 48
SHOWN_SIDE = 160


class TooManySearches(DomainError):
    code = "too_many_searches"
    message = _("Those were many searches in a short time. Please wait a minute and try again.")
    status = 429


@dataclass(frozen=True)
class Asked:
    """A search as it lies in the cache: numbers made of the photo, and a small copy to show; never the photo."""

    query: bytes
    shown: str


@require_http_methods(["GET", "HEAD", "POST"])
def image_search(request: HttpRequest) -> HttpResponse:
    """The form; sent, it leads to what looks like the photo."""
    if request.method != "POST":
        return _form_page(request, PhotoForm())
    form = PhotoForm(request.POST, request.FILES)
    if count_try(f"image-search:{address_of(request)}", seconds=60) > settings.IMAGE_SEARCHES_PER_MINUTE:
        raise TooManySearches
    if not form.is_valid():
        return _form_page(request, form, 422)
    token = secret_token()
    cache.set(_key(token), _asked(form.cleaned_data["photo"]), SECONDS)
    return redirect("image-search-results", token)


def _form_page(request: HttpRequest, form: PhotoForm, status: int = 200) -> HttpResponse:
    return render(request, "storefront/image_search.html", {"form": form}, status=status)


def _asked(photo: Any) -> Asked:
    from catalog.selectors.likeness import query_from  # noqa: PLC0415  brings numpy, which most web processes never need

    plain = flat(photo)
    query = query_from(plain)
    plain.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    return Asked(query, base64.b64encode(encode(plain, "webp")).decode())


def _key(token: str) -> str:
    return f"image-search:{token}"


@require_safe
def results(request: HttpRequest, token: str) -> HttpResponse:
    """What looks like the photo, the most alike first. After a quarter of an hour the form asks for the photo again."""
    asked: Asked | None = cache.get(_key(token)) if re.fullmatch(r"[\w-]{16,64}", token, re.ASCII) else None
    if asked is None:
        return render(request, "storefront/image_search.html", {"form": PhotoForm(), "is_over": True}, status=410)
    language = get_language() or settings.LANGUAGE_CODE
    cards = _look_alikes(asked.query, language)
    popular = [] if cards else popular_cards(10, language)
    context = {"form": PhotoForm(), "asked": asked, "cards": cards, "popular": popular}
    return render(request, "storefront/image_results.html", context)


def _look_alikes(query: bytes, language: str) -> list[Card]:
    from catalog.selectors.likeness import look_alikes  # noqa: PLC0415  as above

    return look_alikes(query, LIMIT, language)
