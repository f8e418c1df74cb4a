"""The texts a product asks its buyer for, as sellers type them: one line for each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog.errors import PersonalisationInvalid
from catalog.rules.personalisation import checked_fields

EXAMPLE = "Engraving | 刻字 | 20 | !"
PARTS = 4
DIGITS = 4


class PersonalisationField(forms.CharField):
    """Lines such as EXAMPLE: label, label in Chinese, characters at most, and an exclamation mark where it has to be filled in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3, "placeholder": EXAMPLE}), "max_length": 2_000, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(_line, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").replace("｜", "|").replace("！", "!")
        try:
            return checked_fields([_row(line) for line in text.splitlines() if line.strip()])
        except PersonalisationInvalid as error:
            raise ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (initial or []))
        except ValidationError:
            return True


def _row(line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.split("|")]
    if not 3 <= len(parts) <= PARTS or not (parts[2].isascii() and parts[2].isdigit() and len(parts[2]) <= DIGITS):
        raise ValidationError(_("Write each text like “%(example)s”."), params={"example": EXAMPLE})
    if parts[3:] not in ([], [""], ["!"]):
        raise ValidationError(_("Write each text like “%(example)s”."), params={"example": EXAMPLE})
    return {"label": parts[0], "label_zh": parts[1], "most": int(parts[2]), "is_required": parts[3:] == ["!"]}


def _line(row: Any) -> str:
    return " | ".join([row["label"], row["label_zh"], str(row["most"]), *(["!"] if row["is_required"] else [])])


def personalisation_text(rows: Any) -> str:
    """The same for reading."""
    return "; ".join(map(_line, rows)) or "–"
