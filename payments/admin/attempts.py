"""Tries to collect a purchase, and what went back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ActionVariant, ConfirmForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import money, money_column, reference_column, status_column, status_label
from core.backoffice.references import reference_links, reference_names
from payments import gateways
from payments.admin.history import moves
from payments.admin.ledger import kind_label
from payments.admin.providers import provider_column
from payments.models import InboxMessage, LedgerTransaction, PaymentAttempt, Refund
from payments.rules import MISMATCH
from payments.services import attempts, refunds
from payments.states import CAPTURED

MOST_ROWS = 50


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(ConsoleAdmin):
    """Tries to collect a purchase. "Unknown" means that the provider has not answered; the poller keeps asking."""

    list_display = ["purchase", "amount", "state", "provider", "failure_code", "created_at", "settled_at"]
    list_filter = ["status", "gateway"]
    search_fields = ["provider_id", "description", "idempotency_key"]
    search_help_text = _("Purchase, provider's number or key")
    ordering = ["-created_at"]
    reference_fields = ["reference"]
    change_form_before_template = "backoffice/attempt.html"
    actions_detail = ["ask_again"]
    purchase = reference_column("reference", _("purchase"))
    amount = money_column("amount_minor", _("amount"))
    state = status_column(_("status"))
    provider = provider_column()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The page is a template of its own; there is no form field on it.
        return []

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        context = _page(row) if row else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @object_action(
        description=_("Ask the provider again"),
        text=_("Reads the payment at the provider now and settles it if it has an outcome. Nothing is charged by this."),
        done=_("The provider has been asked."),
        form_class=ConfirmForm,
        icon="sync",
        when=lambda row: row.status not in CAPTURED,
    )
    def ask_again(self, request: HttpRequest, form: Any, row: PaymentAttempt) -> None:
        attempts.ask_again(attempt_id=row.pk, actor=actor_of(request, "operator"), at=now())


def _page(row: PaymentAttempt) -> dict[str, Any]:
    """What an attempt's page shows beside its own columns."""
    about = Q(attempt_id=row.pk) | (Q(object_id=row.provider_id) if row.provider_id else Q())
    sent_back = list(row.refunds.order_by("created_at"))
    references = {refund.reference for refund in sent_back}
    names, links = reference_names(references), reference_links({row.reference, *references})
    return {
        "attempt": row,
        "provider": gateways.label_of(row.gateway),
        "purchase_url": links.get(row.reference, ""),
        "state": status_label(row),
        "differs": row.failure_code == MISMATCH,
        "amount": money(row.amount_minor, row.currency),
        "refunded": money(row.refunded_minor, row.currency),
        "moves": moves(row),
        "refunds": [
            {
                "row": refund,
                "about": names.get(refund.reference, ""),
                "url": links.get(refund.reference, ""),
                "amount": money(refund.amount_minor, refund.currency),
                "state": status_label(refund),
            }
            for refund in sent_back
        ],
        "received": [
            {"row": message, "state": status_label(message)}
            for message in InboxMessage.objects.filter(about, gateway=row.gateway).order_by("-created_at")[:MOST_ROWS]
        ],
        "postings": [
            {"row": posted, "kind": kind_label(posted)}
            for posted in LedgerTransaction.objects.filter(reference=row.reference).order_by("created_at")[:MOST_ROWS]
        ],
    }


@admin.register(Refund)
class RefundAdmin(ConsoleAdmin):
    """Money on its way back. A failed one was refused by the provider: the shopper is still owed it."""

    list_display = ["about", "amount", "state", "reason", "created_at", "settled_at"]
    list_filter = ["status"]
    search_fields = ["provider_id", "reason"]
    ordering = ["-created_at"]
    fields = ["about", "amount", "state", "reason", "provider_id", "polls", "next_poll_at", "created_at", "settled_at"]
    reference_fields = ["reference"]
    change_form_after_template = "backoffice/history.html"
    actions_detail = ["send_again"]
    about = reference_column("reference", _("order or purchase"))
    amount = money_column("amount_minor", _("amount"))
    state = status_column(_("status"))

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        context = {"moves": moves(row)} if row else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @object_action(
        description=_("Send again"),
        text=_("Asks the provider for this refund once more, under a new key. The refused one stays as it is."),
        done=_("A new refund is on its way to the provider."),
        icon="replay",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == "failed",
    )
    def send_again(self, request: HttpRequest, form: Any, row: Refund) -> None:
        refunds.retry_refund(refund_id=row.pk, actor=actor_of(request, "operator"), at=now())
