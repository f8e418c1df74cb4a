"""A merchant's warehouses: where they are, whom they serve, when they send and what a parcel costs."""

from __future__ import annotations

import functools
import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils import formats
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import object_action
from core.backoffice.display import column, label, money
from core.backoffice.fields import ModelForm, MoneyField, second_text, with_translations
from core.countries import country, country_choices
from logistics import services
from logistics.admin.display import TOWN_COLUMN
from logistics.admin.fields import DaysField, WeekdaysField, ZonesField, zones_in_words
from logistics.models import Warehouse
from logistics.rules.places import EVERY_DAY
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.recording import Recorded
from merchants.admin.site import merchant_of
from merchants.permissions import Duty

FIRST = ["code", "name", "kind", "city", "postcode", "country"]
TERMS = [
    "priority", "low_stock_at", "latitude", "longitude", "zones", "parcel_cost_minor", "cut_off", "time_zone", "working_days", "holidays",
]  # fmt: skip
DEFAULTS = services.Terms()


@functools.cache
def _time_zones() -> list[tuple[str, str]]:
    return [
        (name, name) for name in sorted(zoneinfo.available_timezones()) if "/" in name and not name.startswith(("Etc/", "posix", "right"))
    ]


class WarehouseForm(ModelForm):
    name_zh = forms.CharField(label=capfirst(_("name (Chinese)")), max_length=80, required=False, widget=UnfoldAdminTextInputWidget())
    country = forms.ChoiceField(label=capfirst(_("country")), choices=country_choices, initial="CN", widget=UnfoldAdminSelectWidget())
    zones = ZonesField(label=capfirst(_("sends to")))
    parcel_cost_minor = MoneyField(
        label=capfirst(_("cost per parcel")),
        required=False,
        initial=0,
        help_text=_("What a parcel from here costs you. Cheaper warehouses send first."),
    )
    time_zone = forms.ChoiceField(
        label=capfirst(_("time zone")), choices=_time_zones, initial="Asia/Shanghai", required=False, widget=UnfoldAdminSelectWidget()
    )
    working_days = WeekdaysField(label=capfirst(_("working days")), initial=list(EVERY_DAY), required=False)
    holidays = DaysField(label=capfirst(_("holidays")))

    low_stock_at = forms.IntegerField(
        label=capfirst(_("low stock from")), min_value=0, max_value=1_000_000, initial=DEFAULTS.low_stock_at, required=False,
        help_text=_("Of so many free pieces or fewer you are warned; a shelf may say otherwise."),
        widget=UnfoldAdminIntegerFieldWidget(),
    )  # fmt: skip

    class Meta:
        model = Warehouse
        fields = [*FIRST, *TERMS]
        help_texts = {"cut_off": _("What is ordered later leaves a day later.")}

    def clean(self) -> Any:
        """What is left empty is as for a warehouse nobody has said anything about."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("parcel_cost_minor", "time_zone", "working_days", "low_stock_at"):
            if name in cleaned and cleaned[name] in (None, "", []):
                cleaned[name] = getattr(DEFAULTS, name)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Zones and days are for the service, which stores them its own way."""
        names: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # not in the stubs
        return names | set(TERMS)

    @property
    def terms(self) -> services.Terms:
        return services.Terms(**{name: self.cleaned_data[name] for name in TERMS})


def days_in_words(row: Warehouse) -> str:
    """On which days a warehouse sends, until when, and how many holidays it has."""
    days = "–" if len(row.working_days) == len(EVERY_DAY) else ", ".join(str(WEEKDAYS_ABBR[day - 1]) for day in row.working_days)
    until = formats.time_format(row.cut_off, "H:i") if row.cut_off else ""
    said = str(_("every day")) if days == "–" else days
    return " · ".join(part for part in (said, until, row.time_zone, ", ".join(row.holidays)) if part)


