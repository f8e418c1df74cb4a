"""What a visitor chose for the frame: language and theme, each in a cookie that needs no session."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
YEAR_SECONDS = 365 * 24 * 3600
HTML_LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}


def chosen_theme(request: HttpRequest) -> str:
    """`light` or `dark` where the visitor chose, else `auto`."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def remember(response: HttpResponse, name: str, value: str, **attributes: Any) -> None:
    response.set_cookie(name, value, max_age=YEAR_SECONDS, httponly=True, secure=settings.HTTPS, samesite="Lax", **attributes)


def come_back_to(request: HttpRequest, path: str) -> None:
    """The page that answers this POST can be looked at again at `path`; its own address may take no GET."""
    request._come_back_to = path  # type: ignore[attr-defined]


def address_shown(request: HttpRequest) -> str:
    """Where the page that answers this POST can be looked at again."""
    return getattr(request, "_come_back_to", request.path)


def local_path(text: str | None, fallback: str = "/") -> str:
    """`text` when it is a path on this site, else `fallback`; never another host, scheme or a control character."""
    target = text or ""
    is_local = target.startswith("/") and not any(ord(character) < 32 for character in target)
    if not is_local or len(target) > 2_000 or not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return fallback
    return target if not urlsplit(target).netloc else fallback
