"""A merchant's own stock and warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import ActionVariant, ConfirmForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column
from core.backoffice.fields import ModelForm
from logistics import services
from logistics.admin.display import AGE_COLUMN, COVER_COLUMN, ROLE_COLUMN, available_label, what, with_figures
from logistics.floor.services import set_bin
from logistics.models import Stock, StockMovement
from logistics.stock_selectors import covered_for_less, low, older_than
from merchants.admin import MerchantInline, MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty


class LevelFilter(admin.SimpleListFilter):
    title = _("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("low", _("low")), ("out", _("sold out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "low":
            return low(queryset)
        return queryset.filter(on_hand__lte=F("reserved")) if self.value() == "out" else queryset


class CoverFilter(admin.SimpleListFilter):
    """What will soon be sold out at the pace of the last 30 days."""

    title = _("lasts")
    parameter_name = "cover"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(days), _("less than %(days)s days") % {"days": days}) for days in (7, 14, 30)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return covered_for_less(queryset, int(self.value() or 0), now()) if self.value() in {"7", "14", "30"} else queryset


class AgeFilter(admin.SimpleListFilter):
    title = _("oldest goods")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(days), _("more than %(days)s days") % {"days": days}) for days in (30, 90, 180)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return older_than(queryset, int(self.value() or 0), now()) if self.value() in {"30", "90", "180"} else queryset


class ThresholdForm(ConfirmForm):
    low_at = forms.IntegerField(
        label=_("Low from so many pieces"), min_value=0, max_value=1_000_000, required=False, widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Empty: as the warehouse says."),
    )  # fmt: skip


class ReceiveForm(ModelForm):
    """Goods that arrived."""

    quantity = forms.IntegerField(label=capfirst(_("pieces")), min_value=1, max_value=1_000_000, widget=UnfoldAdminIntegerFieldWidget())
    note = forms.CharField(label=_("Note"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget())

    class Meta:
        model = Stock
        fields = ["variant", "warehouse"]

    def validate_unique(self) -> None:
        """More of what is there already is the usual case."""


class CountForm(ConfirmForm):
    """What somebody counted on the shelf. `expected` is what the screen said, so that two counts cannot cancel each other out."""

    on_hand = forms.IntegerField(label=_("Counted pieces"), min_value=0, max_value=100_000_000, widget=UnfoldAdminIntegerFieldWidget())
    note = forms.CharField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget())
    expected = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expected"].initial = Stock.objects.filter(pk=kwargs["object_id"]).values_list("on_hand", flat=True).first()


class MoreForm(ConfirmForm):
    quantity = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=1_000_000, widget=UnfoldAdminIntegerFieldWidget())
    note = forms.CharField(label=_("Note"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget())


class PlaceForm(ConfirmForm):
    code = forms.CharField(
        label=_("Bin"),
        max_length=20,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Such as A-03-2. Empty: in no bin."),
    )


class MovementInline(MerchantInline):
    model = StockMovement
    tenant_path = "stock__merchant"
    fields = ["created_at", "reason", "delta", "note", "by"]
    ordering = ["-created_at"]
    per_page = 50
    by = ROLE_COLUMN


@admin.register(Stock, site=merchant_site)
class MerchantStockAdmin(MerchantModelAdmin):
    """What lies where. It changes by counting and by receiving, each with its movement."""

    duty = Duty.STOCK
    form = ReceiveForm
    can_add = True
    list_display = ["goods", "warehouse", "bin", "on_hand", "reserved", "free", "cover", "age"]
    list_filter = [LevelFilter, CoverFilter, AgeFilter, "warehouse"]
    list_select_related = ["variant__product", "warehouse", "bin"]
    search_fields = ["variant__sku", "variant__product__title", "bin__code"]
    search_help_text = _("Title, SKU or bin")
    ordering = ["variant__product__title", "variant__sku"]
    inlines = [MovementInline]
    actions_detail = ["count", "receive", "place", "threshold", "send_elsewhere"]
    cover, age = COVER_COLUMN, AGE_COLUMN
    goods = column(lambda self, row: what(row), _("product"), ordering="variant__product__title")
    free = column(lambda self, row: available_label(row), _("available"), ordering="available_count")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("variant__product", "warehouse", "bin")
        return rows.annotate(available_count=F("on_hand") - F("reserved"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ["goods", "warehouse", "bin", "on_hand", "reserved", "free", "low_at", "cover", "age"]
            if obj
            else ["variant", "warehouse", "quantity", "note"]
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def prepare_rows(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        super().prepare_rows(request, rows)
        with_figures(rows)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "variant":
            field.queryset = field.queryset.filter(is_bundle=False).select_related("product").order_by("product__title", "sku")
            field.label_from_instance = lambda row: " · ".join([row.product.text("title"), *row.options.values(), row.sku])
        return field

    def save_model(self, request: HttpRequest, obj: Stock, form: Any, change: bool) -> None:
        values = form.cleaned_data
        made = services.receive_stock(
            variant=values["variant"],
            warehouse=values["warehouse"],
            quantity=values["quantity"],
            note=values["note"],
            actor=self.actor(request),
            at=now(),
        )
        obj.pk, obj.merchant_id = made.pk, made.merchant_id

    @object_action(
        description=_("Correct the count"),
        text=_("The difference is written to the movements with your reason."),
        done=_("The count is corrected."),
        form_class=CountForm,
        icon="edit_note",
        variant=ActionVariant.PRIMARY,
    )
    def count(self, request: HttpRequest, form: Any, row: Stock) -> None:
        services.correct_stock(
            stock_id=row.pk,
            on_hand=form.cleaned_data["on_hand"],
            expected_on_hand=form.cleaned_data["expected"],
            note=form.cleaned_data["note"],
            actor=self.actor(request),
            at=now(),
            merchant_id=merchant_of(request).pk,
        )

    @object_action(description=_("Receive goods"), done=_("The goods are in stock."), form_class=MoreForm, icon="add_box")
    def receive(self, request: HttpRequest, form: Any, row: Stock) -> None:
        services.receive_stock(
            variant=row.variant,
            warehouse=row.warehouse,
            quantity=form.cleaned_data["quantity"],
            note=form.cleaned_data["note"],
            actor=self.actor(request),
            at=now(),
        )

    @object_action(description=_("Set the bin"), done=_("It is set."), form_class=PlaceForm, icon="shelves")
    def place(self, request: HttpRequest, form: Any, row: Stock) -> None:
        set_bin(stock_id=row.pk, merchant_id=merchant_of(request).pk, code=form.cleaned_data["code"])

    @object_action(description=_("Set the threshold"), done=_("It is set."), form_class=ThresholdForm, icon="notifications")
    def threshold(self, request: HttpRequest, form: Any, row: Stock) -> None:
        services.set_low_stock(stock_id=row.pk, low_at=form.cleaned_data["low_at"], merchant_id=merchant_of(request).pk)

    @object_action(
        description=_("Send orders from elsewhere"),
        text=_(
            "For a shelf with fewer pieces than are promised: orders that wait for pieces from here are planned again from other "
            "warehouses, in a moment and one by one. What no other warehouse has stays."
        ),
        done=_("The orders are being planned again."),
        icon="alt_route",
        when=lambda row: row.reserved > 0,
    )
    def send_elsewhere(self, request: HttpRequest, form: Any, row: Stock) -> None:
        services.move_promises(warehouse_id=row.warehouse_id, stock_id=row.pk, merchant_id=merchant_of(request).pk)
