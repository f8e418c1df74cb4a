"""Chargebacks: what a shopper's bank has taken back, until when evidence is due, and how it ended."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import money_column, reference_column, status_column
from payments.admin.history import moves
from payments.models import ProviderDispute


@admin.register(ProviderDispute)
class ProviderDisputeAdmin(ConsoleAdmin):
    """The evidence itself is handed in at the provider; what they decide is booked here by itself."""

    list_display = ["purchase", "amount", "state", "reason", "evidence_due_by", "created_at", "closed_at"]
    list_filter = ["status", "attempt__gateway"]
    list_select_related = ["attempt"]
    search_fields = ["provider_id", "attempt__description"]
    ordering = ["-created_at"]
    fields = [
        "purchase", "amount", "claimed", "state", "reason", "evidence_due_by", "attempt", "provider_id", "created_at", "closed_at",
    ]  # fmt: skip
    reference_fields = ["purchase_id"]
    change_form_after_template = "backoffice/history.html"
    purchase = reference_column("purchase_id", _("purchase"))
    amount = money_column("amount_minor", _("amount"))
    claimed = money_column("claimed_minor", _("claimed from merchants"))
    state = status_column(_("status"))

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        context = {"moves": moves(row)} if row else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})
