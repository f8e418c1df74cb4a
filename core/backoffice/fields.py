"""Form fields for what people type: money in major units, texts of two languages."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import linebreaks
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.money import Money, exponent, parse_minor

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
    ModelChoiceField = forms.ModelChoiceField[Any]
else:
    ModelForm, ModelChoiceField = forms.ModelForm, forms.ModelChoiceField

MOST_MINOR = 10**12
SECOND_LANGUAGE = "zh-hans"


class MoneyField(forms.Field):
    """An amount typed in major units of a currency that becomes minor units: "19.99" is 1999."""

    def __init__(self, *, currency: str = "", least_minor: int = 0, **kwargs: Any) -> None:
        self.currency = currency or settings.CURRENCY
        self.least_minor = least_minor
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{Money(value, self.currency).amount:.{exponent(self.currency)}f}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            minor = parse_minor(_plain(text), self.currency)
        except (ValueError, ArithmeticError) as error:
            message = _("Give an amount such as 19.99, with at most %(places)s decimal places.")
            raise ValidationError(message, params={"places": exponent(self.currency)}) from error
        if not self.least_minor <= minor <= MOST_MINOR:
            raise ValidationError(_("This amount is too small or too large."))
        return minor

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


def _plain(text: str) -> Decimal:
    """A finite decimal of reasonable length; ValueError or ArithmeticError for anything else, such as "NaN" or a thousand digits."""
    if len(text) > 20 or not Decimal(text).is_finite():
        raise ValueError(text)
    return Decimal(text)


_PARAGRAPH = re.compile(r"<p>((?:[^<]|<br\s*/?>)*)</p>\s*", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


class TextField(forms.CharField):
    """A text of paragraphs that is stored as HTML and typed as plain text; richer HTML is shown as it is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": UnfoldAdminTextareaWidget(attrs={"rows": 6}), "max_length": 20_000, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, str) or _PARAGRAPH.sub("", value).strip():
            return value
        return "\n\n".join(html.unescape(_BREAK.sub("\n", text)) for text in _PARAGRAPH.findall(value))

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        if "<" in text and re.search(r"</\w+>", text):
            return text
        return linebreaks(text, autoescape=True) if text else ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").replace("\r\n", "\n")


def with_translations(i18n: dict[str, dict[str, str]] | None, texts: dict[str, str]) -> dict[str, dict[str, str]]:
    """The translations of a row with these Chinese texts; empty ones are left out, other languages and fields stay."""
    merged = {language: dict(fields) for language, fields in (i18n or {}).items()}
    second = merged.setdefault(SECOND_LANGUAGE, {}) | texts
    merged[SECOND_LANGUAGE] = {field: text for field, text in second.items() if text}
    return {language: fields for language, fields in merged.items() if fields}


def second_text(row: Any, field: str) -> str:
    """The Chinese text of a row's field, empty when it is not translated."""
    return str(((row.i18n or {}).get(SECOND_LANGUAGE) or {}).get(field, ""))
