"""A merchant's own stock and warehouses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import ActionVariant, ConfirmForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column, label
from core.backoffice.fields import ModelForm, second_text, with_translations
from core.countries import country, country_choices
from logistics import services
from logistics.admin.display import LOW, ROLE_COLUMN, TOWN_COLUMN, available_label, low, what
from logistics.models import Stock, StockMovement, Warehouse
from merchants.admin import MerchantInline, MerchantModelAdmin, merchant_site
from merchants.admin.recording import Recorded
from merchants.admin.site import merchant_of
from merchants.permissions import Duty


class LevelFilter(admin.SimpleListFilter):
    title = _("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("low", _("low (%(most)s or fewer)") % {"most": LOW}), ("out", _("sold out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "low":
            return low(queryset)
        return queryset.filter(on_hand__lte=F("reserved")) if self.value() == "out" else queryset


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
    list_display = ["goods", "warehouse", "on_hand", "reserved", "free"]
    list_filter = [LevelFilter, "warehouse"]
    list_select_related = ["variant__product", "warehouse"]
    search_fields = ["variant__sku", "variant__product__title"]
    search_help_text = _("Title or SKU")
    ordering = ["variant__product__title", "variant__sku"]
    inlines = [MovementInline]
    actions_detail = ["count", "receive"]
    goods = column(lambda self, row: what(row), _("product"), ordering="variant__product__title")
    free = column(lambda self, row: available_label(row), _("available"), ordering="available_count")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("variant__product", "warehouse")
        return rows.annotate(available_count=F("on_hand") - F("reserved"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["goods", "warehouse", "on_hand", "reserved", "free"] if obj else ["variant", "warehouse", "quantity", "note"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

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


class WarehouseForm(ModelForm):
    name_zh = forms.CharField(label=capfirst(_("name (Chinese)")), max_length=80, required=False, widget=UnfoldAdminTextInputWidget())
    country = forms.ChoiceField(label=capfirst(_("country")), choices=country_choices, initial="CN", widget=UnfoldAdminSelectWidget())

    class Meta:
        model = Warehouse
        fields = ["code", "name", "kind", "city", "postcode", "country", "priority"]


@admin.register(Warehouse, site=merchant_site)
class MerchantWarehouseAdmin(MerchantModelAdmin):
    duty = Duty.SHIPPING
    records = (Recorded(Warehouse, ("code", "name", "i18n", "kind", "city", "postcode", "country", "priority", "is_active")),)
    form = WarehouseForm
    can_add = True
    list_display = ["name", "code", "kind", "town", "priority", "state"]
    list_select_related = ["merchant"]
    ordering = ["priority", "code"]
    actions_detail = ["open", "close"]
    state = column(
        lambda self, row: label(_("Open"), "success") if row.is_active else label(_("Closed"), "neutral"), _("status"), ordering="is_active"
    )
    chinese = column(lambda self, row: second_text(row, "name"), _("name (Chinese)"))
    town = TOWN_COLUMN
    land = column(lambda self, row: country(row.country), _("country"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = ["code", "name", "chinese", "kind", "town", "postcode", "land", "priority", "state"]
        return fixed if obj else ["code", ("name", "name_zh"), "kind", "city", "postcode", "country", "priority"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: Warehouse, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in WarehouseForm.Meta.fields}
        i18n = with_translations({}, {"name": form.cleaned_data["name_zh"]})
        made = services.create_warehouse(merchant=merchant_of(request), i18n=i18n, **values)
        obj.pk, obj.merchant_id = made.pk, made.merchant_id

    @object_action(
        description=pgettext_lazy("warehouse", "Close"),
        text=_("Nothing new is sold from here; what is promised is still sent."),
        done=_("The warehouse is closed."),
        icon="lock",
        when=lambda row: row.is_active,
    )
    def close(self, request: HttpRequest, form: Any, row: Warehouse) -> None:
        services.set_warehouse_active(warehouse_id=row.pk, is_active=False, merchant_id=merchant_of(request).pk)

    @object_action(description=_("Open"), done=_("The warehouse is open."), icon="lock_open", when=lambda row: not row.is_active)
    def open(self, request: HttpRequest, form: Any, row: Warehouse) -> None:
        services.set_warehouse_active(warehouse_id=row.pk, is_active=True, merchant_id=merchant_of(request).pk)
