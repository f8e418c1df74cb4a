"""Store credit and gift cards in the operator's back office."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget

from accounts.models import User
from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, ReadOnlyInline, actor_of, now
from core.backoffice.display import column, label, money, money_column, status_column
from core.backoffice.fields import ModelForm, MoneyField
from payments.models import GiftCard, GiftCardBatch, GiftCardPurchase, StoreCreditGrant
from payments.services import gift_cards, store_credit
from payments.states import GiftCardStatus, GiftPurchaseStatus

CARD_TONES = {"active": "success", "blocked": "danger"}


class GrantForm(ModelForm):
    """Whose store credit, by how much, up or down, and why."""

    email = forms.EmailField(label=_("Member's e-mail"), widget=UnfoldAdminEmailInputWidget())
    direction = forms.ChoiceField(
        label=_("What"), choices=[("give", _("Give")), ("take", _("Take back"))], widget=UnfoldAdminSelectWidget()
    )
    value = MoneyField(label=_("Amount"), least_minor=1)

    class Meta:
        model = StoreCreditGrant
        fields = ["reason"]

    def clean_email(self) -> User:
        user = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if user is None:
            raise ValidationError(_("No member has this e-mail."))
        return user


@admin.register(StoreCreditGrant)
class StoreCreditGrantAdmin(ConsoleAdmin):
    """What the operator gave and took, newest first; the money itself is in the ledger."""

    can_add = True
    form = GrantForm
    list_display = ["created_at", "user", "amount", "reason", "by"]
    list_select_related = ["user"]
    search_fields = ["user__email", "reason"]
    ordering = ["-created_at"]
    amount = money_column("amount_minor", _("amount"))
    by = column(lambda self, row: _names(row.actor), _("by"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["created_at", "user", "amount", "reason", "by"] if obj else ["email", "direction", "value", "reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: StoreCreditGrant, form: Any, change: bool) -> None:
        sign = 1 if form.cleaned_data["direction"] == "give" else -1
        row = store_credit.grant(
            user_id=form.cleaned_data["email"].pk,
            amount_minor=sign * form.cleaned_data["value"],
            currency=settings.CURRENCY,
            reason=form.cleaned_data["reason"],
            actor=actor_of(request, "operator"),
            at=now(),
        )
        obj.__dict__.update(row.__dict__)


def _names(actor: str) -> str:
    role, _colon, key = actor.partition(":")
    user = User.objects.filter(pk=key).first() if role == "operator" and len(key) == 36 else None
    return user.email if user else actor


class BatchForm(ModelForm):
    """So many cards of that value, perhaps until a day."""

    value = MoneyField(label=_("Value of each"), least_minor=1)
    quantity = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=gift_cards.MOST_IN_BATCH, widget=UnfoldAdminIntegerFieldWidget()
    )
    until = forms.DateField(label=_("Good until the end of"), required=False, widget=UnfoldAdminSingleDateWidget())

    class Meta:
        model = GiftCardBatch
        fields = ["name"]

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day is not None and day < timezone.localdate():
            raise ValidationError(_("This day is over."))
        return day


class CardInline(ReadOnlyInline):
    model = GiftCard
    fields = ["ends_in", "state"]
    show_change_link = True
    ends_in = column(lambda self, row: str(row), _("ends in"))
    state = column(lambda self, row: label(row.get_status_display(), CARD_TONES[row.status]), _("status"))


@admin.register(GiftCardBatch)
class GiftCardBatchAdmin(ConsoleAdmin):
    """Cards issued together. Their codes are shown once, in the answer to the form that made them."""

    can_add = True
    form = BatchForm
    list_display = ["name", "quantity", "each", "expires_at", "created_at"]
    search_fields = ["name"]
    ordering = ["-created_at"]
    each = money_column("value_minor", _("value of each"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["name", "quantity", "each", "expires_at", "created_at"] if obj else ["name", "value", "quantity", "until"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: GiftCardBatch, form: Any, change: bool) -> None:
        day = form.cleaned_data["until"]
        batch, request.codes = gift_cards.issue_batch(  # type: ignore[attr-defined]  # lives as long as the request
            name=form.cleaned_data["name"],
            quantity=form.cleaned_data["quantity"],
            value_minor=form.cleaned_data["value"],
            currency=settings.CURRENCY,
            expires_at=timezone.make_aware(dt.datetime.combine(day, dt.time.max)) if day else None,
            actor=actor_of(request, "operator"),
            at=now(),
        )
        obj.__dict__.update(batch.__dict__)

    def response_add(self, request: HttpRequest, obj: GiftCardBatch, post_url_continue: str | None = None) -> HttpResponse:
        """Show the codes in this answer only: messages would leave them in a cookie."""
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "title": _("The codes of your gift cards"), "batch": obj, "opts": self.opts}
        value = money(obj.value_minor, obj.currency)
        return TemplateResponse(
            request,
            "backoffice/gift_codes.html",
            {**context, "value": value, "codes": request.codes},  # type: ignore[attr-defined]
        )


@admin.register(GiftCard)
class GiftCardAdmin(ConsoleAdmin):
    """Single cards: what is left on them, and whether they may be used. Nobody can see their codes."""

    list_display = ["ends_in", "value", "left", "state", "expires_at", "origin", "created_at"]
    list_filter = ["status", "currency"]
    list_select_related = ["batch", "purchase"]
    search_fields = ["ending", "batch__name", "purchase__recipient", "purchase__email"]
    ordering = ["-created_at"]
    fields = ["ends_in", "value", "left", "state", "expires_at", "origin", "created_at"]
    actions_detail = ["block", "unblock"]
    ends_in = column(lambda self, row: str(row), _("ends in"), ordering="ending")
    value = money_column("value_minor", _("value"))
    left = column(lambda self, row: money(row.left_minor, row.currency), _("left"))
    state = column(lambda self, row: label(row.get_status_display(), CARD_TONES[row.status]), _("status"), ordering="status")
    origin = column(lambda self, row: row.batch.name if row.batch else row.purchase.recipient, _("batch or recipient"))

    def prepare_rows(self, request: HttpRequest, rows: Any) -> None:
        super().prepare_rows(request, rows)
        left = gift_cards.balances_of(rows)
        for row in rows:
            row.left_minor = left.get(row.pk, 0)

    @object_action(
        description=_("Block"),
        text=_("It cannot be used any more until you let it be used again. What is on it stays."),
        done=_("The gift card is blocked."),
        form_class=ReasonForm,
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == GiftCardStatus.ACTIVE,
    )
    def block(self, request: HttpRequest, form: Any, row: GiftCard) -> None:
        self._set(request, form, row, blocked=True)

    @object_action(
        description=pgettext_lazy("gift card", "Let it be used again"),
        text=_("Whoever has the code can use it again."),
        done=_("The gift card can be used again."),
        form_class=ReasonForm,
        icon="check_circle",
        when=lambda row: row.status == GiftCardStatus.BLOCKED and not row.refunded_minor,
    )
    def unblock(self, request: HttpRequest, form: Any, row: GiftCard) -> None:
        self._set(request, form, row, blocked=False)

    def _set(self, request: HttpRequest, form: Any, row: GiftCard, *, blocked: bool) -> None:
        actor, reason = actor_of(request, "operator"), form.cleaned_data["reason"]
        gift_cards.set_blocked(card_id=row.pk, blocked=blocked, actor=actor, reason=reason, at=now())


@admin.register(GiftCardPurchase)
class GiftCardPurchaseAdmin(ConsoleAdmin):
    """Gift cards that shoppers bought for somebody."""

    list_display = ["created_at", "value", "email", "recipient", "state", "paid_at"]
    list_filter = ["status"]
    search_fields = ["email", "recipient"]
    ordering = ["-created_at"]
    fields = ["value", "email", "recipient", "giver", "message", "language", "state", "created_at", "paid_at"]
    actions_detail = ["give_back"]
    value = money_column("value_minor", _("value"))
    state = status_column(_("status"))

    @object_action(
        description=_("Refund"),
        text=_("Only while nothing of the card is used. The card is blocked and the buyer gets the money back."),
        done=_("The gift card is blocked and refunded."),
        form_class=ReasonForm,
        icon="undo",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == GiftPurchaseStatus.PAID,
    )
    def give_back(self, request: HttpRequest, form: Any, row: GiftCardPurchase) -> None:
        gift_cards.give_back(purchase_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())
