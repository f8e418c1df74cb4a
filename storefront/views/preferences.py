"""Language, currency and theme: plain links that set a cookie and come back to the page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.exchange.selectors import conversion_to
from storefront.currencies import CURRENCY_COOKIE, current, offered, with_converted_prices
from storefront.preferences import THEME_COOKIE, THEMES, chosen_theme, local_path, remember

NEXT_THEME = {"auto": "dark", "dark": "light", "light": "auto"}


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Speak `code` from now on, on the page the visitor came from."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponseRedirect(local_path(request.GET.get("next")))
    remember(response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@require_safe
def currency(request: HttpRequest, code: str) -> HttpResponse:
    """Say prices in `code` from now on, on the page the visitor came from."""
    if code not in offered():
        raise Http404
    before, now = current().currency, conversion_to(code, timezone.localdate())
    response = HttpResponseRedirect(with_converted_prices(local_path(request.GET.get("next")), now, before))
    remember(response, CURRENCY_COOKIE, code)
    return response


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """Use the light or dark look, or the device's; without `to` the next of the three."""
    wanted = request.GET.get("to") or NEXT_THEME[chosen_theme(request)]
    if wanted not in THEMES:
        raise Http404
    response = HttpResponseRedirect(local_path(request.GET.get("next")))
    remember(response, THEME_COOKIE, wanted)
    return response
