"""Escrow: what shoppers have paid and merchants do not have yet."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin, ReadOnlyInline
from core.backoffice.display import money_column, reference_column, status_column
from payments.models import EscrowFreeze, EscrowHold, EscrowReturn


class EscrowReturnInline(ReadOnlyInline):
    model = EscrowReturn
    fields = ["created_at", "amount", "cash", "credit", "points", "commission", "is_chargeback"]
    amount = money_column("amount_minor", _("amount"))
    cash = money_column("cash_minor", _("in money"))
    credit = money_column("credit_minor", _("as credit"))
    points = money_column("points_minor", _("in points"))
    commission = money_column("commission_minor", _("commission"))


class EscrowFreezeInline(ReadOnlyInline):
    model = EscrowFreeze
    fields = ["created_at", "reserved", "lifted_at"]
    reserved = money_column("reserved_minor", _("set aside"))


@admin.register(EscrowHold)
class EscrowHoldAdmin(ConsoleAdmin):
    list_display = ["order", "merchant", "amount", "points", "commission", "state", "created_at", "settled_at"]
    list_filter = ["status", "merchant"]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name"]
    ordering = ["-created_at"]
    fields = [
        "order", "purchase_number", "merchant", "amount", "refunded", "points", "commission", "commission_tax", "state", "created_at",
        "released_at", "settled_at",
    ]  # fmt: skip
    inlines = [EscrowReturnInline, EscrowFreezeInline]
    refunded = money_column("refunded_minor", _("taken back"))
    commission_tax = money_column("commission_tax_minor", _("tax on commission"))
    reference_fields = ["reference", "purchase"]
    order = reference_column("reference", _("order"))
    purchase_number = reference_column("purchase", _("purchase"))
    amount = money_column("amount_minor", _("amount"))
    points = money_column("points_minor", _("paid with points"))
    commission = money_column("commission_minor", _("commission"))
    state = status_column(_("status"))
