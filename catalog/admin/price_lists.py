"""Price lists and the companies that have them, or ask for them: secret between a merchant and each company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from catalog.admin.records import PRICE_LIST, TRADE_ACCOUNT
from catalog.imports.errors import FileRefused
from catalog.models import PriceList, PriceListRow, TradeAccount
from catalog.price_list_files import HEADER, MAX_BYTES, MOST_TOLD, drafted, written
from catalog.services import trade_accounts
from catalog.services.price_lists import create_price_list, set_rows, update_price_list
from catalog.states import TradeStatus
from core.backoffice.actions import ActionVariant, ConfirmForm, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, now
from core.backoffice.display import column, label, status_column
from core.backoffice.fields import ModelForm
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty

EXAMPLE = ",".join(HEADER) + "\nLANTERN-RED,1,9.00,10\nLANTERN-RED,100,8.00,"


class PriceListForm(ModelForm):
    """A list with its prices as a table; what stands in the table is all that the list has."""

    currency = forms.ChoiceField(
        label=capfirst(_("currency")), choices=lambda: [(code, code) for code in settings.CURRENCIES], widget=UnfoldAdminSelectWidget()
    )
    table = forms.CharField(
        label=_("Prices"),
        required=False,
        max_length=MAX_BYTES,
        strip=False,
        help_text=_("One row for each SKU and quantity, the names of the columns first. Paste it from a spreadsheet if you like."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 14, "placeholder": EXAMPLE, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Prices as a file"),
        required=False,
        help_text=_("CSV or Excel, at most 2 MB, with the same columns. It takes the place of the table above."),
        widget=UnfoldAdminFileFieldWidget(),
    )

    class Meta:
        model = PriceList
        fields = ["name", "currency", "valid_from", "valid_until", "is_active"]

    merchant: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and "table" in self.fields:
            self.fields["table"].initial = written(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file, currency = cleaned.get("file"), cleaned.get("currency")
        content = (file.read(MAX_BYTES + 1) if file else cleaned.get("table", "").encode("utf-8", "replace")).strip()
        self.rows: Any = []
        if content and currency:
            name = "file" if file else "table"
            try:
                draft = drafted(content, merchant_id=self.merchant.pk, currency=currency)
            except FileRefused as error:
                self.add_error(name, str(error))
                return cleaned
            self.rows = draft.rows
            if draft.problems:
                self.add_error(name, [ValidationError(problem) for problem in draft.problems[:MOST_TOLD]])
        return cleaned

    def _post_clean(self) -> None:
        # The service writes; the instance stays as it was read.
        return


def _counts(rows: QuerySet[Any]) -> dict[Any, int]:
    return dict(rows.order_by().values_list("price_list").annotate(Count("pk")))


@admin.register(PriceList, site=merchant_site)
class PriceListAdmin(MerchantModelAdmin):
    """Lists are put out of use, never deleted: orders name the version they were priced by."""

    duty = Duty.PRODUCTS
    records = PRICE_LIST
    can_add = can_change = True
    form = PriceListForm
    list_display = ["name", "state", "currency", "valid_from", "valid_until", "goods", "companies", "version"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "currency", ("valid_from", "valid_until"), "is_active", "table", "file"]
    state = column(
        lambda self, row: label(_("In use"), "success") if row.is_active else label(_("Not in use"), "neutral"),
        _("status"),
        ordering="is_active",
    )
    goods = column(lambda self, row: row.goods_count, _("goods"))
    companies = column(lambda self, row: row.company_count, _("companies"))
    prices = column(lambda self, row: written(row), _("prices"))

    def prepare_rows(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        super().prepare_rows(request, rows)
        goods = _counts(PriceListRow.objects.filter(price_list__in=rows))
        companies = _counts(TradeAccount.objects.filter(price_list__in=rows, status=TradeStatus.APPROVED))
        for row in rows:
            row.goods_count, row.company_count = goods.get(row.pk, 0), companies.get(row.pk, 0)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Form fields beside the model's cannot be shown read-only.
        return self.fields if self.may_act(request) else ["name", "currency", "valid_from", "valid_until", "is_active", "prices"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if self.may_act(request) else self.get_fields(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.merchant = merchant_of(request)
        return form

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: PriceList, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in PriceListForm.Meta.fields}
        if not change:
            made = create_price_list(merchant=merchant_of(request), **values)
            obj.pk, obj.merchant, obj.name = made.pk, made.merchant, made.name
        elif set(form.changed_data) & set(values):
            update_price_list(price_list_id=obj.pk, **values)
        set_rows(price_list_id=obj.pk, rows=form.rows)


class ListForm(ConfirmForm):
    """Which price list a company gets."""

    object_id: str | None
    price_list = forms.ModelChoiceField(
        label=capfirst(_("price list")), queryset=PriceList.objects.none(), widget=UnfoldAdminSelectWidget()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The dialog gives every form the key of its row, which the page has found to be the merchant's own.
        row = TradeAccount.objects.filter(pk=str(self.object_id)).first() if self.object_id else None
        if row is not None:
            lists = PriceList.objects.filter(merchant=row.merchant_id, is_active=True).order_by("name")
            self.fields["price_list"].queryset = lists  # type: ignore[attr-defined]


class OfferForm(ModelForm):
    """A company by the number it has told, and a list for it."""

    number = forms.CharField(label=capfirst(_("company number")), max_length=20, widget=UnfoldAdminTextInputWidget())

    class Meta:
        model = TradeAccount
        fields = ["price_list"]

    def _post_clean(self) -> None:
        return

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("price_list") and "price_list" not in self.errors:
            self.add_error("price_list", ValidationError(_("Choose a price list.")))
        return cleaned


@admin.register(TradeAccount, site=merchant_site)
class TradeAccountAdmin(MerchantModelAdmin):
    """The inbox of companies: who asks, who is offered, who has which list."""

    duty = Duty.PRODUCTS
    records = TRADE_ACCOUNT
    can_add = True
    form = OfferForm
    list_display = ["name", "number", "state", "price_list", "country", "moved_at"]
    list_filter = ["status", "price_list"]
    list_select_related = ["company", "price_list"]
    search_fields = ["company__name", "company__number"]
    ordering = ["-moved_at"]
    actions_detail = ["approve", "refuse", "another_list", "end"]
    state = status_column(_("status"))
    name = column(lambda self, row: row.company.name, _("company"))
    number = column(lambda self, row: row.company.number, _("company number"))
    country = column(lambda self, row: row.company.country, _("country"))
    tax_number = column(lambda self, row: row.company.tax_number, _("tax number"))
    address = column(lambda self, row: row.company.address, _("address"))
    contact = column(lambda self, row: f"{row.company.contact} · {row.company.email} · {row.company.phone}", _("contact"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["number", "price_list"]
        # A company that has not said yes has only told its number.
        about = ["tax_number", "address", "contact"] if obj.status in {TradeStatus.REQUESTED, TradeStatus.APPROVED} else []
        return ["name", "number", "state", "price_list", "country", *about, "message", "note", "moved_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: TradeAccount, form: Any, change: bool) -> None:
        made = trade_accounts.offer_trade_prices(
            merchant=merchant_of(request),
            number=form.cleaned_data["number"],
            price_list_id=form.cleaned_data["price_list"].pk,
            actor=self.actor(request),
            at=now(),
        )
        obj.pk, obj.merchant, obj.company = made.pk, made.merchant, made.company

    @object_action(
        description=_("Give a price list"),
        text=_("The company's people see and pay the prices of this list from now on. Its administrators get a mail."),
        done=_("The company has your trade prices."),
        form_class=ListForm,
        icon="handshake",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == TradeStatus.REQUESTED,
    )
    def approve(self, request: HttpRequest, form: Any, row: TradeAccount) -> None:
        key = form.cleaned_data["price_list"].pk
        trade_accounts.approve_request(
            account_id=row.pk, merchant=merchant_of(request), price_list_id=key, actor=self.actor(request), at=now()
        )

    @object_action(
        description=_("Refuse"),
        text=_("The company reads your reason, and cannot ask again; you can still offer it a list."),
        done=_("The request was refused."),
        form_class=ReasonForm,
        icon="close",
        when=lambda row: row.status == TradeStatus.REQUESTED,
    )
    def refuse(self, request: HttpRequest, form: Any, row: TradeAccount) -> None:
        reason = form.cleaned_data["reason"]
        trade_accounts.refuse_request(account_id=row.pk, merchant=merchant_of(request), reason=reason, actor=self.actor(request), at=now())

    @object_action(
        description=_("Give another list"),
        text=_("The company pays the prices of this list from now on."),
        done=_("Saved."),
        form_class=ListForm,
        icon="swap_horiz",
        when=lambda row: row.status in {TradeStatus.APPROVED, TradeStatus.INVITED},
    )
    def another_list(self, request: HttpRequest, form: Any, row: TradeAccount) -> None:
        trade_accounts.change_list(account_id=row.pk, merchant=merchant_of(request), price_list_id=form.cleaned_data["price_list"].pk)

    @object_action(
        description=_("End"),
        text=_("The company pays everybody's prices from now on, and reads your reason."),
        done=_("The trade prices have ended."),
        form_class=ReasonForm,
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status in {TradeStatus.APPROVED, TradeStatus.INVITED},
    )
    def end(self, request: HttpRequest, form: Any, row: TradeAccount) -> None:
        reason = form.cleaned_data["reason"]
        trade_accounts.end_by_merchant(account_id=row.pk, merchant=merchant_of(request), reason=reason, actor=self.actor(request), at=now())


@admin.register(TradeAccount)
class OperatorTradeAccountAdmin(ConsoleAdmin):
    """Which company has trade prices where; the prices themselves are between the two."""

    list_display = ["company", "merchant", "state", "moved_at"]
    list_filter = ["status"]
    list_select_related = ["company", "merchant"]
    search_fields = ["company__name", "company__number", "merchant__name"]
    ordering = ["-moved_at"]
    fields = ["company", "merchant", "state", "message", "note", "moved_at"]
    state = status_column(_("status"))
