"""Parcels that came back or got lost: the merchant's queue of decisions, and what the operator sees of all."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, now
from core.backoffice.display import column, status_column
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty
from orders.admin.ship_forms import SendAgainForm
from orders.models import UndeliveredParcel
from orders.services import undelivered
from orders.states import UndeliveredStatus


def is_open(row: UndeliveredParcel) -> bool:
    return row.status == UndeliveredStatus.OPEN


def link(site: str, row: Any, text: Any) -> Any:
    """To the page of a row on one of the two sites."""
    name = f"{site}:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a class="link" href="{}">{}</a>', reverse(name, args=[row.pk]), text)


@admin.register(UndeliveredParcel, site=merchant_site)
class MerchantUndeliveredAdmin(MerchantModelAdmin):
    duty = Duty.RETURNS
    list_display = ["parcel_name", "kind", "state", "order_number", "created_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["order", "shipment"]
    search_fields = ["shipment__tracking_number", "order__number"]
    ordering = ["-created_at"]
    fields = ["parcel", "kind", "state", "of_order", "created_at", "decided_at"]
    actions_detail = ["send_again", "refund", "arrived"]
    parcel_name = column(lambda self, row: str(row.shipment), _("parcel"))
    parcel = column(lambda self, row: link("merchant", row.shipment, row.shipment), _("parcel"))
    order_number = column(lambda self, row: row.order.number, _("order"), ordering="order__number")
    of_order = column(lambda self, row: link("merchant", row.order, row.order.number), _("order"))
    state = status_column(_("status"))

    def _who(self, request: HttpRequest, row: UndeliveredParcel) -> dict[str, Any]:
        return {"entry_id": row.pk, "merchant_id": merchant_of(request).pk, "actor": self.actor(request), "at": now()}

    @object_action(
        description=_("Send again"),
        text=_("The same goods leave your stock once more and the shopper gets the new number."),
        done=_("The goods are on their way again."),
        form_class=SendAgainForm,
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
        when=is_open,
    )
    def send_again(self, request: HttpRequest, form: Any, row: UndeliveredParcel) -> None:
        undelivered.send_again(**self._who(request, row), **form.parcel)

    @object_action(
        description=_("Pay back"),
        text=_("The shopper gets the money for what was in this parcel. This cannot be undone."),
        done=_("The money goes back."),
        form_class=ReasonForm,
        icon="undo",
        variant=ActionVariant.DANGER,
        when=is_open,
    )
    def refund(self, request: HttpRequest, form: Any, row: UndeliveredParcel) -> None:
        undelivered.refund_undelivered(**self._who(request, row), reason=form.cleaned_data["reason"])

    @object_action(
        description=_("Arrived after all"),
        text=_("The shopper has the goods, or you have settled it otherwise."),
        done=_("Nothing is left to decide."),
        form_class=ReasonForm,
        icon="check_circle",
        when=is_open,
    )
    def arrived(self, request: HttpRequest, form: Any, row: UndeliveredParcel) -> None:
        undelivered.close_as_arrived(**self._who(request, row), reason=form.cleaned_data["reason"])


@admin.register(UndeliveredParcel)
class UndeliveredAdmin(ConsoleAdmin):
    list_display = ["parcel", "merchant", "kind", "state", "order_number", "created_at", "decided_at"]
    list_filter = ["status", "kind", "merchant"]
    list_select_related = ["order", "shipment", "merchant"]
    search_fields = ["shipment__tracking_number", "order__number", "merchant__name"]
    ordering = ["-created_at"]
    fields = ["parcel_link", "merchant", "kind", "state", "of_order", "created_at", "decided_at"]
    parcel = column(lambda self, row: str(row.shipment), _("parcel"))
    parcel_link = column(lambda self, row: link("admin", row.shipment, row.shipment), _("parcel"))
    order_number = column(lambda self, row: row.order.number, _("order"), ordering="order__number")
    of_order = column(lambda self, row: link("admin", row.order, row.order.number), _("order"))
    state = status_column(_("status"))
