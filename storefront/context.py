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
from storefront.languages import ADDRESSED, PARAMETER, address_in, named_language, without_language
from storefront.preferences import HTML_LANGUAGES, address_shown, chosen_theme

LISTS = frozenset({"category", "shop"})


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
        return without_language(self.request.get_full_path()) if self.request.method == "GET" else address_shown(self.request)

    @cached_property
    def page(self) -> int:
        """Which page of a list the address names; 1 for anything else."""
        text = self.request.GET.get("page", "")
        is_number = text.isascii() and text.isdecimal() and len(text) < 7
        return max(int(text), 1) if is_number and self._page_name in LISTS else 1

    @property
    def canonical(self) -> str:
        """The one address of this page in this language: without filters, with the page of a list."""
        return address_in(self.request.path, named_language(self.request) or settings.LANGUAGE_CODE, self.page)

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """Each language with the address of this page in it; none for pages that search engines do not keep."""
        if self._page_name not in ADDRESSED or self.is_narrowed:
            return []
        found = [(HTML_LANGUAGES[code], address_in(self.request.path, code, self.page)) for code, _name in settings.LANGUAGES]
        return [*found, ("x-default", address_in(self.request.path, settings.LANGUAGE_CODE, self.page))]

    @property
    def is_narrowed(self) -> bool:
        """A list with filters or another order: one of endlessly many views of the same goods."""
        return self._page_name in LISTS and not self.request.GET.keys() <= {PARAMETER, "page"}

    @property
    def _page_name(self) -> str:
        match = self.request.resolver_match
        return str(match.url_name) if match and not match.namespace else ""

    @cached_property
    def cart_count(self) -> int:
        return cart_count(self.request)


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
