"""Of whom a merchant buys."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.backoffice.fields import ModelForm
from logistics.models import Supplier
from logistics.services import purchasing
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty


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
