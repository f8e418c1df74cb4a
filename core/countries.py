"""The countries and regions the marketplace sends from and to, named in the reader's language."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from django.utils.translation import get_language

from core.money import babel_locale

COUNTRIES = ("CN", "HK", "MO", "TW", "SG", "MY", "JP", "KR", "US", "CA", "GB", "IE", "DE", "FR", "NL", "ES", "IT", "AU", "NZ")

# Regions that CLDR names and ISO 3166-1 has no officially assigned code for.
_NOT_ASSIGNED = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}


@cache
def assigned_codes() -> frozenset[str]:
    """All codes of ISO 3166-1 alpha-2: what goods may come from, also where nothing is sent to."""
    codes = map(str, Locale.parse("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NOT_ASSIGNED


def country(code: str) -> str:
    """A country of an ISO 3166 code in the active language."""
    return str(_names().get(code, code))


def country_choices() -> list[tuple[str, str]]:
    """All of them for a form's select."""
    names = _names()
    return [(code, names[code]) for code in COUNTRIES]


def origin_choices() -> list[tuple[str, str]]:
    """All of ISO 3166-1 by name, for a form's select."""
    names = _names()
    return sorted(((code, names.get(code, code)) for code in assigned_codes()), key=lambda pair: pair[1])


def _names() -> Mapping[str, str]:
    return Locale.parse(babel_locale(get_language() or "en")).territories
