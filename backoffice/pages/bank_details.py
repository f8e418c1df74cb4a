"""Full bank details for the operator: one account at a time, or all of a payment file. Each look asks for the password and is kept."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from backoffice.reauthentication import asks_again
from core.backoffice.base import actor_of
from payments.models import BankAccount, TransferFile
from payments.services.bank_accounts import reveal_details
from payments.services.transfers import note_export
from payments.transfer_files import csv_of_file


class RevealForm(forms.Form):
    """Why somebody has to see it."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget())


@asks_again
def bank_details(request: HttpRequest, account_id: uuid.UUID) -> HttpResponseBase:
    """Ask for a reason, then show the details in this answer only."""
    if not request.user.has_perm("payments.change_bankaccount"):
        raise PermissionDenied
    account = get_object_or_404(BankAccount.objects.select_related("merchant").exclude(details=""), pk=account_id)
    form = RevealForm(request.POST or None)
    details = None
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        details = reveal_details(account_id=account.pk, actor=actor_of(request, "operator"), reason=reason, at=timezone.now())
    context = {**admin.site.each_context(request), "title": _("Bank details"), "account": account, "form": form, "details": details}
    return TemplateResponse(request, "backoffice/bank_details.html", context)


@asks_again
def transfer_file(request: HttpRequest, file_id: uuid.UUID) -> HttpResponseBase:
    """A payment file with the full details of its accounts."""
    if not request.user.has_perm("payments.change_payout"):
        raise PermissionDenied
    made = get_object_or_404(TransferFile, pk=file_id)
    content = csv_of_file(made)
    note_export(made, actor=actor_of(request, "operator"), at=timezone.now())
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="payouts-{made.created_at:%Y%m%d-%H%M}.csv"'
    return answer
