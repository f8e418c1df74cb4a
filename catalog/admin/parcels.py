"""Form fields for what a parcel and the customs need to know of a variant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.models import Variant
from catalog.rules.parcels import MOST_MM, is_hs_code, is_size, plain_hs_code
from core.countries import origin_choices

SIDES = ("length_mm", "width_mm", "height_mm")


class SizeField(forms.CharField):
    """Length, width and height of a packed piece in one line, such as 300 × 200 × 50, as three whole millimetres; empty: three Nones."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"placeholder": "300 × 200 × 50"})
        super().__init__(**{"required": False, "max_length": 40, "label": _("Packed size, mm"), "widget": widget, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return size_text(value) if isinstance(value, tuple) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return value
        text = (super().to_python(value) or "").lower()
        for sign in "×x＊":
            text = text.replace(sign, "*")
        if not text.strip():
            return (None, None, None)
        parts = [part.strip() for part in text.split("*")]
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts):
            raise ValidationError(_("Write length × width × height in whole millimetres, like 300 × 200 × 50."))
        sides = tuple(int(part) for part in parts)
        if not all(map(is_size, sides)):
            raise ValidationError(_("Each side is above zero and at most %(most)s mm.") % {"most": MOST_MM})
        return sides

    def run_validators(self, value: Any) -> None:
        """The length was checked as text."""

    def validate(self, value: Any) -> None:
        """Nothing is required."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class HsCodeField(forms.CharField):
    """Six to ten digits; points and spaces between them go."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"placeholder": "6109100010", "inputmode": "numeric"})
        super().__init__(**{"required": False, "max_length": 20, "label": _("HS code"), "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        code = plain_hs_code(super().to_python(value) or "")
        if code and not is_hs_code(code):
            raise ValidationError(_("An HS code has 6 to 10 digits."))
        return code


class OriginField(forms.ChoiceField):
    """Where a piece was made."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=lazy(lambda: [("", "–"), *origin_choices()], list),
            **{"required": False, "label": _("Made in"), "widget": UnfoldAdminSelectWidget(), **kwargs},
        )


def sides_of(variant: Variant) -> tuple[int | None, int | None, int | None]:
    return variant.length_mm, variant.width_mm, variant.height_mm


def size_text(sides: tuple[int | None, ...]) -> str:
    """Sides as a person writes them; one that is not known is 0."""
    return " × ".join(str(side or 0) for side in sides) if any(sides) else ""


def parcel_values(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What the services take, from the fields size, hs_code and origin of a valid form."""
    return {**dict(zip(SIDES, cleaned["size"], strict=True)), "hs_code": cleaned["hs_code"], "origin": cleaned["origin"]}
