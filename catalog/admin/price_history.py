"""What variants have cost, for merchants of their own and for the operator of all."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceChange
from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import column, money_column
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.permissions import Duty

SEARCHED = ["variant__sku", "variant__product__title"]
product = column(lambda self, row: row.variant.product.text("title"), _("product"))
sku = column(lambda self, row: row.variant.sku, _("SKU"))


@admin.register(PriceChange, site=merchant_site)
class MerchantPriceChangeAdmin(MerchantModelAdmin):
    duty = Duty.PRODUCTS
    tenant_path = "variant__merchant"
    list_display = ["product", "sku", "price", "compare_at", "at"]
    list_select_related = ["variant__product"]
    list_filter = ["currency"]
    search_fields = SEARCHED
    search_help_text = _("Title or SKU")
    ordering = ["-at", "-id"]
    fields = ["product", "sku", "price", "compare_at", "at"]
    product, sku = product, sku
    price = money_column("price_minor", _("price"))
    compare_at = money_column("compare_at_minor", _("compare-at price"))


@admin.register(PriceChange)
class PriceChangeAdmin(ConsoleAdmin):
    list_display = ["product", "merchant", "sku", "price", "compare_at", "at"]
    list_select_related = ["variant__product", "variant__merchant"]
    list_filter = ["currency"]
    search_fields = SEARCHED
    search_help_text = _("Title or SKU")
    ordering = ["-at", "-id"]
    fields = ["product", "merchant", "sku", "price", "compare_at", "at"]
    product, sku = product, sku
    merchant = column(lambda self, row: row.variant.merchant.text("name"), _("merchant"))
    price = money_column("price_minor", _("price"))
    compare_at = money_column("compare_at_minor", _("compare-at price"))
