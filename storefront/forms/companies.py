"""A company as it says of itself, and an invitation to buy for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, CompanyRole
from accounts.services.companies import CompanyFields
from core.countries import country_choices
from storefront.forms.addresses import CleanText


class CompanyForm(forms.Form):
    name = CleanText(label=_("Company name"), max_length=120)
    tax_number = CleanText(label=_("Tax number"), max_length=40)
    country = forms.ChoiceField(label=_("Country or region"), choices=lazy(country_choices, list), initial="CN")
    address = CleanText(label=_("Address"), max_length=200)
    contact = CleanText(label=_("Contact person"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    phone = CleanText(label=_("Phone"), max_length=30)

    @property
    def values(self) -> CompanyFields:
        return self.cleaned_data  # type: ignore[return-value]  # the form has the same fields

    @classmethod
    def of(cls, company: Company | None, data: Any = None) -> CompanyForm:
        """The form with what the company says now; empty for one that is to be opened."""
        return cls(data, initial={name: getattr(company, name) for name in cls.base_fields} if company else {})


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=CompanyRole.choices, initial=CompanyRole.BUYER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on the company's page beside the other form, which has an e-mail, too.
        super().__init__(*args, **{"auto_id": "invite-%s", **kwargs})


class AskTradeForm(forms.Form):
    message = forms.CharField(label=_("Message to the shop"), required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}))
