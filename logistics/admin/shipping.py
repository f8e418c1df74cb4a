"""A merchant's parcels and what it charges for sending."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import ActionVariant, ConfirmForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column, money_column, reference_column, status_column
from core.backoffice.fields import ModelForm, MoneyField
from core.subqueries import count_of_its
from logistics import services
from logistics.admin.display import CARRIER_COLUMN, ShipmentLineInline, parcel_timeline
from logistics.models import CarrierBooking, Shipment, ShipmentLine, ShippingRate
from logistics.services.bookings import recall_parcel
from logistics.states import SHIPMENT_TRANSITIONS, ShipmentStatus
from merchants.admin import MerchantInline, MerchantModelAdmin, merchant_site
from merchants.admin.recording import Recorded
from merchants.admin.site import merchant_of
from merchants.admin.tenant import SingletonAdmin
from merchants.permissions import Duty

ON_THE_ROAD = [(code.value, code.label) for code in ShipmentStatus if code not in {ShipmentStatus.PLANNED, ShipmentStatus.PACKED}]


ON_THE_WAY = {ShipmentStatus.HANDED_OVER, ShipmentStatus.IN_TRANSIT, ShipmentStatus.OUT_FOR_DELIVERY, ShipmentStatus.FAILED}


def travels_alone(row: Shipment) -> bool:
    """Whether the built-in carrier has it, which tells of every step itself."""
    booking = getattr(row, "booking", None)
    return booking is not None and booking.gateway == CarrierBooking.Gateway.SIMULATED


class TrackingNewsForm(ConfirmForm):
    """What the carrier told."""

    code = forms.ChoiceField(label=_("What happened"), choices=ON_THE_ROAD, widget=UnfoldAdminSelectWidget())
    place = forms.CharField(label=_("Place"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget())
    note = forms.CharField(label=_("Note"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget())


class ContentsInline(ShipmentLineInline, MerchantInline):
    tenant_path = "shipment__merchant"


@admin.register(Shipment, site=merchant_site)
class MerchantShipmentAdmin(MerchantModelAdmin):
    duty = Duty.SHIPMENTS
    list_display = ["tracking_number", "by", "state", "order", "pieces", "warehouse", "shipped_at", "delivered_at"]
    list_filter = ["status", "warehouse"]
    list_select_related = ["warehouse", "booking__account"]
    search_fields = ["tracking_number", "carrier"]
    ordering = ["-shipped_at"]
    fields = ["tracking_number", "by", "state", "order", "warehouse", "shipped_at", "delivered_at", "timeline"]
    reference_fields = ["reference"]
    inlines = [ContentsInline]
    actions_detail = ["tell", "try_again", "came_back", "recall"]
    by = CARRIER_COLUMN
    state = status_column(_("status"))
    order = reference_column("reference", _("order"))
    pieces = column(lambda self, row: row.line_count, _("items"))
    timeline = column(lambda self, row: parcel_timeline(row), _("timeline"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(line_count=count_of_its(ShipmentLine, "shipment"))

    @object_action(
        description=_("Add tracking news"),
        text=_("The shopper sees it in the order's timeline."),
        done=_("The timeline is up to date."),
        form_class=TrackingNewsForm,
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status in SHIPMENT_TRANSITIONS,
    )
    def tell(self, request: HttpRequest, form: Any, row: Shipment) -> None:
        news = {name: form.cleaned_data[name] for name in ("code", "place", "note")}
        self._tell(request, row, **news)

    def _tell(self, request: HttpRequest, row: Shipment, **news: Any) -> None:
        services.record_tracking(shipment_id=row.pk, actor=self.actor(request), at=now(), merchant_id=merchant_of(request).pk, **news)

    @object_action(
        description=_("Second attempt"),
        text=_("The carrier goes to the shopper once more."),
        done=_("The timeline is up to date."),
        icon="replay",
        when=lambda row: row.status == ShipmentStatus.FAILED and not travels_alone(row),
    )
    def try_again(self, request: HttpRequest, form: Any, row: Shipment) -> None:
        self._tell(request, row, code=ShipmentStatus.OUT_FOR_DELIVERY)

    @object_action(
        description=_("Came back"),
        text=_("The parcel is back in your warehouse. Its goods go on the shelf, and you decide whether to send them again or pay back."),
        done=_("The goods are back in stock."),
        icon="keyboard_return",
        when=lambda row: row.status in {ShipmentStatus.FAILED, ShipmentStatus.LOST} and not travels_alone(row),
    )
    def came_back(self, request: HttpRequest, form: Any, row: Shipment) -> None:
        self._tell(request, row, code=ShipmentStatus.RETURNED)

    @object_action(
        description=_("Call it back"),
        text=_("The carrier turns the parcel around and brings it to your warehouse instead of the shopper."),
        done=_("The parcel is called back."),
        icon="undo",
        when=lambda row: travels_alone(row) and row.booking.recalled_at is None and row.status in ON_THE_WAY,
    )
    def recall(self, request: HttpRequest, form: Any, row: Shipment) -> None:
        recall_parcel(shipment_id=row.pk, merchant_id=merchant_of(request).pk, at=now())


class RateForm(ModelForm):
    flat_minor = MoneyField(label=capfirst(_("price per order")))
    free_over_minor = MoneyField(label=capfirst(_("free from a goods total of")), required=False, help_text=_("Empty: never free."))

    class Meta:
        model = ShippingRate
        fields = ["flat_minor", "free_over_minor", "bears_duties"]
        help_texts = {
            "bears_duties": _("You pay duty and import tax in other countries. Otherwise your buyers pay them on arrival, and are told so.")
        }


@admin.register(ShippingRate, site=merchant_site)
class ShippingRateAdmin(SingletonAdmin):
    duty = Duty.SHIPPING
    records = (Recorded(ShippingRate, ("flat_minor", "free_over_minor", "bears_duties", "currency")),)
    form = RateForm
    can_change = True
    list_display = ["price", "free_from", "bears_duties"]
    price = money_column("flat_minor", _("price per order"))
    free_from = money_column("free_over_minor", _("free from a goods total of"))
    fields = ["flat_minor", "free_over_minor", "bears_duties"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request) and not self.get_queryset(request).exists()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if self.may_act(request) else ["price", "free_from", "bears_duties"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if self.may_act(request) else ["price", "free_from", "bears_duties"]

    def save_model(self, request: HttpRequest, obj: ShippingRate, form: Any, change: bool) -> None:
        amounts = {name: form.cleaned_data[name] for name in ("flat_minor", "free_over_minor", "bears_duties")}
        made = services.set_shipping_rate(merchant=merchant_of(request), currency=obj.currency or settings.CURRENCY, **amounts)
        obj.pk, obj.merchant_id, obj.currency = made.pk, made.merchant_id, made.currency
