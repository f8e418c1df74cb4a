"""Forms of after-sales cases: what is wrong with which pieces, the words and pictures, the parcel that goes back."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.rules.options import labels_in
from core.i18n import translated
from core.imaging import MAX_BYTES
from orders.models import OrderLine
from orders.selectors.cases import Choice
from orders.services.cases.opening import Wish
from orders.states import CaseKind, CaseReason
from storefront.forms.addresses import CleanText


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Some pictures, read into memory; too large ones are refused before they are read."""

    widget = ManyFiles(attrs={"accept": "image/*", "multiple": True})
    most: ClassVar[str] = "CASE_PHOTOS"

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        most: int = getattr(settings, self.most)
        if len(files) > most:
            raise forms.ValidationError(_("At most %(most)s photos can be added."), params={"most": most})
        return [self._bytes(file) for file in files]

    def _bytes(self, file: "UploadedFile[Any]") -> bytes:
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("This photo is too large."))
        content: bytes = file.read()
        return content


class CountField(forms.TypedChoiceField):
    """How many pieces; none where nothing was sent for this line."""

    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)


class PiecesForm(forms.Form):
    """How many pieces of which lines, and why. Its fields are made of the order's lines."""

    kind = forms.ChoiceField(widget=forms.HiddenInput, choices=CaseKind.choices)
    reason = forms.ChoiceField(label=_("What is the reason?"))

    def __init__(self, *args: Any, kind: str, reasons: Sequence[CaseReason], choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "case-%s", "initial": {"kind": kind, "reason": reasons[0]}, **kwargs})
        self.lines = [choice for choice in choices if choice.free]
        self.fields["reason"].choices = [(reason.value, reason.label) for reason in reasons]  # type: ignore[attr-defined]
        if len(reasons) == 1:
            self.fields["reason"].widget = forms.HiddenInput()
        for choice in self.lines:
            self._add(choice, is_only=len(self.lines) == 1, with_versions=kind == CaseKind.EXCHANGE)

    def _add(self, choice: Choice, *, is_only: bool, with_versions: bool) -> None:
        counts = [(str(count), str(count)) for count in range(choice.free + 1)]
        first = choice.free if is_only else 0
        nothing: Any = 0  # the stubs expect a text, as of a field without `coerce`
        self.fields[f"take-{choice.line.pk}"] = CountField(
            label=_("How many?"), choices=counts, coerce=int, empty_value=nothing, initial=str(first)
        )
        if with_versions and len(choice.siblings) > 1:
            versions = [(str(row.pk), _version(choice.line, row.options)) for row in choice.siblings]
            self.fields[f"for-{choice.line.pk}"] = forms.ChoiceField(
                label=_("Exchange for"), choices=versions, required=False, initial=str(choice.line.variant_id)
            )

    def rows(self) -> list[tuple[Choice, Any, Any]]:
        """Each line with its fields, for the page."""
        names = set(self.fields)
        return [
            (choice, self[f"take-{choice.line.pk}"], self[f"for-{choice.line.pk}"] if f"for-{choice.line.pk}" in names else None)
            for choice in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.get(f"take-{choice.line.pk}") for choice in self.lines):
            raise forms.ValidationError(_("Please choose at least one item."))
        return data

    def wishes(self) -> list[Wish]:
        found = []
        for choice in self.lines:
            count = self.cleaned_data.get(f"take-{choice.line.pk}") or 0
            version = self.cleaned_data.get(f"for-{choice.line.pk}") or ""
            if count:
                found.append(Wish(choice.line.pk, count, uuid.UUID(version) if version else None))
        return found

    def carried(self) -> list[tuple[str, str]]:
        """What the next step sends along unseen."""
        return [(name, str(self.data.get(name, ""))) for name in self.fields if self.data.get(name)]


def _version(line: OrderLine, options: dict[str, str]) -> str:
    shown = labels_in(line.product.options, options, get_language() or "en")
    return ", ".join(shown.values()) or translated({"title": line.title}, line.i18n, "title")


class DetailsForm(forms.Form):
    """Words and pictures, and the key that makes sending it twice harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("What is wrong?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    photos = PhotosField(label=_("Photos"), required=False)

    def __init__(self, *args: Any, needs_text: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "case-%s", **kwargs})
        self.fields["text"].required = needs_text
        if not needs_text:
            self.fields["text"].label = _("Anything the shop should know?")


class StatementForm(forms.Form):
    text = forms.CharField(label=_("Your message"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    photos = PhotosField(label=_("Photos"), required=False)


class SendBackForm(forms.Form):
    carrier = CleanText(label=_("Carrier"), max_length=60)
    tracking_number = CleanText(label=_("Tracking number"), max_length=60)
