"""Payouts in the operator's back office: what is under way, what failed, files for the bank, and who is paused."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action as unfold_action

from core.backoffice.actions import ActionVariant, ConfirmForm, ReasonForm, answer_dialog, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, label, money, money_column
from payments.admin.statement_page import StatementPage, payout_label
from payments.models import Payout, PayoutSchedule, PayoutStatement, TransferFile
from payments.services import payout_schedules, payouts, transfers
from payments.states import PAYOUT_LIVE, PayoutStatus

OPERATOR = "operator"


def is_by_hand(row: Payout) -> bool:
    return row.gateway == transfers.BY_HAND and row.status in PAYOUT_LIVE


@admin.register(Payout)
class PayoutAdmin(ConsoleAdmin):
    """Money on its way to merchants. What failed is payable again; trying again makes a new payout of the balance as it is now."""

    list_display = ["merchant", "amount", "state", "goes_to", "way", "number", "created_at", "settled_at"]
    list_filter = ["status", "gateway", "currency"]
    list_select_related = ["merchant", "statement"]
    search_fields = ["merchant__name", "provider_id"]
    ordering = ["-created_at"]
    fields = [
        "merchant", "amount", "state", "destination", "way", "statement", "file", "provider_id", "failure_code", "polls", "next_poll_at",
        "created_at", "settled_at",
    ]  # fmt: skip
    actions_detail = ["retry", "mark_paid", "mark_returned"]
    actions_list = ["make_file"]
    amount = money_column("amount_minor", _("amount"))
    state = column(lambda self, row: payout_label(row), _("status"), ordering="status")
    number = column(lambda self, row: f"{row.statement.number:04d}", _("statement"), ordering="statement__number")
    goes_to = column(lambda self, row: format_html('<span class="amount">{}</span>', row.destination), _("goes to"))
    way = column(lambda self, row: transfers.way_of(row), _("way"), ordering="gateway")

    @object_action(
        description=_("Pay again"),
        text=_("Makes a new statement and a new payout of what is payable now; the failed one stays as it is."),
        done=_("A new payout is on its way."),
        form_class=ConfirmForm,
        icon="replay",
        when=lambda row: row.status == PayoutStatus.FAILED,
    )
    def retry(self, request: HttpRequest, form: Any, row: Payout) -> None:
        payouts.retry_payout(payout_id=row.pk, actor=actor_of(request, OPERATOR), at=now())

    @object_action(
        description=_("Mark paid"),
        text=_("The bank has carried out the transfer. This cannot be undone."),
        done=_("The payout is marked as paid."),
        form_class=ConfirmForm,
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        when=is_by_hand,
    )
    def mark_paid(self, request: HttpRequest, form: Any, row: Payout) -> None:
        transfers.mark_by_hand(payout_id=row.pk, is_paid=True, actor=actor_of(request, OPERATOR), reason="", at=now())

    @object_action(
        description=_("Mark returned"),
        text=_("The bank refused the transfer or sent it back; the merchant's balance gets the money again."),
        done=_("The payout is marked as failed."),
        form_class=ReasonForm,
        icon="undo",
        variant=ActionVariant.DANGER,
        when=is_by_hand,
    )
    def mark_returned(self, request: HttpRequest, form: Any, row: Payout) -> None:
        reason = form.cleaned_data["reason"]
        transfers.mark_by_hand(payout_id=row.pk, is_paid=False, actor=actor_of(request, OPERATOR), reason=reason, at=now())

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)

    @unfold_action(  # type: ignore[untyped-decorator]
        description=_("New payment file"),
        permissions=["act"],
        icon="file_save",
        dialog={
            "title": _("New payment file"),
            "description": _("Puts every payout that waits for your bank into one file. Each is in one file only."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Make the file"),
        },
    )
    def make_file(self, request: HttpRequest, form: Any) -> HttpResponse:
        if not self.may_act(request):
            raise PermissionDenied
        made = transfers.make_transfer_file(actor=actor_of(request, OPERATOR), at=now())
        if made is None:
            messages.info(request, _("No payout waits for a file."))
            return answer_dialog(request, reverse("admin:payments_payout_changelist"))
        return answer_dialog(request, reverse("admin:payments_transferfile_change", args=[made.pk]))


@admin.register(TransferFile)
class TransferFileAdmin(ConsoleAdmin):
    """Files for the operator's bank. They hold full bank details: a download asks for the password again and is written down."""

    list_display = ["created_at", "count", "sums"]
    ordering = ["-created_at"]
    fields = ["created_at", "actor", "count", "sums", "download"]
    count = column(lambda self, row: row.payout_count, _("payouts"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(payout_count=Count("payouts"))

    @admin.display(description=_("sums"))
    def sums(self, row: TransferFile) -> str:
        totals = row.payouts.order_by("currency").values_list("currency").annotate(minor=Sum("amount_minor"))
        return ", ".join(money(minor, currency) for currency, minor in totals)

    @admin.display(description=_("file"))
    def download(self, row: TransferFile) -> Any:
        url = reverse("backoffice-transfer-file", args=[row.pk])
        return format_html('<a class="link" href="{}">{}</a>', url, _("Download (CSV)"))


@admin.register(PayoutStatement)
class PayoutStatementAdmin(StatementPage, ConsoleAdmin):
    """Closed periods of all merchants."""

    list_display = ["merchant", "number_shown", "currency", "opening", "closing", "outcome", "period_end"]
    list_filter = ["carried", "currency", "merchant"]
    list_select_related = ["merchant", "payout"]
    search_fields = ["merchant__name"]
    ordering = ["-created_at"]
    order_page = "admin:orders_merchantorder_change"


@admin.register(PayoutSchedule)
class PayoutScheduleAdmin(ConsoleAdmin):
    """When each merchant is paid. A pause keeps their money in the balance; periods are closed all the same."""

    list_display = ["merchant", "frequency", "minimum_minor_shown", "next_payout_at", "state"]
    list_filter = ["frequency"]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name"]
    ordering = ["next_payout_at"]
    fields = [
        "merchant",
        "frequency",
        "weekday",
        "day",
        "minimum_minor_shown",
        "next_payout_at",
        "last_number",
        "paused_at",
        "paused_reason",
    ]
    actions_detail = ["pause", "resume"]
    minimum_minor_shown = column(lambda self, row: money(row.minimum_minor, payout_schedules.settled_in()), _("smallest payout"))
    state = column(
        lambda self, row: label(_("Paused"), "danger") if row.is_paused else label(_("Live"), "success"), _("status"), ordering="paused_at"
    )

    @object_action(
        description=_("Pause payouts"),
        text=_("Nothing is paid to this merchant until you resume. They see the reason."),
        done=_("Payouts are paused."),
        form_class=ReasonForm,
        icon="pause",
        variant=ActionVariant.DANGER,
        when=lambda row: not row.is_paused,
    )
    def pause(self, request: HttpRequest, form: Any, row: PayoutSchedule) -> None:
        reason = form.cleaned_data["reason"]
        payout_schedules.pause_payouts(merchant=row.merchant, actor=actor_of(request, OPERATOR), reason=reason, at=now())

    @object_action(
        description=_("Resume payouts"),
        text=_("The balance goes out with the next period."),
        done=_("Payouts go on."),
        form_class=ReasonForm,
        icon="play_arrow",
        when=lambda row: row.is_paused,
    )
    def resume(self, request: HttpRequest, form: Any, row: PayoutSchedule) -> None:
        reason = form.cleaned_data["reason"]
        payout_schedules.resume_payouts(merchant=row.merchant, actor=actor_of(request, OPERATOR), reason=reason, at=now())
