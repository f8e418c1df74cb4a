"""Bank transfers in the operator's back office: the statement's lines, what is awaited, what has to be sent back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import ActionVariant, BaseDialogForm, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, ReadOnlyInline, actor_of, now
from core.backoffice.display import column, label, money, money_column, status_column
from core.errors import DomainError
from payments.bank_statement import MOST_BYTES
from payments.gateways.bank_reference import in_groups
from payments.models import BankLine, ExpectedTransfer, OutgoingTransfer
from payments.services import bank_transfers
from payments.states import BankLineStatus, OutgoingStatus

AWAITED_TONES = {"open": "info", "paid": "success", "closed": "neutral"}


class AssignForm(forms.Form):
    """Which payment lines are, and why somebody thinks so."""

    code = forms.CharField(label=_("Payment reference"), max_length=40, widget=UnfoldAdminTextInputWidget())
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}))


class AssignDialog(AssignForm, BaseDialogForm):
    """The same as a dialog over one line."""


class LineForm(forms.Form):
    """One line of the statement as somebody reads it off; the service reads it as strictly as a file."""

    date = forms.CharField(label=_("Date"), max_length=10, widget=forms.DateInput(attrs={"type": "date", "class": "text-input"}))
    amount = forms.CharField(label=_("Amount"), max_length=20)
    currency = forms.CharField(label=_("Currency"), max_length=3)
    text = forms.CharField(label=_("Reference text"), max_length=500, required=False)
    transaction = forms.CharField(label=_("Bank's transaction id"), max_length=80)
    payer = forms.CharField(label=_("Payer's account"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "text-input")


@admin.register(BankLine)
class BankLineAdmin(ConsoleAdmin):
    """What came in on the account. Unmatched lines wait for a person: assign them to a payment, or send them back."""

    list_display = ["booked_on", "amount", "state", "why", "text", "paid_for", "transaction_id"]
    list_filter = ["status", "problem", "currency"]
    list_select_related = ["transfer"]
    search_fields = ["transaction_id", "text", "payer", "transfer__code", "transfer__description"]
    ordering = ["-booked_on", "-created_at"]
    fields = ["booked_on", "amount", "currency", "state", "why", "text", "payer", "paid_for", "transaction_id", "created_at"]
    list_before_template = "backoffice/bank_import_link.html"
    actions = ["assign_selected"]
    actions_detail = ["assign", "send_back"]
    amount = money_column("amount_minor", _("amount"))
    state = status_column(_("status"))
    why = column(lambda self, row: row.get_problem_display() or "–", _("why it did not match"), ordering="problem")
    paid_for = column(lambda self, row: _transfer_text(row.transfer), _("payment"))

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)

    def get_urls(self) -> list[Any]:
        return [path("import/", self.admin_site.admin_view(self.import_view), name="payments_bankline_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The statement as a file, or one line of it by hand."""
        if not self.may_act(request):
            raise PermissionDenied
        typed = LineForm(request.POST if "line" in request.POST else None, initial={"currency": settings.CURRENCY, "date": now().date()})
        report, refusal = None, ""
        try:
            if "file" in request.FILES:
                report = bank_transfers.import_statement(content=_content(request), actor=actor_of(request, "operator"), at=now())
            elif typed.is_bound and typed.is_valid():
                report = bank_transfers.enter_line(cells=typed.cleaned_data, actor=actor_of(request, "operator"), at=now())
        except DomainError as error:
            refusal = str(error)
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import a bank statement"),
            "opts": self.opts,
            "typed": typed,
            "report": report,
            "refusal": refusal,
        }
        failed = refusal or (typed.is_bound and typed.errors)
        return TemplateResponse(request, "backoffice/bank_import.html", context, status=422 if failed else 200)

    @admin.action(description=_("Assign together to a payment"), permissions=["act"])
    def assign_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Several lines may be one payment: the shopper sent it in parts."""
        lines = list(queryset.filter(status=BankLineStatus.UNMATCHED).order_by("booked_on"))
        form = AssignForm(request.POST if "apply" in request.POST else None)
        if not lines or not form.is_valid():
            request.current_app = self.admin_site.name
            context = {**self.admin_site.each_context(request), "title": _("Assign together to a payment"), "opts": self.opts}
            shown = [(line, money(line.amount_minor, line.currency)) for line in lines]
            return TemplateResponse(request, "backoffice/bank_assign.html", {**context, "lines": shown, "form": form})
        self._assign(request, form, [line.pk for line in lines])
        return None

    def _assign(self, request: HttpRequest, form: Any, line_ids: list[Any]) -> None:
        try:
            bank_transfers.assign_lines(
                line_ids=line_ids,
                code=form.cleaned_data["code"],
                actor=actor_of(request, "operator"),
                reason=form.cleaned_data["reason"],
                at=now(),
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _t("The lines are assigned; the purchase is paid in a moment."))

    @object_action(
        description=_("Assign to a payment"),
        text=_("The line must be the payment's sum to the cent. Choose several lines in the list when they are it together."),
        form_class=AssignDialog,
        icon="link",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == BankLineStatus.UNMATCHED,
    )
    def assign(self, request: HttpRequest, form: Any, row: BankLine) -> None:
        self._assign(request, form, [row.pk])

    @object_action(
        description=_("Mark as sent back"),
        text=_("When you have sent the money back at the bank. It stays on the list with your reason."),
        done=_("The line is marked as sent back."),
        form_class=ReasonForm,
        icon="undo",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == BankLineStatus.UNMATCHED,
    )
    def send_back(self, request: HttpRequest, form: Any, row: BankLine) -> None:
        bank_transfers.send_back(line_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())


def _transfer_text(transfer: ExpectedTransfer | None) -> str:
    return f"{transfer.description} · {in_groups(transfer.code)}" if transfer else "–"


def _content(request: HttpRequest) -> bytes:
    """The uploaded file; one byte more than allowed is enough to know that it is too large."""
    return bytes(request.FILES["file"].read(MOST_BYTES + 1))  # type: ignore[union-attr]  # one field, one file


class LineInline(ReadOnlyInline):
    model = BankLine
    fields = ["booked_on", "amount", "text", "payer", "transaction_id"]
    amount = money_column("amount_minor", _("amount"))


@admin.register(ExpectedTransfer)
class ExpectedTransferAdmin(ConsoleAdmin):
    """Payment references that were given out, and whether their money has come in."""

    list_display = ["reference", "description", "amount", "state", "created_at"]
    list_filter = ["status", "currency"]
    search_fields = ["code", "description"]
    ordering = ["-created_at"]
    fields = ["reference", "description", "amount", "refunded", "state", "created_at"]
    inlines = [LineInline]
    reference = column(lambda self, row: in_groups(row.code), _("payment reference"), ordering="code")
    amount = money_column("amount_minor", _("amount"))
    refunded = money_column("refunded_minor", _("refunded"))
    state = column(lambda self, row: label(row.get_status_display(), AWAITED_TONES[row.status]), _("status"), ordering="status")


@admin.register(OutgoingTransfer)
class OutgoingTransferAdmin(ConsoleAdmin):
    """Refunds of bank transfers, to be made by hand at the bank and marked here, once."""

    list_display = ["about", "amount", "payer", "state", "created_at", "settled_at"]
    list_filter = ["status", "currency"]
    list_select_related = ["transfer"]
    search_fields = ["transfer__code", "transfer__description"]
    ordering = ["status", "created_at"]
    fields = ["about", "amount", "payer", "state", "created_at", "settled_at"]
    actions_detail = ["made", "impossible"]
    about = column(lambda self, row: _transfer_text(row.transfer), _("payment"))
    amount = money_column("amount_minor", _("amount"))
    payer = column(lambda self, row: row.payer or "–", _("payer's account"))
    state = status_column(_("status"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(payer=Max("transfer__lines__payer"))

    @object_action(
        description=_("Mark as made"),
        text=_("When you have made the transfer at the bank. The refund is then paid."),
        done=_("The transfer is marked as made and the refund as paid."),
        icon="check",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == OutgoingStatus.TO_MAKE,
    )
    def made(self, request: HttpRequest, form: Any, row: OutgoingTransfer) -> None:
        bank_transfers.settle_outgoing(outgoing_id=row.pk, made=True, actor=actor_of(request, "operator"), reason="", at=now())

    @object_action(
        description=_("Cannot be made"),
        text=_("The refund fails and waits for another way to the shopper, under Refunds."),
        done=_("The refund has failed and waits under Refunds."),
        form_class=ReasonForm,
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == OutgoingStatus.TO_MAKE,
    )
    def impossible(self, request: HttpRequest, form: Any, row: OutgoingTransfer) -> None:
        reason = form.cleaned_data["reason"]
        bank_transfers.settle_outgoing(outgoing_id=row.pk, made=False, actor=actor_of(request, "operator"), reason=reason, at=now())
