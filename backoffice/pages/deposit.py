"""A merchant's deposit with the marketplace: what is asked, what is there, how it came, and penalties with their appeals."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import actor_of
from core.backoffice.display import money
from core.backoffice.fields import MoneyField
from core.errors import DomainError
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, duty_is_visible, merchant_of
from merchants.models import Violation
from merchants.permissions import Duty
from payments.selectors.deposits import DepositView, deposit_of, movements_of, violations_with_penalty
from payments.services.deposits import pay_deposit, returned_from

PER_PAGE = 25
MOST_PENALTIES = 20
TAKEN_TONES = {"taken": "danger", "returned": "success"}


class PayForm(forms.Form):
    """The key makes a form that is sent twice one payment."""

    amount_minor = MoneyField(label=_("Amount"), least_minor=1)
    key = forms.UUIDField(widget=forms.HiddenInput)


def deposit(request: HttpRequest) -> HttpResponse:
    """The overview, and the answer to its form."""
    merchant = merchant_of(request)
    view = deposit_of(merchant.pk)
    form = PayForm(request.POST or None, initial={"amount_minor": view.most_minor, "key": uuid.uuid4()})
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.PAYOUTS):
            raise PermissionDenied
        if form.is_valid() and _paid(request, form):
            return redirect("merchant:deposit")
    return TemplateResponse(request, "backoffice/deposit.html", _context(request, view, form), status=422 if form.errors else 200)


def _paid(request: HttpRequest, form: PayForm) -> bool:
    said = {"amount_minor": form.cleaned_data["amount_minor"], "key": str(form.cleaned_data["key"])}
    try:
        pay_deposit(merchant_id=merchant_of(request).pk, actor=actor_of(request, "merchant"), at=timezone.now(), **said)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Paid from your balance."))
    return True


def _context(request: HttpRequest, view: DepositView, form: PayForm) -> dict[str, Any]:
    merchant = merchant_of(request)
    page = Paginator(movements_of(merchant.pk), PER_PAGE).get_page(request.GET.get("page"))
    may_pay = duty_is_changeable(request, Duty.PAYOUTS) and not merchant.is_closed
    amounts = {name: money(getattr(view, f"{name}_minor"), view.currency) for name in ("required", "paid", "missing", "payable")}
    return {
        **merchant_site.each_context(request),
        "title": _("Deposit and penalties"),
        "amounts": amounts,
        "is_missing": view.missing_minor > 0,
        "form": form if may_pay and (view.most_minor > 0 or form.errors) else None,
        "page": page,
        "rows": [{"row": row, "amount": money(row.amount_minor, row.currency)} for row in page.object_list],
        "penalties": [_penalty(row, view.currency) for row in violations_with_penalty(merchant.pk)[:MOST_PENALTIES]],
        "links": duty_is_visible(Duty.ORDERS)(request),
        "returned_from": returned_from(merchant) if view.paid_minor else None,
    }


def _penalty(row: Violation, currency: str) -> dict[str, Any]:
    taken = getattr(row, "taken_penalty", None)
    return {
        "row": row,
        "amount": money(row.penalty_minor, currency),
        "state": taken.get_status_display() if taken else row.get_status_display(),
        "tone": TAKEN_TONES[taken.status] if taken else "warning",
        "may_appeal": row.status == Violation.Status.OPEN
        and taken is None
        and row.appeal_by is not None
        and row.appeal_by >= timezone.now(),
    }
