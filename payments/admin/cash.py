"""Cash on delivery as the operator sees it: what merchants collect, what goes back."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin, ReadOnlyInline
from core.backoffice.display import column, money_column, reference_column, status_column
from payments.models import CashCollection, CashReturn


class ReturnInline(ReadOnlyInline):
    model = CashReturn
    fields = ["created_at", "amount", "in_cash", "how", "paid_at"]
    amount = money_column("amount_minor", _("amount"))
    in_cash = money_column("cash_minor", _("of it paid in cash"))
    how = column(lambda self, row: row.get_way_display(), _("way"))


@admin.register(CashCollection)
class CashCollectionAdmin(ConsoleAdmin):
    """Orders paid at the door. The merchant has the money and owes the commission once the order is complete."""

    list_display = ["order", "merchant", "amount", "commission", "refunded", "state", "created_at", "collected_at"]
    list_filter = ["status", "merchant"]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name"]
    ordering = ["-created_at"]
    fields = [
        "order",
        "purchase_number",
        "merchant",
        "whole",
        "amount",
        "commission",
        "tax",
        "refunded",
        "state",
        "created_at",
        "collected_at",
    ]
    reference_fields = ["reference", "purchase"]
    inlines = [ReturnInline]
    order = reference_column("reference", _("order"))
    purchase_number = reference_column("purchase", _("purchase"))
    whole = money_column("total_minor", _("total"))
    amount = money_column("amount_minor", _("to collect"))
    commission = money_column("commission_minor", _("commission"))
    tax = money_column("commission_tax_minor", _("tax on commission"))
    refunded = money_column("refunded_minor", _("refunded"))
    state = status_column(_("status"))
