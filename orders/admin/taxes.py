"""The table of tax rates, kept by the operator. What was sold keeps the rate it was sold at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import column
from core.backoffice.fields import ModelForm
from core.countries import country, country_choices
from orders.models import TaxRate
from orders.selectors.taxes import forget_tax_rates


class TaxRateForm(ModelForm):
    country = forms.ChoiceField(label=capfirst(_("country")), choices=lazy(country_choices, list), widget=UnfoldAdminSelectWidget())

    class Meta:
        model = TaxRate
        fields = ["country", "tax_class", "kind", "rate_bps", "valid_from"]
        help_texts = {"rate_bps": _("Hundredths of a percent of the net amount: 1300 is 13 %.")}


@admin.register(TaxRate)
class TaxRateAdmin(ConsoleAdmin):
    form = TaxRateForm
    list_display = ["land", "tax_class", "kind", "rate", "valid_from"]
    list_filter = ["country", "tax_class"]
    ordering = ["country", "tax_class", "-valid_from"]
    fields = ["country", "tax_class", "kind", "rate_bps", "valid_from"]
    can_add = can_change = can_delete = True
    land = column(lambda self, row: country(row.country), _("country"), ordering="country")
    rate = column(lambda self, row: f"{row.rate_bps / 100:g}%", _("rate"), ordering="rate_bps")

    def save_model(self, request: HttpRequest, obj: TaxRate, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        forget_tax_rates()

    def delete_model(self, request: HttpRequest, obj: TaxRate) -> None:
        super().delete_model(request, obj)
        forget_tax_rates()
