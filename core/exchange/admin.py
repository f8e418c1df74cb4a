"""Rates as the operator enters them: one by one, or a file of them. They are never changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextInputWidget

from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, label, role_of_actor
from core.backoffice.fields import ModelForm
from core.errors import DomainError
from core.exchange.files import RateRow, rates_in
from core.exchange.rules import RATE_PLACES
from core.exchange.selectors import oldest_usable
from core.exchange.services import add_rates
from core.models import ExchangeRate

FIELDS = ("base", "quote", "rate", "on")


class RateForm(ModelForm):
    """One rate, or a file."""

    base = forms.CharField(label=capfirst(_("base currency")), max_length=3, required=False, widget=UnfoldAdminTextInputWidget())
    quote = forms.CharField(label=capfirst(_("quoted currency")), max_length=3, required=False, widget=UnfoldAdminTextInputWidget())
    rate = forms.DecimalField(
        label=capfirst(_("rate")),
        required=False,
        max_digits=24,
        decimal_places=RATE_PLACES,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("What one unit of the base currency costs in the quoted currency: USD to JPY is about 155."),
    )
    on = forms.DateField(label=capfirst(_("day")), required=False, initial=timezone.localdate, widget=UnfoldAdminDateWidget())
    file = forms.FileField(
        label=capfirst(_("or a file")),
        required=False,
        help_text=_(
            "A CSV file with the columns <code>base, quote, rate, on</code>; or the reference rates of the European Central Bank as XML."
        ),
        widget=forms.FileInput({"class": "file-input", "accept": ".csv,.xml,text/csv,text/xml"}),
    )
    is_checked = forms.BooleanField(
        label=capfirst(_("I have checked these rates")),
        required=False,
        help_text=_("Needed where a rate differs much from the day before."),
    )

    class Meta:
        model = ExchangeRate
        fields = FIELDS

    rows: list[RateRow]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if upload is not None:
            try:
                self.rows = rates_in(upload.read())
            except DomainError as error:
                self.add_error("file", str(error))
        elif all(cleaned.get(name) for name in FIELDS):
            base, quote, rate, on = (cleaned[name] for name in FIELDS)
            self.rows = [RateRow(base.upper(), quote.upper(), rate, on)]
        elif not self.errors:
            raise ValidationError(_("Give both currencies, the rate and the day, or a file."))
        return cleaned

    def _post_clean(self) -> None:
        # The service writes; there may be no row of this form's own at all.
        return


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ConsoleAdmin):
    """What is too old converts nothing, and its currency is not offered until there is a newer one."""

    form = RateForm
    can_add = True
    list_display = ["pair", "shown_rate", "on", "state", "source", "by", "created_at"]
    list_filter = ["base", "quote", "source"]
    ordering = ["-on", "base", "quote"]
    date_hierarchy = "on"
    fields = ["pair", "shown_rate", "on", "state", "source", "by", "created_at"]
    by = column(lambda self, row: role_of_actor(row.entered_by), _("entered by"), ordering="entered_by")
    pair = column(lambda self, row: f"{row.base} → {row.quote}", _("currencies"), ordering="base")
    shown_rate = column(
        lambda self, row: format_html('<span class="amount">{}</span>', f"{row.rate.normalize():f}"), _("rate"), ordering="rate"
    )

    @admin.display(description=_("status"))
    def state(self, row: ExchangeRate) -> Any:
        return label(_("Usable"), "success") if row.on >= oldest_usable(timezone.localdate()) else label(_("Too old"), "neutral")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [
            (None, {"fields": [("base", "quote"), ("rate", "on")]}),
            (_("Many at once"), {"fields": ["file"]}),
            (None, {"fields": ["is_checked"]}),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        source = ExchangeRate.Source.FILE if form.cleaned_data["file"] else ExchangeRate.Source.ENTERED
        checked = form.cleaned_data["is_checked"]
        form.done = add_rates(rows=form.rows, source=source, actor=actor_of(request, "operator"), at=now(), is_checked=checked)
        request.imported = form.done  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Each rate says itself who entered it."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        done = request.imported  # type: ignore[attr-defined]
        text = _("%(added)d new rates; %(known)d were known already.") % {"added": done.added, "known": done.known}
        messages.success(request, text)
        return redirect(reverse("admin:core_exchangerate_changelist"))