SENDS_TO = column(lambda self, row: zones_in_words(row.zones), _("sends to"))
SENDS_ON = column(lambda self, row: days_in_words(row), _("sends on"))
COST = column(lambda self, row: money(row.parcel_cost_minor, row.cost_currency) if row.parcel_cost_minor else "–", _("cost per parcel"))
POSITION = column(lambda self, row: "–" if row.latitude is None else f"{row.latitude}, {row.longitude}", _("position"))


@admin.register(Warehouse, site=merchant_site)
class MerchantWarehouseAdmin(MerchantModelAdmin):
    duty = Duty.SHIPPING
    records = (Recorded(Warehouse, ("code", "name", "i18n", "kind", "city", "postcode", "country", "is_active", *TERMS)),)
    form = WarehouseForm
    can_add = True
    can_change = True
    list_display = ["name", "code", "kind", "town", "sends_to", "cost", "priority", "state"]
    list_select_related = ["merchant"]
    ordering = ["priority", "code"]
    actions_detail = ["open", "close", "send_elsewhere"]
    state = column(
        lambda self, row: label(_("Open"), "success") if row.is_active else label(_("Closed"), "neutral"), _("status"), ordering="is_active"
    )
    chinese = column(lambda self, row: second_text(row, "name"), _("name (Chinese)"))
    town = TOWN_COLUMN
    land = column(lambda self, row: country(row.country), _("country"))
    sends_to, sends_on, cost, position = SENDS_TO, SENDS_ON, COST, POSITION

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["code", ("name", "name_zh"), "kind", "city", "postcode", "country", *_laid_out()]
        fixed = ["code", "name", "chinese", "kind", "town", "postcode", "land", "state"]
        return [
            *fixed,
            *(_laid_out() if self.may_act(request) else ["priority", "low_stock_at", "position", "sends_to", "cost", "sends_on"]),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return []
        fields = [name for name in self.get_fields(request, obj) if isinstance(name, str)]
        return [name for name in fields if not self.may_act(request) or name not in TERMS]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Of a warehouse that exists the form asks the terms only."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None:
            form.base_fields = {name: field for name, field in form.base_fields.items() if name in TERMS}
        return form

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Warehouse, form: Any, change: bool) -> None:
        merchant = merchant_of(request)
        if not change:
            values = {name: form.cleaned_data[name] for name in FIRST}
            i18n = with_translations({}, {"name": form.cleaned_data["name_zh"]})
            made = services.create_warehouse(merchant=merchant, i18n=i18n, **values)
            obj.pk, obj.merchant_id = made.pk, made.merchant_id
        services.set_warehouse_terms(warehouse_id=obj.pk, terms=form.terms, merchant_id=merchant.pk)

    @object_action(
        description=pgettext_lazy("warehouse", "Close"),
        text=_("Nothing new is sold from here; what is promised is still sent."),
        done=_("The warehouse is closed."),
        icon="lock",
        when=lambda row: row.is_active,
    )
    def close(self, request: HttpRequest, form: Any, row: Warehouse) -> None:
        services.set_warehouse_active(warehouse_id=row.pk, is_active=False, merchant_id=merchant_of(request).pk)

    @object_action(description=_("Open"), done=_("The warehouse is open."), icon="lock_open", when=lambda row: not row.is_active)
    def open(self, request: HttpRequest, form: Any, row: Warehouse) -> None:
        services.set_warehouse_active(warehouse_id=row.pk, is_active=True, merchant_id=merchant_of(request).pk)

    @object_action(
        description=_("Send orders from elsewhere"),
        text=_(
            "Orders that wait for goods from here are planned again from other warehouses, in a moment and one by one. "
            "What no other warehouse has stays."
        ),
        done=_("The orders are being planned again."),
        icon="alt_route",
    )
    def send_elsewhere(self, request: HttpRequest, form: Any, row: Warehouse) -> None:
        services.move_promises(warehouse_id=row.pk, merchant_id=merchant_of(request).pk)


def _laid_out() -> list[Any]:
    first = [("priority", "low_stock_at"), ("latitude", "longitude"), "zones", "parcel_cost_minor"]
    return [*first, ("cut_off", "time_zone"), "working_days", "holidays"]
