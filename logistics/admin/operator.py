"""Warehouses, stock and parcels of all merchants, for reading."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import column, label, reference_column, status_column
from core.countries import country
from logistics.admin.display import CARRIER_COLUMN, TOWN_COLUMN, MovementInline, ShipmentLineInline, available_label, parcel_timeline, what
from logistics.admin.stock import LevelFilter
from logistics.admin.warehouses import COST, POSITION, SENDS_ON, SENDS_TO
from logistics.models import Shipment, Stock, Warehouse


@admin.register(Warehouse)
class WarehouseAdmin(ConsoleAdmin):
    list_display = ["title", "merchant", "kind", "town", "land", "priority", "state"]
    list_filter = ["kind", "is_active", "merchant"]
    list_select_related = ["merchant"]
    search_fields = ["name", "code", "merchant__name"]
    ordering = ["merchant__name", "priority"]
    fields = [
        "title", "code", "merchant", "kind", "town", "postcode", "land", "position", "sends_to", "sends_on", "cost", "priority", "state",
    ]  # fmt: skip
    sends_to, sends_on, cost, position = SENDS_TO, SENDS_ON, COST, POSITION
    title = column(lambda self, row: row.text("name"), _("name"), ordering="name")
    town = TOWN_COLUMN
    land = column(lambda self, row: country(row.country), _("country"), ordering="country")
    state = column(lambda self, row: label(_("Open"), "success") if row.is_active else label(_("Closed"), "neutral"), _("status"))


@admin.register(Stock)
class StockAdmin(ConsoleAdmin):
    list_display = ["goods", "merchant", "warehouse", "on_hand", "reserved", "free"]
    list_filter = [LevelFilter, "merchant"]
    search_fields = ["variant__sku", "variant__product__title", "merchant__name"]
    ordering = ["variant__product__title"]
    fields = ["goods", "merchant", "warehouse", "on_hand", "reserved", "free"]
    inlines = [MovementInline]
    goods = column(lambda self, row: what(row), _("product"), ordering="variant__product__title")
    free = column(lambda self, row: available_label(row), _("available"), ordering="available_count")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("variant__product", "warehouse", "merchant")
        return rows.annotate(available_count=F("on_hand") - F("reserved"))


@admin.register(Shipment)
class ShipmentAdmin(ConsoleAdmin):
    list_display = ["tracking_number", "by", "state", "merchant", "order", "warehouse", "shipped_at", "delivered_at"]
    list_filter = ["status", "merchant"]
    list_select_related = ["merchant", "warehouse", "booking__account"]
    search_fields = ["tracking_number", "carrier", "merchant__name"]
    ordering = ["-shipped_at"]
    fields = ["tracking_number", "by", "state", "merchant", "order", "warehouse", "shipped_at", "delivered_at", "timeline"]
    reference_fields = ["reference"]
    inlines = [ShipmentLineInline]
    by = CARRIER_COLUMN
    state = status_column(_("status"))
    order = reference_column("reference", _("order"))
    timeline = column(lambda self, row: parcel_timeline(row), _("timeline"))
