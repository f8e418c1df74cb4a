"""Pages by language: `?hl=` names one for whoever brings neither cookie nor wish, such as a search engine (ADR 12)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation import get_language_from_request

PARAMETER = "hl"
# Pages that exist for search engines in each language, by the name of their address.
ADDRESSED = frozenset({"home", "categories", "category", "product", "brand", "brands", "shop", "help"})


def named_language(request: HttpRequest) -> str:
    """The language the address names; empty where it names none of ours."""
    asked = request.GET.get(PARAMETER, "").lower()
    return asked if asked in dict(settings.LANGUAGES) else ""


def asked_language(request: HttpRequest) -> str:
    """What the address names, else the visitor's cookie, else the browser's wish."""
    return named_language(request) or get_language_from_request(request)


class LanguageMiddleware(LocaleMiddleware):
    """Django's, for which an address may name the language of its own page. No cookie is set: a link shared decides about itself only."""

    def process_request(self, request: HttpRequest) -> None:
        language = asked_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language() or language


def without_language(address: str) -> str:
    """The same address for whoever has chosen a language."""
    parts = urlsplit(address)
    if PARAMETER not in parts.query:
        return address
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != PARAMETER]
    return urlunsplit(parts._replace(query=urlencode(query)))


def address_in(path: str, language: str, page: int = 1) -> str:
    """The absolute address of a page in a language; the default one needs no parameter."""
    query = {PARAMETER: language} if language != settings.LANGUAGE_CODE else {}
    if page > 1:
        query["page"] = str(page)
    return f"{settings.SITE_URL}{path}" + (f"?{urlencode(query)}" if query else "")
