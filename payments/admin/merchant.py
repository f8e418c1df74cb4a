"""A merchant's own statements and payouts."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.display import column, day_column, money_column
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import duty_is_visible
from merchants.permissions import Duty
from payments.admin.statement_page import StatementPage, payout_label
from payments.models import Payout, PayoutStatement
from payments.payout_selectors import failure_text


@admin.register(PayoutStatement, site=merchant_site)
class OwnStatementAdmin(StatementPage, MerchantModelAdmin):
    """Closed periods, newest first."""

    duty = Duty.PAYOUTS
    list_display = ["number_shown", "period", "opening", "closing", "paid_out", "outcome"]
    list_filter = ["carried", "currency"]
    list_select_related = ["payout"]
    ordering = ["-number"]
    order_page = "merchant:orders_merchantorder_change"
    period = day_column("period_end", _("to"))

    def may_open_orders(self, request: HttpRequest) -> bool:
        return duty_is_visible(Duty.ORDERS)(request)


@admin.register(Payout, site=merchant_site)
class OwnPayoutAdmin(MerchantModelAdmin):
    """Money that was, or is being, paid to the merchant."""

    duty = Duty.PAYOUTS
    list_display = ["created", "amount", "state", "destination", "number"]
    list_filter = ["status", "currency"]
    list_select_related = ["statement"]
    ordering = ["-created_at"]
    fields = ["amount", "state", "destination", "number", "why", "created_at", "settled_at"]
    created = day_column("created_at", _("date"))
    amount = money_column("amount_minor", _("amount"))
    state = column(lambda self, row: payout_label(row), _("status"), ordering="status")
    number = column(lambda self, row: f"{row.statement.number:04d}", _("statement"), ordering="statement__number")
    why = column(lambda self, row: failure_text(row.failure_code) if row.failure_code else "–", _("reason for the failure"))
