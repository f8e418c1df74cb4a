"""A merchant's stores where shoppers pick up, and the hours at which it comes to the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from core.backoffice.display import column, label, money_column
from core.backoffice.fields import ModelForm, MoneyField
from logistics.admin.fields import ZonesField, zones_in_words
from logistics.models import DeliverySlot, PickupPoint, Warehouse
from logistics.rules.opening import hours_text, parse_hours
from logistics.services.pickup_points import PickupTerms, save_pickup_point
from logistics.services.slots import SlotOffer, change_slot, offer_slot
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty

POINT = ["address", "opening_hours", "ready_hours", "keep_days", "fee_minor", "is_offered"]
SLOT = ["capacity", "closes_hours", "zones", "is_active"]
HOURS = ["weekday", "starts_at", "ends_at"]


class HoursField(forms.CharField):
    """Opening hours as one line that people read and write, which become spans per day."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = _("Such as: Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00. The warehouse's holidays are closed.")
        super().__init__(**{"max_length": 1_000, "help_text": help_text, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 2}), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return hours_text(value) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        try:
            return parse_hours(super().to_python(value) or "")
        except ValueError as error:
            raise ValidationError(_("“%(part)s” does not say opening hours."), params={"part": str(error)[:60]}) from error

    def validate(self, value: Any) -> None:
        if not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The length was checked as text."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


class PickupPointForm(ModelForm):
    opening_hours = HoursField(label=capfirst(_("opening hours")))
    fee_minor = MoneyField(label=capfirst(_("fee")), required=False, initial=0)

    class Meta:
        model = PickupPoint
        fields = ["warehouse", *POINT]
        help_texts = {
            "warehouse": _("One of the kind store, with a position."),
            "ready_hours": _("So many opening hours after the order the goods lie ready."),
            "keep_days": _("What is not picked up by then goes back on sale, and the shopper is refunded."),
        }

    def clean_fee_minor(self) -> int:
        return self.cleaned_data["fee_minor"] or 0

    def _get_validation_exclusions(self) -> set[str]:
        """Hours are for the service, which stores them its own way."""
        names: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # not in the stubs
        return names | {"opening_hours"}


@admin.register(PickupPoint, site=merchant_site)
class PickupPointAdmin(MerchantModelAdmin):
    duty = Duty.SHIPPING
    form = PickupPointForm
    can_add = True
    can_change = True
    list_display = ["store", "address", "hours", "ready_hours", "keep_days", "fee", "state"]
    list_select_related = ["warehouse__merchant"]
    ordering = ["warehouse__priority", "warehouse__code"]
    store = column(lambda self, row: str(row), _("store"))
    hours = column(lambda self, row: row.hours_text, _("opening hours"))
    fee = money_column("fee_minor", _("fee"))
    state = column(lambda self, row: label(_("Offered"), "success") if row.is_offered else label(_("Off"), "neutral"), _("status"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self.may_act(request):
            return [*self.list_display]
        return ["store" if obj else "warehouse", "address", "opening_hours", ("ready_hours", "keep_days"), "fee_minor", "is_offered"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.list_display] if not self.may_act(request) else ["store"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "warehouse" and field is not None:
            field.queryset = field.queryset.filter(kind=Warehouse.Kind.STORE, pickup_point=None)
        return field

    def save_model(self, request: HttpRequest, obj: PickupPoint, form: Any, change: bool) -> None:
        terms = PickupTerms(**{name: form.cleaned_data[name] for name in POINT})
        made = save_pickup_point(merchant_id=merchant_of(request).pk, warehouse_id=obj.warehouse_id, terms=terms)
        obj.pk, obj.merchant_id, obj.currency = made.pk, made.merchant_id, made.currency


class DeliverySlotForm(ModelForm):
    weekday = forms.TypedChoiceField(
        label=capfirst(_("weekday")),
        coerce=int,
        choices=[(number + 1, format_lazy("{name}", name=name)) for number, name in WEEKDAYS.items()],
        widget=UnfoldAdminSelectWidget(),
    )
    zones = ZonesField(label=capfirst(_("sends to")))

    class Meta:
        model = DeliverySlot
        fields = ["warehouse", *HOURS, *SLOT]
        help_texts = {"capacity": _("So many orders can choose these hours of one day.")}

    def _get_validation_exclusions(self) -> set[str]:
        """Zones are for the service, which stores them its own way."""
        names: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # not in the stubs
        return names | {"zones"}


@admin.register(DeliverySlot, site=merchant_site)
class DeliverySlotAdmin(MerchantModelAdmin):
    duty = Duty.SHIPPING
    form = DeliverySlotForm
    can_add = True
    can_change = True
    list_display = ["hours", "day", "warehouse", "capacity", "closes_hours", "sends_to", "state"]
    list_select_related = ["warehouse"]
    ordering = ["weekday", "starts_at"]
    hours = column(lambda self, row: str(row), _("hours"))
    day = column(lambda self, row: WEEKDAYS[row.weekday - 1], _("weekday"), ordering="weekday")
    sends_to = column(lambda self, row: zones_in_words(row.zones), _("sends to"))
    state = column(lambda self, row: label(_("Active"), "success") if row.is_active else label(_("Off"), "neutral"), _("status"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self.may_act(request):
            return [*self.list_display]
        first = ["warehouse", "day", "hours"] if obj else ["warehouse", "weekday", ("starts_at", "ends_at")]
        return [*first, ("capacity", "closes_hours"), "zones", "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.list_display] if not self.may_act(request) else ["warehouse", "day", "hours"] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Of a slot that exists its hours stay: shoppers have chosen them."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None:
            form.base_fields = {name: field for name, field in form.base_fields.items() if name in SLOT}
        return form

    def save_model(self, request: HttpRequest, obj: DeliverySlot, form: Any, change: bool) -> None:
        merchant_id = merchant_of(request).pk
        offer = SlotOffer(
            weekday=obj.weekday, starts_at=obj.starts_at, ends_at=obj.ends_at, **{name: form.cleaned_data[name] for name in SLOT}
        )
        if change:
            change_slot(slot_id=obj.pk, merchant_id=merchant_id, offer=offer)
        else:
            made = offer_slot(merchant_id=merchant_id, warehouse_id=obj.warehouse_id, offer=offer)
            obj.pk, obj.merchant_id = made.pk, made.merchant_id
