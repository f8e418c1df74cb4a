"""Price tiers as sellers type and read them."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.rules.quantities import Tier
from core.backoffice.display import money
from core.backoffice.fields import MoneyField

EXAMPLE = "10: 9.00; 100: 8.00"
DIGITS = 6


class TiersField(forms.CharField):
    """Prices by quantity, typed as in EXAMPLE in the currency of `self.currency`, the shop's unless set."""

    currency = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": UnfoldAdminTextInputWidget(attrs={"placeholder": EXAMPLE}), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        amounts = MoneyField(currency=self.currency)
        return "; ".join(f"{quantity}: {amounts.prepare_value(minor)}" for quantity, minor in value)

    def to_python(self, value: Any) -> Any:
        text = unicodedata.normalize("NFKC", super().to_python(value) or "")
        return [self._tier(part) for part in text.split(";") if part.strip()]

    def _tier(self, part: str) -> Tier:
        quantity, _colon, price = (piece.strip() for piece in part.partition(":"))
        minor = MoneyField(currency=self.currency, least_minor=1).to_python(price)
        if minor is None or not (quantity.isascii() and quantity.isdigit() and len(quantity) <= DIGITS):
            raise ValidationError(_("Write price tiers like “%(example)s”."), params={"example": EXAMPLE})
        return Tier(int(quantity), minor)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != [Tier(*pair) for pair in initial or []])
        except ValidationError:
            return True


def tiers_text(row: Any) -> str:
    """What a piece costs from which quantity on, of a variant or of its price in another currency."""
    return " · ".join(f"{quantity}+ {money(minor, row.currency)}" for quantity, minor in row.tiers) or "–"
