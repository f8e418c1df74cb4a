"""The webhook inbox and its quarantine."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, money, status_column, status_label
from core.errors import DomainError
from payments import gateways
from payments.admin.history import moves
from payments.admin.providers import provider_column
from payments.models import InboxMessage, PaymentAttempt, Refund
from payments.rules import MAX_MESSAGE_TRIES
from payments.services import quarantine
from payments.states import MessageStatus, Subject


@admin.register(InboxMessage)
class InboxMessageAdmin(ConsoleAdmin):
    """Webhooks as they came in. A quarantined one did not agree with what the provider says when asked."""

    list_display = ["named", "provider", "state", "note", "tries", "created_at", "handled_at"]
    list_filter = ["status", "gateway", "kind"]
    search_fields = ["provider_event_id", "object_id", "note"]
    ordering = ["-created_at"]
    change_form_before_template = "backoffice/message.html"
    actions = ["release_selected"]
    actions_detail = ["release", "dismiss"]
    state = status_column(_("status"))
    provider = provider_column()
    named = column(
        lambda self, row: format_html('<span class="cell">{}<small>{}</small></span>', row.kind, row.object_id),
        _("message"),
        ordering="kind",
    )
    tries = column(lambda self, row: format_html('<span class="amount">{}</span>', row.attempts), _("tries"), ordering="attempts")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The page is a template of its own; there is no form field on it.
        return []

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("body")

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        context = _page(row) if row else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)

    @admin.action(description=_("Try again"), permissions=["act"])
    def release_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Those that are in quarantine; the others stay as they are."""
        count = 0
        for key in queryset.filter(status=MessageStatus.QUARANTINED).values_list("pk", flat=True):
            try:
                quarantine.release_message(message_id=key, actor=actor_of(request, "operator"), at=now())
                count += 1
            except DomainError:  # somebody else was faster with this one
                continue
        text = ngettext("%(count)d message will be tried again.", "%(count)d messages will be tried again.", count)
        messages.success(request, text % {"count": count})

    @object_action(
        description=_("Try again"),
        text=_("The message leaves quarantine and is handled again; what it is about is read at the provider once more."),
        done=_("The message will be tried again."),
        icon="replay",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == MessageStatus.QUARANTINED,
    )
    def release(self, request: HttpRequest, form: Any, row: InboxMessage) -> None:
        quarantine.release_message(message_id=row.pk, actor=actor_of(request, "operator"), at=now())

    @object_action(
        description=_("Dismiss"),
        text=_("The message is put aside for good and never acted on. It stays here with your reason."),
        done=_("The message is dismissed."),
        form_class=ReasonForm,
        icon="delete_sweep",
        when=lambda row: row.status == MessageStatus.QUARANTINED,
    )
    def dismiss(self, request: HttpRequest, form: Any, row: InboxMessage) -> None:
        quarantine.dismiss_message(message_id=row.pk, reason=form.cleaned_data["reason"], actor=actor_of(request, "operator"), at=now())


def _page(row: InboxMessage) -> dict[str, Any]:
    """What a message's page shows; five statements."""
    return {
        "message": row,
        "provider": gateways.label_of(row.gateway),
        "state": status_label(row),
        "most_tries": MAX_MESSAGE_TRIES,
        "is_waiting": row.status == MessageStatus.RECEIVED,
        "is_quarantined": row.status == MessageStatus.QUARANTINED,
        "body": json.dumps(row.body, indent=2, ensure_ascii=False, sort_keys=True),
        "about": _about(row),
        "moves": moves(row),
    }


def _about(row: InboxMessage) -> dict[str, Any] | None:
    """The payment or refund of ours that the message names, with a link to it."""
    found: PaymentAttempt | Refund | None
    if row.subject == Subject.REFUND:
        found = Refund.objects.filter(attempt__gateway=row.gateway, provider_id=row.object_id).first()
    else:
        named = Q(provider_id=row.object_id) | Q(pk=row.attempt_id)
        found = PaymentAttempt.objects.filter(named, gateway=row.gateway).first() if row.object_id or row.attempt_id else None
    if found is None:
        return None
    return {
        "url": reverse(f"admin:payments_{found._meta.model_name}_change", args=[found.pk]),
        "name": found._meta.verbose_name,
        "amount": money(found.amount_minor, found.currency),
        "state": status_label(found),
    }
