"""What a merchant moves between warehouses, buys from suppliers and counts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, F, Sum
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import ActionVariant, ConfirmForm, ReasonForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column, status_column
from core.backoffice.fields import ModelForm
from logistics.admin.display import what
from logistics.admin.fields import GoodsField, goods_text
from logistics.models import CountLine, PurchaseLine, PurchaseOrder, StockCount, Supplier, Transfer, TransferLine
from logistics.services import counts, purchasing, transfers
from merchants.admin import MerchantInline, MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty

GOODS = column(lambda self, row: what(row), _("product"))


class InboundAdmin(MerchantModelAdmin):
    """Something with a list of goods: written down once, then moved along by its buttons."""

    duty = Duty.STOCK
    can_add = True
    list_filter = ["status"]
    search_fields = ["number", "note", "lines__variant__sku"]
    ordering = ["-created_at"]
    asked: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    state = status_column(_("status"))
    pieces = column(lambda self, row: row.piece_count, _("pieces"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(piece_count=Sum("lines__quantity"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return list(self.shown if obj else self.asked)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def keys(self, request: HttpRequest) -> dict[str, Any]:
        """What every service of theirs is told."""
        return {"merchant_id": merchant_of(request).pk, "actor": self.actor(request), "at": now()}


class LineInline(MerchantInline):
    goods = GOODS

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("variant__product").order_by("variant__sku")


class TransferLineInline(LineInline):
    model = TransferLine
    fields = ["goods", "quantity", "received"]


class PurchaseLineInline(LineInline):
    model = PurchaseLine
    fields = ["goods", "quantity", "received"]


class CountLineInline(MerchantInline):
    model = CountLine
    fields = ["goods", "expected", "counted", "difference_shown"]
    goods = column(lambda self, row: what(row.stock), _("product"))
    difference_shown = column(lambda self, row: "–" if row.counted is None else f"{row.difference:+d}", _("difference"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("stock__variant__product").order_by("stock__variant__sku")


class TransferForm(ModelForm):
    goods = GoodsField(label=capfirst(_("goods")))

    class Meta:
        model = Transfer
        fields = ["source", "target", "note"]


class ArrivedForm(ConfirmForm):
    """What was counted on arrival; the form offers what was sent."""

    goods = GoodsField(label=_("Arrived"), least=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = TransferLine.objects.filter(transfer=kwargs["object_id"]).order_by("variant__sku").values_list("variant__sku", "quantity")
        self.fields["goods"].initial = goods_text(rows)


@admin.register(Transfer, site=merchant_site)
class TransferAdmin(InboundAdmin):
    form = TransferForm
    list_display = ["number", "state", "source", "target", "pieces", "sent_at", "received_at"]
    list_select_related = ["source", "target"]
    inlines = [TransferLineInline]
    actions_detail = ["send", "receive", "drop"]
    asked = ("source", "target", "goods", "note")
    shown = ("number", "state", "source", "target", "note", "sent_at", "received_at")

    def save_model(self, request: HttpRequest, obj: Transfer, form: Any, change: bool) -> None:
        data = form.cleaned_data
        made = transfers.draft_transfer(
            source_id=data["source"].pk, target_id=data["target"].pk, goods=data["goods"], note=data["note"], **self.keys(request)
        )
        obj.pk, obj.merchant_id, obj.number = made.pk, made.merchant_id, made.number

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


class SupplierForm(ModelForm):
    class Meta:
        model = Supplier
        fields = ["code", "name", "email", "lead_days", "is_active"]


@admin.register(Supplier, site=merchant_site)
class SupplierAdmin(MerchantModelAdmin):
    duty = Duty.STOCK
    form = SupplierForm
    can_add = True
    can_change = True
    list_display = ["name", "code", "email", "lead_days", "is_active"]
    search_fields = ["name", "code"]
    ordering = ["name"]
    fields = ["name", "code", "email", "lead_days", "is_active"]

    def save_model(self, request: HttpRequest, obj: Supplier, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in SupplierForm.Meta.fields}
        made = purchasing.save_supplier(merchant_id=merchant_of(request).pk, supplier_id=obj.pk if change else None, **values)
        obj.pk, obj.merchant_id = made.pk, made.merchant_id


class PurchaseForm(ModelForm):
    goods = GoodsField(label=capfirst(_("goods")))

    class Meta:
        model = PurchaseOrder
        fields = ["supplier", "warehouse", "expected_on", "note"]


class CameForm(ConfirmForm):
    """What came this time; the form offers what is still to come."""

    goods = GoodsField(label=_("Arrived"), least=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = PurchaseLine.objects.filter(order=kwargs["object_id"], received__lt=F("quantity")).order_by("variant__sku")
        self.fields["goods"].initial = goods_text(rows.values_list("variant__sku", F("quantity") - F("received")))


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
    came = column(lambda self, row: row.came_count, _("received pieces"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(came_count=Sum("lines__received"))

    def save_model(self, request: HttpRequest, obj: PurchaseOrder, form: Any, change: bool) -> None:
        data = form.cleaned_data
        made = purchasing.draft_purchase(
            supplier_id=data["supplier"].pk, warehouse_id=data["warehouse"].pk, goods=data["goods"],
            expected_on=data["expected_on"], note=data["note"], **self.keys(request),
        )  # fmt: skip
        obj.pk, obj.merchant_id, obj.number = made.pk, made.merchant_id, made.number

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


class StockCountForm(ModelForm):
    goods = GoodsField(
        label=capfirst(_("articles")), pieces_needed=False, required=False, help_text=_("One SKU per line. Empty: all that lies there.")
    )

    class Meta:
        model = StockCount
        fields = ["warehouse", "confirm_from", "note"]
        help_texts = {"confirm_from": _("So many pieces too few or too many are posted only once somebody has confirmed them.")}
        widgets = {"confirm_from": UnfoldAdminIntegerFieldWidget(), "note": UnfoldAdminTextInputWidget()}


class FoundForm(ConfirmForm):
    """What was found. The form does not offer what the books say, so that people count."""

    goods = GoodsField(label=_("Counted"), least=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = CountLine.objects.filter(count=kwargs["object_id"]).order_by("stock__variant__sku")
        self.fields["goods"].initial = goods_text((sku, "") for sku in rows.values_list("stock__variant__sku", flat=True))
        self.fields["goods"].widget = forms.Textarea(attrs={**self.fields["goods"].widget.attrs, "rows": 12})


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
    shelves = column(lambda self, row: row.shelf_count, _("shelves"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return MerchantModelAdmin.get_queryset(self, request).annotate(shelf_count=Count("lines"))

    def save_model(self, request: HttpRequest, obj: StockCount, form: Any, change: bool) -> None:
        data = form.cleaned_data
        made = counts.open_count(
            warehouse_id=data["warehouse"].pk, skus=list(data["goods"]), confirm_from=data["confirm_from"], note=data["note"],
            **self.keys(request),
        )  # fmt: skip
        obj.pk, obj.merchant_id, obj.number = made.pk, made.merchant_id, made.number

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
