"""Where a merchant's payouts go: what may be shown of it, and the page that changes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from backoffice.reauthentication import asks_again
from core.backoffice.base import actor_of
from core.backoffice.display import moment
from core.countries import country, country_choices
from core.errors import DomainError
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty
from payments.encryption import BankDetails
from payments.gateways import pays_connected_accounts
from payments.models import BankAccount
from payments.payout_selectors import current_account, former_accounts
from payments.services.bank_accounts import connect_account, set_bank_account


def _typed() -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"})


class BankAccountForm(forms.Form):
    """A new account. Nothing of the former one is ever filled in."""

    holder = forms.CharField(label=_("Account holder"), max_length=120, widget=_typed())
    country = forms.ChoiceField(label=_("Country of the bank"), choices=country_choices, widget=UnfoldAdminSelectWidget())
    number = forms.CharField(label=_("Account number or IBAN"), max_length=42, widget=_typed())
    bank_code = forms.CharField(
        label=_("Bank code"), max_length=20, required=False, widget=_typed(), help_text=_("BIC, routing, sort or CNAPS number.")
    )
    bank_name = forms.CharField(label=_("Bank"), max_length=120, required=False, widget=_typed())


class ConnectedAccountForm(forms.Form):
    """An account at Stripe that this marketplace may pay to."""

    holder = forms.CharField(label=_("Account holder"), max_length=120, widget=_typed())
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, widget=UnfoldAdminSelectWidget())
    connected_account = forms.CharField(label=_("Stripe account"), max_length=120, widget=_typed(), help_text=_("It begins with acct_."))


def bank_account(request: HttpRequest) -> HttpResponse:
    """The account as far as it may be shown, and those before it."""
    merchant, now = merchant_of(request), timezone.now()
    current = current_account(merchant.pk)
    context = {
        **merchant_site.each_context(request),
        "title": _("Bank account"),
        "account": _shown(current) if current else None,
        "waits_until": moment(current.usable_from) if current and current.usable_from > now else "",
        "former": [{**_shown(row), "until": row.replaced_at} for row in former_accounts(merchant.pk)[:10]],
        "may_change": duty_is_changeable(request, Duty.PAYOUTS),
    }
    return TemplateResponse(request, "backoffice/bank_account.html", context)


def _shown(account: BankAccount) -> dict[str, Any]:
    return {"holder": account.holder, "hint": account.hint, "country": country(account.country), "kind": account.get_kind_display()}


@asks_again
def change_bank_account(request: HttpRequest) -> HttpResponseBase:
    """The form for another account, for somebody who has just typed their password."""
    if not duty_is_changeable(request, Duty.PAYOUTS):
        raise PermissionDenied
    offers_stripe = pays_connected_accounts(merchant_of(request).pk)
    is_stripe = offers_stripe and (request.POST or request.GET).get("kind") == "stripe"
    form = (ConnectedAccountForm if is_stripe else BankAccountForm)(request.POST or None)
    if request.method == "POST" and form.is_valid() and _saved(request, form, is_stripe=is_stripe):
        return redirect("merchant:bank-account")
    context = {
        **merchant_site.each_context(request),
        "title": _("Change the bank account"),
        "form": form,
        "kind": "stripe" if is_stripe else "bank",
        "offers_stripe": offers_stripe,
    }
    return TemplateResponse(request, "backoffice/change_bank_account.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: forms.Form, *, is_stripe: bool) -> bool:
    values = form.cleaned_data
    about: dict[str, Any] = {"merchant": merchant_of(request), "actor": actor_of(request, "merchant"), "at": timezone.now()}
    try:
        if is_stripe:
            made = connect_account(**about, **values)
        else:
            details = BankDetails(values["number"], values["bank_code"], values["bank_name"])
            made = set_bank_account(**about, holder=values["holder"], country=values["country"], details=details)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Saved. Nothing is paid to the new account before %(when)s.") % {"when": moment(made.usable_from)})
    return True
