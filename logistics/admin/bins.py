"""A merchant's bins."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import answer_dialog, object_action
from core.backoffice.base import now
from core.backoffice.display import column
from core.backoffice.fields import ModelForm
from core.subqueries import count_of_its
from logistics.floor.services import remove_bin, save_bin
from logistics.models import Bin, Stock
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty


class BinForm(ModelForm):
    class Meta:
        model = Bin
        fields = ["warehouse", "code"]
        help_texts = {"code": _("Aisle, rack and level, such as A-03-2; with several zones the zone before them.")}


class PositionForm(ModelForm):
    class Meta:
        model = Bin
        fields = ["aisle_number", "along_cm"]
        help_texts = {"aisle_number": _("1 is the first aisle on the left."), "along_cm": _("How far it is into the aisle.")}


@admin.register(Bin, site=merchant_site)
class BinAdmin(MerchantModelAdmin):
    """Places on the floor: made by their code, put elsewhere by what somebody measured."""

    duty = Duty.STOCK
    form = BinForm
    can_add = True
    can_change = True
    list_display = ["code", "warehouse", "zone", "aisle", "rack", "level", "articles", "aisle_number", "along_cm"]
    list_filter = ["warehouse"]
    list_select_related = ["warehouse"]
    search_fields = ["code"]
    ordering = ["warehouse__code", "code"]
    actions_detail = ["remove"]
    articles = column(lambda self, row: row.article_count, _("articles"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("warehouse").annotate(article_count=count_of_its(Stock, "bin"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["warehouse", "code", "aisle_number", "along_cm", "articles"] if obj else ["warehouse", "code"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return []
        return ["warehouse", "code", "articles"] if self.may_act(request) else self.get_fields(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change=change, **kwargs, **({"form": PositionForm} if obj else {}))

    def save_model(self, request: HttpRequest, obj: Bin, form: Any, change: bool) -> None:
        position = {name: form.cleaned_data[name] for name in PositionForm.Meta.fields} if change else {}
        made = save_bin(
            merchant_id=merchant_of(request).pk, warehouse_id=obj.warehouse_id, code=obj.code, at=now(), bin_id=obj.pk if change else None,
            **position,
        )  # fmt: skip
        obj.pk, obj.merchant_id, obj.code = made.pk, made.merchant_id, made.code

    @object_action(
        description=_("Remove the bin"), text=_("Only a bin in which nothing has its home."), done=_("The bin is removed."), icon="delete"
    )
    def remove(self, request: HttpRequest, form: Any, row: Bin) -> HttpResponse:
        remove_bin(bin_id=row.pk, merchant_id=merchant_of(request).pk)
        return answer_dialog(request, reverse("merchant:logistics_bin_changelist"))
