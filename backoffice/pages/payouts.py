"""A merchant's payouts: when the next one comes and how much, what came, and how often it should come."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from backoffice.charts import layers
from core.backoffice.base import actor_of
from core.backoffice.display import money
from core.backoffice.fields import MoneyField
from core.errors import DomainError
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty
from payments import payout_rules
from payments.admin.statement_page import payout_label
from payments.models import Payout, PayoutSchedule
from payments.payout_selectors import Funds, balance_by_day, current_account, funds, payouts_of
from payments.services.payout_schedules import schedule_for, set_schedule

DAYS = 60
RECENT = 8


class ScheduleForm(forms.Form):
    """How often and from how much on."""

    frequency = forms.ChoiceField(label=_("How often"), choices=PayoutSchedule.Frequency.choices, widget=UnfoldAdminSelectWidget())
    weekday = forms.TypedChoiceField(
        label=_("Day of the week"), coerce=int, choices=lambda: list(WEEKDAYS.items()), widget=UnfoldAdminSelectWidget(),
        help_text=_("For weekly payouts."),
    )  # fmt: skip
    day = forms.IntegerField(
        label=_("Day of the month"), min_value=1, max_value=payout_rules.LAST_DAY, widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("For monthly payouts."),
    )  # fmt: skip
    minimum_minor = MoneyField(label=_("Smallest payout"), help_text=_("A smaller balance waits for the next date."))


def payouts(request: HttpRequest) -> HttpResponse:
    """The overview, and the answer to its form."""
    merchant, now = merchant_of(request), timezone.now()
    schedule = schedule_for(merchant_id=merchant.pk, at=now)
    may_change = duty_is_changeable(request, Duty.PAYOUTS)
    names = ("frequency", "weekday", "day", "minimum_minor")
    form = ScheduleForm(request.POST or None, initial={name: getattr(schedule, name) for name in names})
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid() and _saved(request, form):
            return redirect("merchant:payouts")
    found = funds(merchant.pk, schedule, now)
    context = {
        **merchant_site.each_context(request),
        "title": _("Payouts"),
        "schedule": schedule,
        "form": form if may_change else None,
        "next": [_next(one) for one in found],
        "funds": [_amounts(one) for one in found],
        "chart": _chart(merchant.pk, found[0].currency),
        "payouts": [_line(row) for row in payouts_of(merchant.pk)[:RECENT]],
        "account": current_account(merchant.pk),
        "now": now,
    }
    return TemplateResponse(request, "backoffice/payouts.html", context)


def _saved(request: HttpRequest, form: ScheduleForm) -> bool:
    try:
        set_schedule(merchant=merchant_of(request), actor=actor_of(request, "merchant"), at=timezone.now(), **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Saved."))
    return True


def _next(one: Funds) -> dict[str, Any]:
    return {"amount": money(one.next_minor, one.currency), "is_paid": not one.carried, "reason": one.carried_label if one.carried else ""}


def _amounts(one: Funds) -> dict[str, str]:
    return {
        "held": money(one.held_minor, one.currency),
        "payable": money(one.payable_minor, one.currency),
        "reserved": money(one.reserved_minor, one.currency),
    }


def _chart(merchant_id: Any, currency: str) -> dict[str, Any]:
    days = balance_by_day(merchant_id, currency, until=timezone.now(), days=DAYS)
    columns = [[getattr(day, f"{name}_minor") for day in days] for name in ("payable", "held", "reserved")]
    drawn = layers(columns)
    return {**drawn, "top": money(drawn["top"], currency), "first": days[0].day, "last": days[-1].day}


def _line(row: Payout) -> dict[str, Any]:
    return {"row": row, "amount": money(row.amount_minor, row.currency), "status": payout_label(row)}
