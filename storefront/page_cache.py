"""Whole pages for visitors we know nothing about, kept in Valkey for a minute.

Stands before sessions, sign-in and the content policy, so a hit costs one look-up. Views opt in with `shared_page`; a page is only
ever stored for a request without any personal cookie and with known parameters, and only when the answer sets no cookie.
"""

import functools
import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from core.remembered import forget, remembered
from storefront.currencies import asked_currency
from storefront.languages import PARAMETER, asked_language
from storefront.preferences import chosen_theme

SECONDS = 60
NEAR_SECONDS = 1  # a page that everybody looks at is not even fetched from Valkey each time
MAX_QUERY = 200
PUBLIC = f"public, max-age=0, s-maxage={SECONDS}, must-revalidate"
PRIVATE = "private, no-store"
VARY = ("Accept-Language", "Cookie", "Accept-Encoding")
KEPT_HEADERS = ("Content-Type", "Content-Language", "Content-Security-Policy", "X-Frame-Options", "Vary", "Cache-Control", "ETag")
View = Callable[..., HttpResponse]


def shared_page(*parameters: str) -> Callable[[View], View]:
    """Mark a view's page as the same for every anonymous visitor; `parameters` are the only query parameters it reads.

    One that ends in "*" stands for all that begin as it does.
    """

    def mark(view: View) -> View:
        @functools.wraps(view)
        def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response.shared_parameters = frozenset(parameters)  # type: ignore[attr-defined]
            return response

        return marked

    return mark


@dataclass(frozen=True, slots=True)
class Page:
    body: bytes
    etag: str
    headers: tuple[tuple[str, str], ...]


class PageCacheMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_anonymous_get(request):
            return _private(self.get_response(request))
        key = page_key(request)
        page: Page | None = remembered(key, NEAR_SECONDS, lambda: cache.get(key))
        if page is None:
            forget(key)
            return self._fill(request, key)
        request.get_host()  # a forged Host is refused from the cache too
        return _answer(request, page)

    def _fill(self, request: HttpRequest, key: str) -> HttpResponse:
        response = self.get_response(request)
        if not _may_be_shared(request, response):
            return _private(response)
        patch_vary_headers(response, VARY)
        response["Cache-Control"] = PUBLIC
        response["ETag"] = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
        plain = Page(response.content, response["ETag"], tuple((name, response[name]) for name in KEPT_HEADERS if name in response))
        packed = Page(gzip.compress(plain.body, 6, mtime=0), plain.etag, (*plain.headers, ("Content-Encoding", "gzip")))
        cache.set_many({_encoded(key, "plain"): plain, _encoded(key, "gzip"): packed}, SECONDS)
        return _answer(request, packed if _accepts_gzip(request) else plain)


def is_anonymous_get(request: HttpRequest) -> bool:
    """A visitor about whom no cookie says anything but language, currency and theme. htmx asks for parts, never for shared pages."""
    personal = (settings.SESSION_COOKIE_NAME, "cart", "messages")
    return request.method == "GET" and "HX-Request" not in request.headers and not any(name in request.COOKIES for name in personal)


def page_key(request: HttpRequest) -> str:
    """Path, query, language, currency, theme and encoding; never the host, which a visitor chooses."""
    query = request.META.get("QUERY_STRING", "")
    parts = (request.path, query, asked_language(request), asked_currency(request), chosen_theme(request))
    digest = hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return _encoded(f"page:{digest}", "gzip" if _accepts_gzip(request) else "plain")


def _encoded(key: str, encoding: str) -> str:
    return ":".join([*key.split(":")[:2], encoding])


def _accepts_gzip(request: HttpRequest) -> bool:
    return "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")


def _may_be_shared(request: HttpRequest, response: HttpResponse) -> bool:
    allowed = getattr(response, "shared_parameters", None)
    return (
        allowed is not None
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and all(name in allowed or name == PARAMETER or f"{name.partition('-')[0]}-*" in allowed for name in request.GET)
        and len(request.META.get("QUERY_STRING", "")) <= MAX_QUERY
    )


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    if page.etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponseNotModified(headers=dict(header for header in page.headers if header[0] != "Content-Encoding"))
    return HttpResponse(page.body, headers=dict(page.headers))


def _private(response: HttpResponse) -> HttpResponse:
    """Whatever nobody declared public stays out of every shared cache, also pages that do not exist (`/account/x.css`)."""
    if "Cache-Control" not in response:
        response["Cache-Control"] = PRIVATE
    return response
