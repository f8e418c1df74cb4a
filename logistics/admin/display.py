"""How stock and parcels look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.backoffice.base import ReadOnlyInline, now
from core.backoffice.display import column, label, role_of_actor
from logistics.models import Shipment, ShipmentEvent, ShipmentLine, Stock, StockMovement
from logistics.states import ShipmentStatus
from logistics.stock_selectors import shelf_figures

# Names of Material Symbols.
ICONS: dict[str, str] = {
    ShipmentStatus.PLANNED: "event",
    ShipmentStatus.PACKED: "package_2",
    ShipmentStatus.HANDED_OVER: "outbox",
    ShipmentStatus.IN_TRANSIT: "local_shipping",
    ShipmentStatus.OUT_FOR_DELIVERY: "directions_walk",
    ShipmentStatus.DELIVERED: "check_circle",
    ShipmentStatus.FAILED: "door_front",
    ShipmentStatus.RETURNED: "keyboard_return",
    ShipmentStatus.LOST: "help",
}
ROLE_COLUMN = column(lambda self, row: role_of_actor(row.actor), _("by"))
CARRIER_COLUMN = column(lambda self, row: row.carrier_name, _("carrier"), ordering="carrier")
TOWN_COLUMN = column(lambda self, row: row.town, _("city"), ordering="city")


def available_label(stock: Stock) -> SafeString:
    """Pieces that can still be sold, red at none and amber when few are left."""
    tone = "danger" if stock.available <= 0 else "warning" if stock.available <= stock.low_from else "success"
    return label(stock.available, tone)


def what(row: Any) -> SafeString:
    """Title, options and SKU of the variant of a row."""
    variant = row.variant
    chosen = ", ".join(variant.options.values())
    small = f"{variant.sku} · {chosen}" if chosen else variant.sku
    return format_html('<span class="cell"><span>{}<small>{}</small></span></span>', variant.product.text("title"), small)


def parcel_timeline(shipment: Shipment) -> SafeString:
    """What happened to a parcel, newest first, with an icon each, and the way to the carrier's own page."""
    events = ShipmentEvent.objects.filter(shipment=shipment).order_by("-at", "-id")
    shown = [(event, ICONS.get(event.code, "local_shipping")) for event in events]
    return render_to_string("backoffice/parcel_timeline.html", {"events": shown, "parcel": shipment})


class MovementInline(ReadOnlyInline):
    model = StockMovement
    fields = ["created_at", "reason", "delta", "note", "by"]
    ordering = ["-created_at"]
    per_page = 50
    by = ROLE_COLUMN


class ShipmentLineInline(ReadOnlyInline):
    model = ShipmentLine
    fields = ["goods", "quantity"]
    verbose_name_plural = _("contents")
    goods = column(lambda self, row: what(row), _("product"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("variant__product")


def cover_text(row: Any) -> str:
    """For how many days the goods of a row last; the row has its figures."""
    days = row.figures.cover_days(row.available) if row.figures else None
    return "–" if days is None else str(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})


def age_text(row: Any) -> str:
    """How long the oldest goods of a row have lain there; the row has its figures."""
    if not row.figures or row.figures.oldest_at is None:
        return "–"
    days = max((now() - row.figures.oldest_at).days, 0)
    return str(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})


COVER_COLUMN = column(lambda self, row: cover_text(row), _("lasts"))
AGE_COLUMN = column(lambda self, row: age_text(row), _("oldest goods"))


def with_figures(rows: Sequence[Any]) -> None:
    """Give stock rows what was sold from them and how old they are, in one statement."""
    found = shelf_figures([row.pk for row in rows], now())
    for row in rows:
        row.figures = found.get(row.pk)
