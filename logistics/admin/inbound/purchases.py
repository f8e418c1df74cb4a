"""Goods that a merchant has ordered of suppliers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import F, Sum
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.display import column
from core.backoffice.fields import ModelForm
from logistics.admin.fields import GoodsField
from logistics.admin.inbound.base import GoodsForm, InboundAdmin, LineInline
from logistics.models import PurchaseLine, PurchaseOrder
from logistics.services import purchasing
from merchants.admin import merchant_site


class PurchaseLineInline(LineInline):
    model = PurchaseLine


class PurchaseForm(ModelForm):
    goods = GoodsField(label=capfirst(_("goods")))

    class Meta:
        model = PurchaseOrder
        fields = ["supplier", "warehouse", "expected_on", "note"]


class CameForm(GoodsForm):
    """What came this time; the form offers what is still to come."""

    def offered(self, key: uuid.UUID) -> Iterable[tuple[str, int | str]]:
        rows = PurchaseLine.objects.filter(order=key, received__lt=F("quantity")).order_by("variant__sku")
        return rows.values_list("variant__sku", F("quantity") - F("received"))


@admin.register(PurchaseOrder, site=merchant_site)
class PurchaseOrderAdmin(InboundAdmin):
    form = PurchaseForm
    list_display = ["number", "state", "supplier", "warehouse", "pieces", "came", "expected_on"]
    list_filter = ["status", "supplier", "warehouse"]
    list_select_related = ["supplier", "warehouse"]
    inlines = [PurchaseLineInline]
    actions_detail = ["place", "receive", "end"]
    asked = ("supplier", "warehouse", "expected_on", "goods", "note")
    shown = ("number", "state", "supplier", "warehouse", "expected_on", "ordered_at", "note")
    totals = {**InboundAdmin.totals, "came_count": Sum("lines__received")}
    came = column(lambda self, row: row.came_count, _("received pieces"))

    def draft(self, request: HttpRequest, data: dict[str, Any]) -> PurchaseOrder:
        return purchasing.draft_purchase(
            supplier_id=data["supplier"].pk, warehouse_id=data["warehouse"].pk, goods=data["goods"],
            expected_on=data["expected_on"], note=data["note"], **self.keys(request),
        )  # fmt: skip

    @object_action(
        description=_("Mark ordered"),
        text=_("When you have sent it to the supplier."),
        done=_("The goods are ordered."),
        icon="send",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == "draft",
    )
    def place(self, request: HttpRequest, form: Any, row: PurchaseOrder) -> None:
        purchasing.place_purchase(purchase_id=row.pk, **self.keys(request))

    @object_action(
        description=_("Receive"),
        text=_("What has come this time. The rest can come later."),
        done=_("The goods are in stock."),
        form_class=CameForm,
        icon="move_to_inbox",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status in {"ordered", "part_received"},
    )
    def receive(self, request: HttpRequest, form: Any, row: PurchaseOrder) -> None:
        purchasing.receive_purchase(purchase_id=row.pk, goods=form.cleaned_data["goods"], **self.keys(request))

    @object_action(
        description=_("Nothing more comes"),
        text=_("What has come stays in stock; the rest is not waited for any more."),
        done=_("It is closed."),
        form_class=ReasonForm,
        icon="delete",
        when=lambda row: row.status in {"draft", "ordered", "part_received"},
    )
    def end(self, request: HttpRequest, form: Any, row: PurchaseOrder) -> None:
        purchasing.end_purchase(purchase_id=row.pk, reason=form.cleaned_data["reason"], **self.keys(request))
