"""Texts merchants write in more than one language: the row holds the default language, `i18n` the others."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language


def translated(texts: Mapping[str, Any], i18n: Mapping[str, Mapping[str, str]] | None, field: str, language: str | None = None) -> str:
    """`field` in `language` (the active one unless given), else in the default language.

    `i18n` looks like {"zh-hans": {"title": "…"}}.
    """
    code = language or get_language() or "en"
    return ((i18n or {}).get(code) or {}).get(field) or texts[field]


class Translated:
    """Model mixin: `row.text("title")` reads the field in the active language. Needs an `i18n` JSON field."""

    i18n: dict[str, dict[str, str]]

    def text(self, field: str, language: str | None = None) -> str:
        return translated({field: getattr(self, field)}, self.i18n, field, language)
