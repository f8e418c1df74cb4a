"""Price requests: the merchant's inbox, and what the operator sees of all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from core.backoffice.actions import ActionVariant, ConfirmForm, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, now
from core.backoffice.display import column, day_column, money, money_column, status_column
from core.backoffice.fields import MoneyField
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.permissions import Duty
from orders.models import Quote
from orders.services import quotes
from orders.states import QuoteStatus


class QuoteOfferForm(ConfirmForm):
    """A price of a piece and for how many days it is good."""

    object_id: str | None
    unit_minor = MoneyField(label=capfirst(_("price of a piece")), least_minor=1)
    days = forms.IntegerField(
        label=_("Good for how many days?"), initial=14, min_value=1, max_value=365, widget=UnfoldAdminIntegerFieldWidget()
    )
    note = forms.CharField(label=_("Answer"), max_length=500, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The dialog gives every form the key of its row.
        row = Quote.objects.filter(pk=str(self.object_id)).first() if self.object_id else None
        if row is not None:
            self.fields["unit_minor"].currency = row.currency  # type: ignore[attr-defined]
            self.fields["unit_minor"].label = capfirst(_("price (%(currency)s)") % {"currency": row.currency})


def is_open(row: Quote) -> bool:
    return row.status == QuoteStatus.REQUESTED


def asked_for(row: Quote) -> str:
    options = ", ".join(row.variant.options.values())
    return f"{row.variant.product.text('title')}{f' ({options})' if options else ''} · {row.variant.sku}"


@admin.register(Quote, site=merchant_site)
class MerchantQuoteAdmin(MerchantModelAdmin):
    duty = Duty.PRODUCTS
    list_display = ["what", "state", "quantity", "list_price", "unit", "buyer", "created_at", "due"]
    list_filter = ["status"]
    list_select_related = ["variant__product", "user"]
    search_fields = ["variant__product__title", "variant__sku"]
    ordering = ["-created_at"]
    fields = ["what", "state", "quantity", "list_price", "unit", "total", "buyer", "message", "note", "created_at", "due_at"]
    actions_detail = ["offer", "refuse"]
    what = column(lambda self, row: asked_for(row), _("product"))
    state = status_column(_("status"))
    list_price = column(lambda self, row: money(row.variant.price_minor, row.variant.currency), _("price of one piece"))
    unit = money_column("unit_minor", _("offered price of a piece"))
    total = column(lambda self, row: money(row.total_minor, row.currency), _("total"))
    buyer = column(lambda self, row: row.user.name or _("Shopper"), _("shopper"))
    due = day_column("due_at", _("until"))

    @object_action(
        description=_("Make an offer"),
        text=_("The shopper gets a mail and can order at this price once, until the day you set."),
        done=_("The offer is on its way."),
        form_class=QuoteOfferForm,
        icon="sell",
        variant=ActionVariant.PRIMARY,
        when=is_open,
    )
    def offer(self, request: HttpRequest, form: Any, row: Quote) -> None:
        values = form.cleaned_data
        quotes.offer_quote(
            quote_id=row.pk,
            unit_minor=values["unit_minor"],
            valid_until=timezone.now() + dt.timedelta(days=values["days"]),
            note=values["note"],
            actor=self.actor(request),
            at=now(),
        )

    @object_action(
        description=_("Refuse"),
        text=_("The shopper reads your reason."),
        done=_("The request was refused."),
        form_class=ReasonForm,
        icon="close",
        when=is_open,
    )
    def refuse(self, request: HttpRequest, form: Any, row: Quote) -> None:
        quotes.refuse_quote(quote_id=row.pk, reason=form.cleaned_data["reason"], actor=self.actor(request), at=now())


@admin.register(Quote)
class QuoteAdmin(ConsoleAdmin):
    list_display = ["what", "merchant", "state", "quantity", "unit", "user", "created_at", "due_at"]
    list_filter = ["status", "merchant"]
    list_select_related = ["variant__product", "user", "merchant"]
    search_fields = ["variant__product__title", "variant__sku", "user__email"]
    ordering = ["-created_at"]
    fields = ["what", "merchant", "state", "quantity", "unit", "user", "message", "note", "checkout", "created_at", "due_at"]
    what = column(lambda self, row: asked_for(row), _("product"))
    state = status_column(_("status"))
    unit = money_column("unit_minor", _("offered price of a piece"))
