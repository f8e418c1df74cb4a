"""A merchant's carriers and its claims on them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from core.backoffice.actions import ActionVariant, ConfirmForm, ReasonForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column, label, money_column, status_column
from core.backoffice.fields import ModelForm, MoneyField, second_text, with_translations
from logistics.models import CarrierAccount, CarrierClaim
from logistics.services import carrier_accounts, claims
from logistics.services.carrier_accounts import LONGEST_CODE
from logistics.states import CarrierClaimStatus
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty


class CarrierForm(ModelForm):
    """Names in both languages; the code only while the carrier is new."""

    name_zh = forms.CharField(label=capfirst(_("name (Chinese)")), max_length=60, required=False, widget=UnfoldAdminTextInputWidget())
    tracking_url = forms.CharField(
        label=capfirst(_("tracking page")),
        max_length=300,
        required=False,
        help_text=_("With {number} where the tracking number goes, such as https://carrier.example/{number}"),
        widget=UnfoldAdminTextInputWidget(),
    )

    class Meta:
        model = CarrierAccount
        fields = ["code", "name", "tracking_url"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].max_length = LONGEST_CODE  # type: ignore[attr-defined]
            self.fields["code"].help_text = _("Small letters and digits, such as sf. It begins the carrier's address with us.")
        if self.instance.pk and "name_zh" in self.fields:
            self.fields["name_zh"].initial = second_text(self.instance, "name")

    @property
    def texts(self) -> dict[str, Any]:
        """What the services ask for."""
        values = self.cleaned_data
        i18n = with_translations(self.instance.i18n, {"name": values["name_zh"]})
        return {"name": values["name"], "i18n": i18n, "tracking_url": values["tracking_url"]}


def activity(row: CarrierAccount) -> Any:
    return label(_("Active"), "success") if row.is_active else label(_("Switched off"), "neutral")


def address(row: CarrierAccount) -> Any:
    """Where the carrier sends its messages."""
    return format_html('<code class="copyable">{}{}</code>', settings.SITE_URL, reverse("carrier-webhook", args=[row.code]))


@admin.register(CarrierAccount, site=merchant_site)
class MerchantCarrierAdmin(MerchantModelAdmin):
    """Carriers that tell us where parcels are. A secret is shown once, in the answer to the form that made it."""

    duty = Duty.SHIPPING
    form = CarrierForm
    can_add = True
    can_change = True
    list_display = ["title", "code", "state"]
    search_fields = ["name", "code"]
    ordering = ["name"]
    actions_detail = ["renew", "end_old", "switch_off", "switch_on"]
    title = column(lambda self, row: row.text("name"), _("name"), ordering="name")
    state = column(lambda self, row: activity(row), _("status"), ordering="is_active")
    where = column(lambda self, row: address(row), _("address for its messages"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["code", ("name", "name_zh"), "tracking_url"]
        texts = [("name", "name_zh"), "tracking_url"] if self.may_act(request) else ["title", "tracking_url"]
        return [*texts, "code", "where", "state", "previous_until"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = ["code", "where", "state", "previous_until"] if obj else []
        return fixed if self.may_act(request) else [*fixed, "title", "tracking_url"]

    def save_model(self, request: HttpRequest, obj: CarrierAccount, form: Any, change: bool) -> None:
        merchant = merchant_of(request)
        if change:
            carrier_accounts.change_carrier_account(account_id=obj.pk, merchant_id=merchant.pk, **form.texts)
            return
        made, secret = carrier_accounts.create_carrier_account(merchant=merchant, code=form.cleaned_data["code"], at=now(), **form.texts)
        obj.pk, obj.merchant_id, obj.code = made.pk, made.merchant_id, made.code
        request.secret = secret  # type: ignore[attr-defined]  # lives as long as the request

    def response_add(self, request: HttpRequest, obj: CarrierAccount, post_url_continue: str | None = None) -> HttpResponse:
        """Show the secret in this answer only: messages would leave it in a cookie."""
        return self._show_secret(request, obj, request.secret)  # type: ignore[attr-defined]

    def _show_secret(self, request: HttpRequest, obj: CarrierAccount, secret: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": _("The carrier's secret"), "carrier": obj, "opts": self.opts}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "backoffice/carrier_secret.html", {**context, "secret": secret, "address": address(obj)})

    @object_action(
        description=_("New secret"),
        text=_("It is shown once. The old one is valid beside it for a week, so that the carrier can change over."),
        icon="key",
        form_class=ConfirmForm,
        when=lambda row: row.is_active,
    )
    def renew(self, request: HttpRequest, form: Any, row: CarrierAccount) -> HttpResponse:
        account, secret = carrier_accounts.renew_secret(account_id=row.pk, merchant_id=merchant_of(request).pk, at=now())
        return self._show_secret(request, account, secret)

    @object_action(
        description=_("End the old secret"),
        text=_("Messages signed with the old secret are refused from now on."),
        done=_("Only the new secret is valid."),
        icon="key_off",
        when=lambda row: row.previous_until is not None,
    )
    def end_old(self, request: HttpRequest, form: Any, row: CarrierAccount) -> None:
        carrier_accounts.end_old_secret(account_id=row.pk, merchant_id=merchant_of(request).pk)

    @object_action(
        description=_("Switch off"),
        text=_("It is not offered any more and its messages are refused."),
        done=_("The carrier is switched off."),
        icon="toggle_off",
        variant=ActionVariant.DANGER,
        when=lambda row: row.is_active,
    )
    def switch_off(self, request: HttpRequest, form: Any, row: CarrierAccount) -> None:
        carrier_accounts.set_carrier_active(account_id=row.pk, merchant_id=merchant_of(request).pk, is_active=False)

    @object_action(description=_("Switch on"), done=_("The carrier is switched on."), icon="toggle_on", when=lambda row: not row.is_active)
    def switch_on(self, request: HttpRequest, form: Any, row: CarrierAccount) -> None:
        carrier_accounts.set_carrier_active(account_id=row.pk, merchant_id=merchant_of(request).pk, is_active=True)


class AcceptClaimForm(ConfirmForm):
    """How much the carrier pays."""

    object_id: str | None  # the dialog gives every form the key of its row
    paid = MoneyField(label=_("The carrier pays"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        claim = CarrierClaim.objects.filter(pk=str(self.object_id)).first() if self.object_id else None
        if claim is not None:
            self.fields["paid"].currency = claim.currency  # type: ignore[attr-defined]
            self.fields["paid"].initial = claim.amount_minor
            self.fields["paid"].label = _("The carrier pays (%(currency)s)") % {"currency": claim.currency}


def is_open(row: CarrierClaim) -> bool:
    return row.status == CarrierClaimStatus.OPEN


@admin.register(CarrierClaim, site=merchant_site)
class MerchantClaimAdmin(MerchantModelAdmin):
    duty = Duty.SHIPMENTS
    list_display = ["parcel", "state", "amount", "paid", "created_at", "decided_at"]
    list_filter = ["status"]
    list_select_related = ["shipment"]
    search_fields = ["shipment__tracking_number", "shipment__carrier"]
    ordering = ["-created_at"]
    fields = ["parcel_link", "state", "amount", "paid", "note", "created_at", "decided_at"]
    actions_detail = ["accept", "refuse"]
    parcel = column(lambda self, row: str(row.shipment), _("parcel"))
    parcel_link = column(
        lambda self, row: format_html(
            '<a class="link" href="{}">{}</a>', reverse("merchant:logistics_shipment_change", args=[row.shipment_id]), row.shipment
        ),
        _("parcel"),
    )
    state = status_column(_("status"))
    amount = money_column("amount_minor", _("amount"))
    paid = money_column("paid_minor", _("paid"))

    def _who(self, request: HttpRequest, row: CarrierClaim) -> dict[str, Any]:
        return {"claim_id": row.pk, "merchant_id": merchant_of(request).pk, "actor": self.actor(request), "at": now()}

    @object_action(
        description=_("Carrier pays"),
        done=_("The claim is accepted."),
        form_class=AcceptClaimForm,
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        when=is_open,
    )
    def accept(self, request: HttpRequest, form: Any, row: CarrierClaim) -> None:
        claims.accept_claim(paid_minor=form.cleaned_data["paid"], note=form.cleaned_data["note"], **self._who(request, row))

    @object_action(description=_("Carrier refuses"), done=_("The claim is refused."), form_class=ReasonForm, icon="block", when=is_open)
    def refuse(self, request: HttpRequest, form: Any, row: CarrierClaim) -> None:
        claims.refuse_claim(note=form.cleaned_data["reason"], **self._who(request, row))
