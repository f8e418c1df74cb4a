"""Which currency a visitor sees prices in: a cookie, as for the language, and the shop's own where that cannot be offered."""

from collections.abc import Callable
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.exchange.rules import Conversion
from core.exchange.selectors import conversion_to, offered_currencies
from core.money import exponent

CURRENCY_COOKIE = "currency"
_asked: ContextVar[str] = ContextVar("asked currency", default="")


class CurrencyMiddleware:
    """Makes the visitor's choice known to everything that draws this request's page, as LocaleMiddleware does for the language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _asked.set(asked_currency(request))
        try:
            return self.get_response(request)
        finally:
            _asked.reset(token)


def asked_currency(request: HttpRequest) -> str:
    """What the cookie asks for, whether or not it can be offered now; no query."""
    code = request.COOKIES.get(CURRENCY_COOKIE, "")
    return code if code in settings.CURRENCIES else settings.CURRENCY


def offered() -> tuple[str, ...]:
    """The currencies a visitor may choose now."""
    return offered_currencies(timezone.localdate())


def current() -> Conversion:
    """Into the currency of this request's page."""
    on = timezone.localdate()
    asked = _asked.get()
    return conversion_to(asked if asked in offered_currencies(on) else settings.CURRENCY, on)


def with_converted_prices(path: str, conversion: Conversion, before: str) -> str:
    """A path with the bounds of its price filter said in another currency, so that a list keeps its place when that is chosen."""
    parts = urlsplit(path)
    query = [
        (name, _converted(value, conversion, before) if name in {"min", "max"} else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _converted(text: str, conversion: Conversion, before: str) -> str:
    try:
        minor = Decimal(text[:20]).scaleb(exponent(before)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return text
    amount = conversion.amount(int(minor), before)
    return text if amount is None else f"{Decimal(amount).scaleb(-exponent(conversion.currency)):f}"
