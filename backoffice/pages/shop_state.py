"""Whether the shop sells: its holiday, and closing it for good."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import actor_of
from core.errors import DomainError
from core.states import history
from merchants.admin import merchant_site
from merchants.admin.recording import Recorded, recording
from merchants.admin.site import duty_is_changeable, merchant_of, role_of_request
from merchants.models import Holiday, Membership, Merchant
from merchants.permissions import Duty
from merchants.selectors import holiday_ahead
from merchants.services.holidays import LONGEST_DAYS, LONGEST_NOTICE, end_holiday, plan_holiday
from orders.services.closing import close_shop, obstacles_to_closing

RECORDS = (Recorded(Merchant, ("status", "back_at", "closed_at")),)
PAST = 10
DAY = forms.DateInput(attrs={"type": "date", "class": "text-input"})


class HolidayForm(forms.Form):
    first_day = forms.DateField(label=_("First day"), widget=DAY)
    last_day = forms.DateField(label=_("Last day"), widget=DAY)
    notice = forms.CharField(
        label=_("What shoppers read"),
        max_length=LONGEST_NOTICE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "text-input"}),
    )
    notice_zh = forms.CharField(
        label=_("What shoppers read (Chinese)"),
        max_length=LONGEST_NOTICE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "text-input"}),
    )
    keeps_selling = forms.ChoiceField(
        label=_("Meanwhile"),
        choices=[("0", _("Goods cannot be bought")), ("1", _("Goods can be bought and are sent afterwards"))],
        widget=forms.RadioSelect,
        initial="0",
    )


class ClosingForm(forms.Form):
    """The name is typed once more, because a closed shop's goods are gone from the market at once."""

    name = forms.CharField(label=_("Name of the shop, to confirm"), max_length=80, widget=forms.TextInput(attrs={"class": "text-input"}))
    reason = forms.CharField(label=_("Why you close"), max_length=200, widget=forms.TextInput(attrs={"class": "text-input"}))


def shop_state(request: HttpRequest) -> HttpResponse:
    """One page for both; its forms say by `action` what should happen."""
    action = request.POST.get("action", "")
    planning = HolidayForm(request.POST if action == "plan" else None)
    closing = ClosingForm(request.POST if action == "close" else None)
    status = 200
    if request.method == "POST":
        status = _act(request, action, planning, closing)
        if status == 302:
            return redirect("merchant:shop-state")
    return TemplateResponse(request, "backoffice/shop_state.html", _context(request, planning, closing), status=status)


def _act(request: HttpRequest, action: str, planning: HolidayForm, closing: ClosingForm) -> int:
    """Do what was asked for; 302 where it is done, else the status of the page that says why not."""
    if not duty_is_changeable(request, Duty.PROFILE) or (action == "close" and not _is_owner(request)):
        raise PermissionDenied
    form = {"plan": planning, "close": closing}.get(action)
    if form is not None and not form.is_valid():
        return 422
    if action == "close" and closing.cleaned_data["name"].strip() not in _names(merchant_of(request)):
        closing.add_error("name", str(_("This is not the name of your shop.")))
        return 422
    try:
        with recording(request, RECORDS, [merchant_of(request).pk], merchant_id=merchant_of(request).pk, by="merchant"):
            _do(request, action, planning, closing)
    except DomainError as error:
        if form is None:
            messages.error(request, str(error))
            return 302
        form.add_error(None, str(error))
        return error.status
    return 302


def _do(request: HttpRequest, action: str, planning: HolidayForm, closing: ClosingForm) -> None:
    about: dict[str, Any] = {"merchant_id": merchant_of(request).pk, "actor": actor_of(request, "merchant"), "at": timezone.now()}
    if action == "plan":
        values = planning.cleaned_data
        plan_holiday(**about, **{**values, "keeps_selling": values["keeps_selling"] == "1"})
        messages.success(request, _("The holiday is planned. Your shop says so as soon as it begins."))
    elif action == "end":
        row = holiday_ahead(merchant_of(request))
        if row is not None:
            end_holiday(**about, holiday_id=row.pk)
        messages.success(request, _("The holiday has ended."))
    elif action == "close":
        close_shop(**about, reason=closing.cleaned_data["reason"])
        messages.success(request, _("Your shop is closed. What is left of your money is paid out as before."))
    else:
        raise Http404


def _names(merchant: Merchant) -> set[str]:
    return {merchant.name, merchant.text("name")}


def _is_owner(request: HttpRequest) -> bool:
    return role_of_request(request) == Membership.Role.OWNER


def _context(request: HttpRequest, planning: HolidayForm, closing: ClosingForm) -> dict[str, Any]:
    merchant = Merchant.objects.get(pk=merchant_of(request).pk)
    ahead = holiday_ahead(merchant)
    may_change = duty_is_changeable(request, Duty.PROFILE)
    may_close = may_change and _is_owner(request)
    moves = list(history(merchant).order_by("-at")[:1]) if not merchant.is_active else []
    return {
        **merchant_site.each_context(request),
        "title": _("Holiday and closing"),
        "shop": merchant,
        "ahead": ahead,
        "past": list(Holiday.objects.for_merchant(merchant).exclude(pk=ahead.pk if ahead else None).order_by("-starts_at")[:PAST]),
        "why": moves[0].reason if moves and merchant.status != Merchant.Status.HOLIDAY else "",
        "planning": planning if may_change and merchant.status in Merchant.SHOWN and ahead is None else None,
        "closing": closing if may_close and not merchant.is_closed else None,
        "obstacles": obstacles_to_closing(merchant) if not merchant.is_closed else [],
        "may_change": may_change,
        "most": LONGEST_DAYS,
    }
