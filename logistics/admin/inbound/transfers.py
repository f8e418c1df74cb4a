"""Goods on their way from one of a merchant's warehouses to another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ActionVariant, object_action
from core.backoffice.fields import ModelForm
from logistics.admin.fields import GoodsField
from logistics.admin.inbound.base import GoodsForm, InboundAdmin, LineInline
from logistics.models import Transfer, TransferLine
from logistics.services import transfers
from merchants.admin import merchant_site


class TransferLineInline(LineInline):
    model = TransferLine


class TransferForm(ModelForm):
    goods = GoodsField(label=capfirst(_("goods")))

    class Meta:
        model = Transfer
        fields = ["source", "target", "note"]


class ArrivedForm(GoodsForm):
    """What was counted on arrival; the form offers what was sent."""

    def offered(self, key: uuid.UUID) -> Iterable[tuple[str, int | str]]:
        return TransferLine.objects.filter(transfer=key).order_by("variant__sku").values_list("variant__sku", "quantity")


@admin.register(Transfer, site=merchant_site)
class TransferAdmin(InboundAdmin):
    form = TransferForm
    list_display = ["number", "state", "source", "target", "pieces", "sent_at", "received_at"]
    list_select_related = ["source", "target"]
    inlines = [TransferLineInline]
    actions_detail = ["send", "receive", "drop"]
    asked = ("source", "target", "goods", "note")
    shown = ("number", "state", "source", "target", "note", "sent_at", "received_at")

    def draft(self, request: HttpRequest, data: dict[str, Any]) -> Transfer:
        return transfers.draft_transfer(
            source_id=data["source"].pk, target_id=data["target"].pk, goods=data["goods"], note=data["note"], **self.keys(request)
        )

    @object_action(
        description=_("Send"),
        text=_("The pieces leave the shelf; nobody can buy them until they have arrived."),
        done=_("The goods are on the way."),
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == "draft",
    )
    def send(self, request: HttpRequest, form: Any, row: Transfer) -> None:
        transfers.send_transfer(transfer_id=row.pk, **self.keys(request))

    @object_action(
        description=_("Receive"),
        text=_("Correct the pieces where fewer have come. What is missing is kept here as lost on the way."),
        done=_("The goods are in stock."),
        form_class=ArrivedForm,
        icon="move_to_inbox",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == "sent",
    )
    def receive(self, request: HttpRequest, form: Any, row: Transfer) -> None:
        transfers.receive_transfer(transfer_id=row.pk, goods=form.cleaned_data["goods"], **self.keys(request))

    @object_action(description=_("Drop"), done=_("It is dropped."), icon="delete", when=lambda row: row.status == "draft")
    def drop(self, request: HttpRequest, form: Any, row: Transfer) -> None:
        transfers.drop_transfer(transfer_id=row.pk, **self.keys(request))
