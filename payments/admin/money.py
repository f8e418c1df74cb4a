"""Attempts, refunds, escrow and the webhook inbox."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin, ReadOnlyInline
from core.backoffice.display import column, money_column, reference_column, status_column
from payments.models import EscrowFreeze, EscrowHold, EscrowReturn, InboxMessage, PaymentAttempt, Refund


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = ["created_at", "amount", "state", "reason", "settled_at"]
    amount = money_column("amount_minor", _("amount"))
    state = status_column(_("status"))


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(ConsoleAdmin):
    """Tries to collect a purchase. "Unknown" means that the provider has not answered; the poller keeps asking."""

    list_display = ["purchase", "amount", "state", "gateway", "failure_code", "created_at", "settled_at"]
    list_filter = ["status", "gateway"]
    search_fields = ["provider_id", "description"]
    ordering = ["-created_at"]
    fields = [
        "purchase", "amount", "refunded", "state", "gateway", "provider_id", "description", "failure_code", "polls", "next_poll_at",
        "created_at", "settled_at",
    ]  # fmt: skip
    reference_fields = ["reference"]
    inlines = [RefundInline]
    purchase = reference_column("reference", _("purchase"))
    amount = money_column("amount_minor", _("amount"))
    refunded = money_column("refunded_minor", _("refunded"))
    state = status_column(_("status"))


@admin.register(Refund)
class RefundAdmin(ConsoleAdmin):
    list_display = ["about", "amount", "state", "reason", "created_at", "settled_at"]
    list_filter = ["status"]
    search_fields = ["provider_id", "reason"]
    ordering = ["-created_at"]
    fields = ["about", "amount", "state", "reason", "provider_id", "polls", "next_poll_at", "created_at", "settled_at"]
    reference_fields = ["reference"]
    about = reference_column("reference", _("order or purchase"))
    amount = money_column("amount_minor", _("amount"))
    state = status_column(_("status"))


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


@admin.register(InboxMessage)
class InboxMessageAdmin(ConsoleAdmin):
    """Webhooks as they came in. A quarantined one did not agree with what the provider says when asked."""

    list_display = ["kind", "gateway", "state", "object_id", "attempts", "note", "created_at", "handled_at"]
    list_filter = ["status", "gateway", "kind"]
    search_fields = ["provider_event_id", "object_id", "note"]
    ordering = ["-created_at"]
    fields = [
        "kind",
        "gateway",
        "state",
        "provider_event_id",
        "object_id",
        "attempts",
        "note",
        "content",
        "created_at",
        "next_try_at",
        "handled_at",
    ]
    state = status_column(_("status"))
    content = column(lambda self, row: ", ".join(sorted(row.body)) if isinstance(row.body, dict) else "–", _("parts of the message"))
