"""Form fields for what people type: money in major units, texts of two languages."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

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
            return self.to_python(data) != initial
        except ValidationError:
            return True


def _plain(text: str) -> Decimal:
    """A finite decimal of reasonable length; ValueError or ArithmeticError for anything else, such as "NaN" or a thousand digits."""
    if len(text) > 20 or not Decimal(text).is_finite():
        raise ValueError(text)
    return Decimal(text)


def with_translations(i18n: dict[str, dict[str, str]] | None, texts: dict[str, str]) -> dict[str, dict[str, str]]:
    """The translations of a row with these Chinese texts; empty ones are left out, other languages and fields stay."""
    merged = {language: dict(fields) for language, fields in (i18n or {}).items()}
    second = merged.setdefault(SECOND_LANGUAGE, {}) | texts
    merged[SECOND_LANGUAGE] = {field: text for field, text in second.items() if text}
    return {language: fields for language, fields in merged.items() if fields}


def second_text(row: Any, field: str) -> str:
    """The Chinese text of a row's field, empty when it is not translated."""
    return str(((row.i18n or {}).get(SECOND_LANGUAGE) or {}).get(field, ""))
