"""Deposits and penalties, for the operator: what is asked of whom, what is there, what was taken."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin, now
from core.backoffice.display import column, day, money, money_column, status_column
from core.backoffice.fields import ModelForm, MoneyField
from payments.models import Deposit, DepositMovement, DepositRule, LedgerAccount, LedgerBalance, Penalty
from payments.services.deposits import save_rule


class DepositRuleForm(ModelForm):
    amount_minor = MoneyField(label=capfirst(_("deposit")), least_minor=1)

    class Meta:
        model = DepositRule
        fields = ["kind", "category", "amount_minor", "is_active"]


@admin.register(DepositRule)
class DepositRuleAdmin(ConsoleAdmin):
    """Of several rules that fit a merchant the highest counts. A rule that is not in force any more stays, for the record."""

    form = DepositRuleForm
    can_add = can_change = True
    list_display = ["who", "where", "amount", "is_active"]
    list_filter = ["is_active", "kind"]
    list_select_related = ["category"]
    ordering = ["kind", "-amount_minor"]
    autocomplete_fields = ["category"]
    fields = ["kind", "category", "amount_minor", "is_active"]
    who = column(lambda self, row: str(row), _("kind of merchant"), ordering="kind")
    where = column(lambda self, row: row.category.text("name") if row.category else _("All goods"), _("category"))
    amount = column(lambda self, row: money(row.amount_minor, settings.CURRENCY), _("deposit"), ordering="amount_minor")

    def save_model(self, request: HttpRequest, obj: DepositRule, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ("kind", "amount_minor", "is_active")}
        category = form.cleaned_data["category"]
        row = save_rule(rule_id=obj.pk if change else None, category_id=category.pk if category else None, at=now(), **values)
        obj.pk = row.pk


@admin.register(Deposit)
class DepositAdmin(ConsoleAdmin):
    list_display = ["merchant", "required", "there", "missing"]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name"]
    ordering = ["-required_minor"]
    fields = ["merchant", "required", "there", "missing", "movements"]
    required = money_column("required_minor", _("required"))
    there = column(lambda self, row: money(_kept(row), row.currency), _("there"))
    missing = column(lambda self, row: money(max(row.required_minor - _kept(row), 0), row.currency), _("missing"))

    def get_queryset(self, request: HttpRequest) -> Any:
        kept = LedgerBalance.objects.filter(
            account__kind=LedgerAccount.Kind.DEPOSIT, account__merchant_id=OuterRef("merchant_id"), account__currency=OuterRef("currency")
        )
        return super().get_queryset(request).annotate(kept_minor=Subquery(kept.values("available_minor")[:1]))

    @admin.display(description=_("movements"))
    def movements(self, row: Deposit) -> Any:
        rows = DepositMovement.objects.filter(merchant_id=row.merchant_id).order_by("-created_at")[:20]
        lines = ((day(move.created_at), move.get_kind_display(), money(move.amount_minor, move.currency)) for move in rows)
        return format_html_join("", "<div>{} · {} · {}</div>", lines) or "–"


def _kept(row: Any) -> int:
    return row.kept_minor or 0


@admin.register(Penalty)
class PenaltyAdmin(ConsoleAdmin):
    list_display = ["what", "merchant", "state", "amount", "from_deposit", "created_at"]
    list_filter = ["status"]
    list_select_related = ["merchant", "violation"]
    search_fields = ["merchant__name", "violation__rule"]
    ordering = ["-created_at"]
    fields = ["what", "merchant", "state", "amount", "from_deposit", "created_at", "returned_at"]
    what = column(lambda self, row: str(row.violation), _("rule broken"))
    state = status_column(_("status"))
    amount = money_column("amount_minor", _("amount"))
    from_deposit = money_column("deposit_minor", _("of it from the deposit"))
