"""What lies on the shelves, counted by people."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import ActionVariant, object_action
from core.backoffice.display import column
from core.backoffice.fields import ModelForm
from logistics.admin.display import what
from logistics.admin.fields import GoodsField
from logistics.admin.inbound.base import GoodsForm, InboundAdmin
from logistics.models import CountLine, StockCount
from logistics.services import counts
from merchants.admin import MerchantInline, merchant_site


class CountLineInline(MerchantInline):
    model = CountLine
    fields = ["goods", "expected", "counted", "difference_shown"]
    goods = column(lambda self, row: what(row.stock), _("product"))
    difference_shown = column(lambda self, row: "–" if row.counted is None else f"{row.difference:+d}", _("difference"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("stock__variant__product").order_by("stock__variant__sku")


class StockCountForm(ModelForm):
    goods = GoodsField(
        label=capfirst(_("articles")), pieces_needed=False, required=False, help_text=_("One SKU per line. Empty: all that lies there.")
    )

    class Meta:
        model = StockCount
        fields = ["warehouse", "confirm_from", "note"]
        help_texts = {"confirm_from": _("So many pieces too few or too many are posted only once somebody has confirmed them.")}
        widgets = {"confirm_from": UnfoldAdminIntegerFieldWidget(), "note": UnfoldAdminTextInputWidget()}


class FoundForm(GoodsForm):
    """What was found. The form does not offer what the books say, so that people count."""

    goods = GoodsField(label=_("Counted"), least=0, widget=UnfoldAdminTextareaWidget(attrs={"rows": 12}))

    def offered(self, key: uuid.UUID) -> Iterable[tuple[str, int | str]]:
        rows = CountLine.objects.filter(count=key).order_by("stock__variant__sku")
        return ((sku, "") for sku in rows.values_list("stock__variant__sku", flat=True))


@admin.register(StockCount, site=merchant_site)
class StockCountAdmin(InboundAdmin):
    form = StockCountForm
    list_display = ["number", "state", "warehouse", "shelves", "note", "created_at"]
    list_filter = ["status", "warehouse"]
    list_select_related = ["warehouse"]
    search_fields = ["number", "note", "lines__stock__variant__sku"]
    inlines = [CountLineInline]
    actions_detail = ["enter", "confirm", "drop"]
    asked = ("warehouse", "goods", "confirm_from", "note")
    shown = ("number", "state", "warehouse", "confirm_from", "note", "created_at")
    totals = {"shelf_count": Count("lines")}
    shelves = column(lambda self, row: row.shelf_count, _("shelves"))

    def draft(self, request: HttpRequest, data: dict[str, Any]) -> StockCount:
        return counts.open_count(
            warehouse_id=data["warehouse"].pk, skus=list(data["goods"]), confirm_from=data["confirm_from"], note=data["note"],
            **self.keys(request),
        )  # fmt: skip

    @object_action(
        description=_("Enter what was counted"),
        text=_("The pieces found of each article; 0 where there are none."),
        done=_("The count is entered."),
        form_class=FoundForm,
        icon="edit_note",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status in {"open", "to_confirm"},
    )
    def enter(self, request: HttpRequest, form: Any, row: StockCount) -> None:
        counts.enter_count(count_id=row.pk, found=form.cleaned_data["goods"], **self.keys(request))

    @object_action(
        description=_("Confirm"),
        text=_("The differences are written to the movements."),
        done=_("The count is posted."),
        icon="check",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == "to_confirm",
    )
    def confirm(self, request: HttpRequest, form: Any, row: StockCount) -> None:
        counts.confirm_count(count_id=row.pk, **self.keys(request))

    @object_action(description=_("Drop"), done=_("It is dropped."), icon="delete", when=lambda row: row.status in {"open", "to_confirm"})
    def drop(self, request: HttpRequest, form: Any, row: StockCount) -> None:
        counts.drop_count(count_id=row.pk, **self.keys(request))
