"""What every page's frame shows. All of it is lazy: the admin and mails use the same context processors and pay nothing."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from storefront.baskets import cart_count
from storefront.currencies import current, offered
from storefront.preferences import HTML_LANGUAGES, address_shown, chosen_theme


def the_other(language: str) -> str:
    """What the language switch leads to."""
    return "en" if language == "zh-hans" else "zh-hans"


@dataclass(frozen=True)
class Look:
    """What the frame's parts depend on, apart from single words."""

    language: str
    theme: str
    currency: str
    currencies: tuple[str, ...]
    is_member: bool
    is_home: bool
    has_goods: bool
    is_demo: bool

    @property
    def other_language(self) -> str:
        return the_other(self.language)

    @property
    def themes(self) -> list[tuple[str, str]]:
        return [("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))]


class Frame:
    """The header, category bar and footer of one request's page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.site_url = settings.SITE_URL
        self.is_demo = bool(settings.DEBUG or settings.DEMO_MODE)

    @cached_property
    def look(self) -> Look:
        return Look(
            language=self.language,
            theme=self.theme,
            currency=current().currency,
            currencies=offered(),
            is_member=self.request.user.is_authenticated,
            is_home=self.request.path == "/",
            has_goods=self.cart_count > 0,
            is_demo=self.is_demo,
        )

    @cached_property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def html_language(self) -> str:
        return HTML_LANGUAGES.get(self.language, self.language)

    @property
    def other_language(self) -> str:
        return the_other(self.language)

    @cached_property
    def theme(self) -> str:
        return chosen_theme(self.request)

    @property
    def data_theme(self) -> str:
        return {"light": "jishi", "dark": "jishi-dark"}.get(self.theme, "")

    @property
    def here(self) -> str:
        """Where the language and theme links come back to; a page that answers a POST names the one that shows the same."""
        return self.request.get_full_path() if self.request.method == "GET" else address_shown(self.request)

    @cached_property
    def cart_count(self) -> int:
        return cart_count(self.request)


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
