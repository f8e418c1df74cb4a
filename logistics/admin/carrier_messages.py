"""Carriers, their messages and claims of all merchants, for the operator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, money_column, status_column
from logistics.admin.carriers import activity, address
from logistics.models import CarrierAccount, CarrierClaim, CarrierMessage
from logistics.services import carrier_inbox
from logistics.states import CarrierMessageStatus


def is_quarantined(row: CarrierMessage) -> bool:
    return row.status == CarrierMessageStatus.QUARANTINED


@admin.register(CarrierAccount)
class CarrierAccountAdmin(ConsoleAdmin):
    list_display = ["title", "merchant", "code", "state", "created_at"]
    list_filter = ["is_active", "merchant"]
    list_select_related = ["merchant"]
    search_fields = ["name", "code", "merchant__name"]
    ordering = ["merchant__name", "name"]
    fields = ["title", "merchant", "code", "where", "tracking_url", "state", "previous_until", "created_at"]
    title = column(lambda self, row: row.text("name"), _("name"), ordering="name")
    state = column(lambda self, row: activity(row), _("status"), ordering="is_active")
    where = column(lambda self, row: address(row), _("address for its messages"))


@admin.register(CarrierMessage)
class CarrierMessageAdmin(ConsoleAdmin):
    """A quarantined one is about a number nobody has, or says what cannot be."""

    list_display = ["tracking_number", "code", "state", "account", "merchant", "problem", "created_at"]
    list_filter = ["status", "code", "merchant"]
    list_select_related = ["account", "merchant"]
    search_fields = ["tracking_number", "event_id", "account__code"]
    ordering = ["-created_at"]
    fields = ["event_id", "tracking_number", "code", "place", "note", "at", "state", "account", "merchant", "problem", "attempts",
              "created_at", "handled_at"]  # fmt: skip
    actions_detail = ["release", "dismiss"]
    state = status_column(_("status"))

    @object_action(
        description=_("Try again"),
        text=_("The message leaves quarantine and its parcels are told once more."),
        done=_("The message will be tried again."),
        icon="replay",
        variant=ActionVariant.PRIMARY,
        when=is_quarantined,
    )
    def release(self, request: HttpRequest, form: Any, row: CarrierMessage) -> None:
        carrier_inbox.release_message(message_id=row.pk, actor=actor_of(request, "operator"), at=now())

    @object_action(
        description=_("Dismiss"),
        text=_("The message is put aside for good and never acted on. It stays here with your reason."),
        done=_("The message is dismissed."),
        form_class=ReasonForm,
        icon="delete_sweep",
        when=is_quarantined,
    )
    def dismiss(self, request: HttpRequest, form: Any, row: CarrierMessage) -> None:
        reason = form.cleaned_data["reason"]
        carrier_inbox.dismiss_message(message_id=row.pk, reason=reason, actor=actor_of(request, "operator"), at=now())


@admin.register(CarrierClaim)
class CarrierClaimAdmin(ConsoleAdmin):
    list_display = ["parcel", "merchant", "state", "amount", "paid", "created_at", "decided_at"]
    list_filter = ["status", "merchant"]
    list_select_related = ["shipment", "merchant"]
    search_fields = ["shipment__tracking_number", "shipment__carrier", "merchant__name"]
    ordering = ["-created_at"]
    fields = ["parcel", "merchant", "state", "amount", "paid", "note", "created_at", "decided_at"]
    parcel = column(lambda self, row: str(row.shipment), _("parcel"))
    state = status_column(_("status"))
    amount = money_column("amount_minor", _("amount"))
    paid = money_column("paid_minor", _("paid"))
