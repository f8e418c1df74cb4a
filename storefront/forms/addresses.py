"""Where a parcel goes. One name field; the phone is what a carrier in China asks for first."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from core.countries import country_choices

PHONE = re.compile(r"\+?[\d ()./-]{5,29}")


class CleanText(forms.CharField):
    """One line of text: full-width letters become plain ones, control characters are refused."""

    def to_python(self, value: Any) -> str:
        text = " ".join(unicodedata.normalize("NFKC", str(value or "")).split())
        if not text.isprintable():
            raise ValidationError(_("Please leave out control characters."))
        return str(super().to_python(text))


class AddressForm(forms.Form):
    name = CleanText(label=_("Full name"), max_length=100)
    phone = CleanText(label=_("Phone"), max_length=30)
    address = CleanText(label=_("Address"), max_length=200)
    city = CleanText(label=_("City"), max_length=100)
    postcode = CleanText(label=_("Postcode"), max_length=20)
    country = forms.ChoiceField(label=_("Country or region"), choices=lazy(country_choices, list), initial="CN")

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        if not PHONE.fullmatch(phone) or sum(character.isdigit() for character in phone) < 5:
            raise ValidationError(_("Please give a telephone number, such as 138 0013 8000."))
        return phone

    @property
    def place(self) -> dict[str, str]:
        """The cleaned address without anything else a subclass asks."""
        return {name: self.cleaned_data[name] for name in ("name", "phone", "address", "city", "postcode", "country")}
