"""A merchant's vehicles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.backoffice.display import column, label, money_column
from core.backoffice.fields import ModelForm, MoneyField
from logistics.models import Vehicle
from logistics.routes.services import save_vehicle
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty

FIELDS = [
    "name", "warehouse", "capacity_g", "capacity_pieces", "starts_at", "ends_at", "per_km_minor", "per_stop_minor", "fixed_minor",
    "is_active",
]  # fmt: skip


class VehicleForm(ModelForm):
    per_km_minor = MoneyField(label=capfirst(_("cost per km")))
    per_stop_minor = MoneyField(label=capfirst(_("cost per stop")))
    fixed_minor = MoneyField(label=capfirst(_("cost per day in use")))

    class Meta:
        model = Vehicle
        fields = FIELDS
        help_texts = {"capacity_g": _("Empty: no limit."), "capacity_pieces": _("Empty: no limit.")}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        starts, ends = values.get("starts_at"), values.get("ends_at")
        if starts and ends and starts >= ends:
            self.add_error("ends_at", ValidationError(_("The shift must end after it begins.")))
        return values


@admin.register(Vehicle, site=merchant_site)
class VehicleAdmin(MerchantModelAdmin):
    duty = Duty.SHIPMENTS
    form = VehicleForm
    can_add = True
    can_change = True
    list_display = ["name", "warehouse", "room", "shift", "per_km", "per_stop", "fixed", "state"]
    list_select_related = ["warehouse"]
    ordering = ["name"]
    per_km = money_column("per_km_minor", _("cost per km"))
    per_stop = money_column("per_stop_minor", _("cost per stop"))
    fixed = money_column("fixed_minor", _("cost per day in use"))
    room = column(lambda self, row: room_of(row), _("carries"))
    shift = column(lambda self, row: f"{row.starts_at:%H:%M}–{row.ends_at:%H:%M}", _("shift"))
    state = column(lambda self, row: label(_("In use"), "success") if row.is_active else label(_("Laid up"), "neutral"), _("status"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return FIELDS if self.may_act(request) else [*self.list_display]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if self.may_act(request) else [*self.list_display]

    def save_model(self, request: HttpRequest, obj: Vehicle, form: forms.Form, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in FIELDS}
        made = save_vehicle(merchant=merchant_of(request), vehicle_id=obj.pk if change else None, **values)
        obj.pk, obj.merchant_id, obj.currency = made.pk, made.merchant_id, made.currency


def room_of(vehicle: Vehicle) -> str:
    """How much a vehicle carries, in words."""
    parts = []
    if vehicle.capacity_g is not None:
        parts.append(_("%(kilograms)g kg") % {"kilograms": vehicle.capacity_g / 1_000})
    if vehicle.capacity_pieces is not None:
        parts.append(_("%(pieces)d pieces") % {"pieces": vehicle.capacity_pieces})
    return " · ".join(map(str, parts)) or "∞"
