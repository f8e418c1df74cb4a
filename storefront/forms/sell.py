"""What somebody says who wants to sell here. Everything may be left open until it is sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import formats
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from core.countries import country_choices
from merchants.application_rules import DAYS, LARGEST_BYTES, TAXED, may_be
from merchants.errors import DocumentRefused
from merchants.models import ApplicationDocument, Merchant, MerchantApplication
from merchants.services.applications import LONGEST_DESCRIPTION, SECOND_LANGUAGE, DraftFields
from storefront.forms.addresses import PHONE, CleanText
from storefront.opening_hours import MONDAY

_AREA = {"rows": 3}
_FIELDS = ("name", "slug", "description", "contact", "email", "phone", "country", "city", "address", "tax_number", "latitude", "longitude")


class Clock(forms.TimeField):
    """A time of the day as browsers send it."""

    def __init__(self, label: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(label=label, required=False, input_formats=["%H:%M"], widget=widget)


class DraftForm(forms.Form):
    kind = forms.ChoiceField(label=_("I sell as"))
    name = CleanText(label=_("Name of the shop"), max_length=80, required=False)
    name_zh = CleanText(label=_("Name of the shop (Chinese)"), max_length=80, required=False)
    slug = forms.CharField(label=_("Wanted address"), max_length=60, required=False)
    description = forms.CharField(
        label=_("What do you sell?"), max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea(attrs=_AREA)
    )
    description_zh = forms.CharField(
        label=_("What do you sell? (Chinese)"), max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea(attrs=_AREA)
    )
    contact = CleanText(label=_("Contact person"), max_length=100, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = CleanText(label=_("Phone"), max_length=30, required=False)
    country = forms.ChoiceField(label=_("Country or region"), choices=lazy(country_choices, list), initial="CN")
    city = CleanText(label=_("City"), max_length=80, required=False)
    address = CleanText(label=_("Address"), max_length=200, required=False)
    tax_number = CleanText(label=_("Tax number"), max_length=40, required=False)
    latitude = forms.DecimalField(label=_("Latitude"), min_value=-90, max_value=90, max_digits=9, decimal_places=6, required=False)
    longitude = forms.DecimalField(label=_("Longitude"), min_value=-180, max_value=180, max_digits=9, decimal_places=6, required=False)

    def __init__(self, data: Any = None, *, row: MerchantApplication, is_operator: bool) -> None:
        super().__init__(data, initial=_said(row), auto_id="sell-%s")
        self.row = row
        kinds = [choice for choice in Merchant.Kind.choices if may_be(choice[0], is_operator=is_operator)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if self.has_hours:
            for index, day in enumerate(DAYS):
                name = formats.date_format(MONDAY + dt.timedelta(days=index), "l")
                self.fields[f"{day}_from"] = Clock(_("%(day)s, from") % {"day": name})
                self.fields[f"{day}_to"] = Clock(_("%(day)s, to") % {"day": name})

    @property
    def has_hours(self) -> bool:
        """Only shops that people go to are asked when they are open and where."""
        return self.row.kind == Merchant.Kind.LOCAL_STORE

    @property
    def needed(self) -> set[str]:
        """What may be empty now and not when it is sent, so the page does not call it optional."""
        free = {"name_zh", "description", "description_zh"} | (set() if self.row.kind in TAXED else {"tax_number"})
        return set(self.fields) - free

    def days(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each day's name with its two fields, for the page."""
        names = [formats.date_format(MONDAY + dt.timedelta(days=index), "l") for index in range(len(DAYS))]
        return [(name, self[f"{day}_from"], self[f"{day}_to"]) for name, day in zip(names, DAYS, strict=True)]

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        if phone and not PHONE.fullmatch(phone):
            raise ValidationError(_("Please give a telephone number, such as 138 0013 8000."))
        return phone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for day in DAYS if self.has_hours else ():
            opens, closes = data.get(f"{day}_from"), data.get(f"{day}_to")
            if (opens is None) != (closes is None) or (opens is not None and closes is not None and opens >= closes):
                self.add_error(f"{day}_to", _("Give both times, the later one second; leave both empty for a closed day."))
        return data

    @property
    def values(self) -> DraftFields:
        """What the service takes; the wanted address is left out where it is the one it was."""
        data = self.cleaned_data
        names = [name for name in (*_FIELDS, "name_zh", "description_zh") if name != "slug" or data["slug"] != self.row.slug]
        said = {name: data[name] for name in names}
        if self.has_hours:
            spans = {day: [[f"{data[f'{day}_from']:%H:%M}", f"{data[f'{day}_to']:%H:%M}"]] for day in DAYS if data[f"{day}_from"]}
            said["opening_hours"] = spans
        return said  # type: ignore[return-value]  # the form has the same fields


def _said(row: MerchantApplication) -> dict[str, Any]:
    second = row.i18n.get(SECOND_LANGUAGE, {})
    said = {name: getattr(row, name) for name in ("kind", *_FIELDS)}
    said |= {f"{name}_zh": second.get(name, "") for name in ("name", "description")}
    for day, spans in row.opening_hours.items():
        said[f"{day}_from"], said[f"{day}_to"] = spans[0]
    return said


class DocumentForm(forms.Form):
    document_kind = forms.ChoiceField(label=_("Kind of document"), choices=ApplicationDocument.Kind.choices)
    document = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}))
    expires_on = forms.DateField(
        label=_("Valid until"), required=False, input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "sell-%s", **kwargs})

    def clean_document(self) -> Any:
        """Its size is looked at before it is read."""
        file: UploadedFile[Any] = self.cleaned_data["document"]
        if (file.size or 0) > LARGEST_BYTES:
            raise ValidationError(str(DocumentRefused()))
        return file
