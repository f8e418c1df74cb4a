"""What countries charge for goods that come in, kept by the operator. What was estimated keeps the rates it was estimated by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import column, money
from core.backoffice.fields import ModelForm, MoneyField
from core.countries import country, country_choices
from logistics.models import CustomsRegime, DutyRate
from logistics.services.customs import COLUMNS, MOST_BYTES, load_duty_rates

AMOUNTS = ("duty_free_minor", "tax_free_minor", "bonded_most_minor")
RATE = ["country", "hs_prefix", "duty_bps", "tax_bps", "bonded_duty_bps", "bonded_tax_bps", "valid_from", "valid_until", "source"]
PERIOD = column(lambda self, row: f"{row.valid_from} – {row.valid_until or ''}".strip(), _("valid"), ordering="valid_from")
LAND = column(lambda self, row: country(row.country), _("destination"), ordering="country")


def _destination(**more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=capfirst(_("destination")), choices=lazy(country_choices, list), widget=UnfoldAdminSelectWidget(), **more
    )


class RegimeForm(ModelForm):
    """Amounts are read in the currency chosen beside them."""

    country = _destination()
    currency = forms.ChoiceField(label=capfirst(_("currency")), widget=UnfoldAdminSelectWidget())
    duty_free_minor = MoneyField(label=capfirst(_("no duty up to")), required=False, help_text=_("Of the goods in one parcel."))
    tax_free_minor = MoneyField(label=capfirst(_("no import tax up to")), required=False, help_text=_("Of the goods in one parcel."))
    bonded_most_minor = MoneyField(
        label=capfirst(_("most in one purchase out of bond")), required=False, least_minor=1, help_text=_("Empty: no limit.")
    )

    class Meta:
        model = CustomsRegime
        fields = ["country", "base", "tax_kind", "currency", *AMOUNTS, "valid_from", "valid_until", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(code, code) for code in settings.CURRENCIES]  # type: ignore[attr-defined]
        chosen = self.data.get("currency") or self.instance.currency or settings.CURRENCY
        for name in AMOUNTS:
            self.fields[name].currency = chosen if chosen in settings.CURRENCIES else settings.CURRENCY  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("duty_free_minor", "tax_free_minor"):
            cleaned[name] = cleaned.get(name) or 0
        return cleaned


@admin.register(CustomsRegime)
class CustomsRegimeAdmin(ConsoleAdmin):
    form = RegimeForm
    list_display = ["land", "base", "tax_kind", "duty_free", "tax_free", "bonded_most", "period", "source"]
    list_filter = ["country"]
    ordering = ["country", "-valid_from"]
    fields = [
        "country", ("base", "tax_kind"), "currency", ("duty_free_minor", "tax_free_minor"), "bonded_most_minor",
        ("valid_from", "valid_until"), "source",
    ]  # fmt: skip
    can_add = can_change = can_delete = True
    land, period = LAND, PERIOD
    duty_free = column(lambda self, row: money(row.duty_free_minor, row.currency), _("no duty up to"))
    tax_free = column(lambda self, row: money(row.tax_free_minor, row.currency), _("no import tax up to"))
    bonded_most = column(
        lambda self, row: money(row.bonded_most_minor, row.currency) if row.bonded_most_minor else "–",
        _("most in one purchase out of bond"),
    )


class DutyRateForm(ModelForm):
    """One rate, or a file of them."""

    country = _destination(required=False)
    file = forms.FileField(
        label=capfirst(_("or a file")),
        required=False,
        help_text=format_lazy(
            "{} {}",
            _("A CSV file with the columns below. A rate of the same country, code and first day is replaced."),
            f"<code>{', '.join(COLUMNS)}</code>",
        ),
        widget=forms.FileInput({"class": "file-input", "accept": ".csv,text/csv"}),
    )

    class Meta:
        model = DutyRate
        fields = RATE
        help_texts = {
            "hs_prefix": _("The first digits; the longest that fits counts. Empty: all other goods."),
            "duty_bps": _("Hundredths of a percent: 1200 is 12 %."),
            "bonded_tax_bps": _("As it is charged in the end: 70 % of 13 % is 910."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            for name in ("duty_bps", "tax_bps", "bonded_duty_bps", "bonded_tax_bps", "valid_from"):
                self.fields[name].required = False
        else:
            del self.fields["file"]

    def clean_hs_prefix(self) -> str:
        text = str(self.cleaned_data["hs_prefix"]).replace(".", "")
        if text and not (text.isascii() and text.isdigit()):
            raise ValidationError(_("Digits only."))
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.has_file:
            return cleaned
        for name in ("bonded_duty_bps", "bonded_tax_bps"):
            cleaned[name] = cleaned.get(name) or 0
        if not self.errors and any(cleaned.get(name) in (None, "") for name in ("country", "duty_bps", "tax_bps", "valid_from")):
            raise ValidationError(_("Give the destination, both rates and the first day, or a file."))
        return cleaned

    @property
    def has_file(self) -> bool:
        return bool(self.cleaned_data.get("file"))

    def _post_clean(self) -> None:
        if self.has_file:
            return  # the service writes; there is no row of this form's own
        super()._post_clean()  # type: ignore[misc]  # not in the stubs


@admin.register(DutyRate)
class DutyRateAdmin(ConsoleAdmin):
    form = DutyRateForm
    list_display = ["land", "code", "duty", "tax", "bonded", "period", "source"]
    list_filter = ["country"]
    search_fields = ["hs_prefix"]
    ordering = ["country", "hs_prefix", "-valid_from"]
    fields = [
        "country",
        "hs_prefix",
        ("duty_bps", "tax_bps"),
        ("bonded_duty_bps", "bonded_tax_bps"),
        ("valid_from", "valid_until"),
        "source",
    ]
    can_add = can_change = can_delete = True
    land, period = LAND, PERIOD
    code = column(lambda self, row: row.hs_prefix or _("all others"), _("HS code"), ordering="hs_prefix")
    duty = column(lambda self, row: _percent(row.duty_bps), _("import duty"), ordering="duty_bps")
    tax = column(lambda self, row: _percent(row.tax_bps), _("import tax"), ordering="tax_bps")
    bonded = column(lambda self, row: f"{_percent(row.bonded_duty_bps)} + {_percent(row.bonded_tax_bps)}", _("out of bond: duty + tax"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is not None else [*self.fields, "file"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not form.has_file:
            super().save_model(request, obj, form, change)
            return
        request.loaded = load_duty_rates(content=form.cleaned_data["file"].read(MOST_BYTES + 1))  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """A file has no row of its own to be named."""
        return None if hasattr(request, "loaded") else super().log_addition(request, obj, message)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        loaded = getattr(request, "loaded", None)
        if loaded is None:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, _("%(rows)d rates read, %(new)d of them new.") % {"rows": loaded.rows, "new": loaded.new})
        return redirect(reverse("admin:logistics_dutyrate_changelist"))


def _percent(bps: int) -> str:
    return f"{bps / 100:g}%"
