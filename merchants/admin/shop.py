"""The merchant's own pages: shop profile and API keys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import ActionVariant, ConfirmForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column, label, status_column
from core.backoffice.fields import ModelForm, TextField, second_text, with_translations
from merchants import services
from merchants.admin.recording import Recorded
from merchants.admin.site import merchant_of, merchant_site
from merchants.admin.tenant import MerchantModelAdmin, SingletonAdmin
from merchants.models import ApiKey, Merchant
from merchants.permissions import Duty
from merchants.services.api_keys import create_api_key, revoke_api_key


class ProfileForm(ModelForm):
    """What shoppers read on the shop's page, in both languages."""

    name_zh = forms.CharField(label=capfirst(_("name (Chinese)")), max_length=80, required=False, widget=UnfoldAdminTextInputWidget())
    description = TextField(label=capfirst(_("description")), required=False)
    description_zh = TextField(label=capfirst(_("description (Chinese)")), required=False)
    page_address = forms.CharField(
        label=capfirst(_("address of the page")),
        max_length=60,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("The end of the page's address. Former addresses lead to the new one for good."),
    )

    class Meta:
        model = Merchant
        fields = ["name", "description", "email", "city", "address", "handling_days", "cash_on_delivery", "tax_number"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ("name", "description"):
            self.initial[f"{field}_zh"] = second_text(self.instance, field)
        self.initial["page_address"] = self.instance.slug


@admin.register(Merchant, site=merchant_site)
class ShopProfileAdmin(SingletonAdmin):
    duty = Duty.PROFILE
    records = (Recorded(Merchant, (*ProfileForm.Meta.fields, "i18n", "slug")),)
    tenant_path = "pk"
    form = ProfileForm
    can_change = True
    list_display = ["name", "state"]
    readonly_fields = ["kind", "state", "plan"]
    fieldsets = [
        (None, {"fields": [("name", "name_zh"), ("description", "description_zh"), "page_address"]}),
        (_("Contact and delivery"), {"fields": [("email", "handling_days"), ("city", "address"), ("cash_on_delivery", "tax_number")]}),
        (_("Agreed with the marketplace"), {"fields": [("kind", "state", "plan")]}),
    ]
    state = status_column(_("status"))
    plan = column(lambda self, row: f"{row.commission_plan.rate_bps / 100:g}%", _("commission"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("commission_plan")

    def save_model(self, request: HttpRequest, obj: Merchant, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ProfileForm.Meta.fields}
        texts = {name: form.cleaned_data[f"{name}_zh"] for name in ("name", "description")}
        services.update_merchant(merchant_id=obj.pk, i18n=with_translations(obj.i18n, texts), **values)
        if form.cleaned_data["page_address"]:
            services.change_shop_slug(merchant_id=obj.pk, slug=form.cleaned_data["page_address"])


class ApiKeyForm(ModelForm):
    scopes = forms.MultipleChoiceField(
        label=capfirst(_("scopes")), choices=ApiKey.Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget()
    )

    class Meta:
        model = ApiKey
        fields = ["name", "scopes"]


@admin.register(ApiKey, site=merchant_site)
class ApiKeyAdmin(MerchantModelAdmin):
    """Keys for the partner API. The whole key is shown once, in the answer to the form that made it."""

    duty = Duty.API_KEYS
    records = (Recorded(ApiKey, ("name", "prefix", "scopes", "revoked_at")),)
    can_add = True
    form = ApiKeyForm
    list_display = ["name", "beginning", "scope_list", "created_at", "last_used_at", "state"]
    search_fields = ["name", "prefix"]
    ordering = ["-created_at"]
    actions_detail = ["revoke"]
    beginning = column(lambda self, row: f"mk_live_{row.prefix}…", _("key"))
    scope_list = column(lambda self, row: ", ".join(str(ApiKey.Scope(scope).label) for scope in row.scopes), _("scopes"))
    state = column(
        lambda self, row: label(_("Revoked"), "neutral") if row.revoked_at else label(_("Live"), "success"),
        _("status"),
        ordering="revoked_at",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["name", "beginning", "scope_list", "created_at", "last_used_at", "state"] if obj else ["name", "scopes"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        key, request.secret = create_api_key(  # type: ignore[attr-defined]  # lives as long as the request
            merchant=merchant_of(request),
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            user=request.user,  # type: ignore[arg-type]  # nobody is anonymous here
        )
        obj.pk, obj.merchant, obj.prefix = key.pk, key.merchant, key.prefix

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key in this answer only: messages would leave it in a cookie."""
        context = {**self.admin_site.each_context(request), "title": _("Your new API key"), "key": obj, "opts": self.opts}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "backoffice/new_api_key.html", {**context, "secret": request.secret})  # type: ignore[attr-defined]

    @object_action(
        description=_("Revoke"),
        text=_("Programs that use this key are refused from now on. This cannot be undone."),
        done=_("The key is revoked."),
        form_class=ConfirmForm,
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.revoked_at is None,
    )
    def revoke(self, request: HttpRequest, form: Any, row: ApiKey) -> None:
        revoke_api_key(merchant=merchant_of(request), key_id=row.pk, at=now())
