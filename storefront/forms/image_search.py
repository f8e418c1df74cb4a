"""The form of a search by picture."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidPicture
from core.imaging import MAX_BYTES, decode


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Your photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/gif"}),
        error_messages={"required": _("Please choose a photo first."), "empty": _("This file is empty.")},
        help_text=_(
            "JPEG, PNG, WebP, AVIF or GIF, at most 20 MB. It is used for this search only and forgotten after a quarter of an hour."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "image-%s", **kwargs})

    def clean_photo(self) -> Any:
        """The decoded picture, upright and without metadata."""
        file: UploadedFile[Any] = self.cleaned_data["photo"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(_("This photo is too large."))
        try:
            return decode(file.read())
        except InvalidPicture as error:
            raise ValidationError(str(error)) from error
