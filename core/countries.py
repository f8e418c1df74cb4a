"""The countries and regions the marketplace sends from and to, named in the reader's language."""

from collections.abc import Mapping

from babel import Locale
from django.utils.translation import get_language

from core.money import babel_locale

COUNTRIES = ("CN", "HK", "MO", "TW", "SG", "MY", "JP", "KR", "US", "CA", "GB", "IE", "DE", "FR", "NL", "ES", "IT", "AU", "NZ")


def country(code: str) -> str:
    """A country of an ISO 3166 code in the active language."""
    return str(_names().get(code, code))


def country_choices() -> list[tuple[str, str]]:
    """All of them for a form's select."""
    names = _names()
    return [(code, names[code]) for code in COUNTRIES]


def _names() -> Mapping[str, str]:
    return Locale.parse(babel_locale(get_language() or "en")).territories
