"""The ledger: accounts with their balance, transactions with their entries. Nobody changes it, corrections are new entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin, ReadOnlyInline
from core.backoffice.display import column, label, money, money_column, reference_column
from core.subqueries import of_its
from payments.admin import books
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.postings import PostingKind

KIND_TONES = {
    "capture": "success", "hold": "info", "release": "primary", "refund_held": "danger", "refund_released": "danger",
    "cod_commission": "primary", "cod_refunded": "danger",
    "refund_paid": "warning", "points_granted": "info", "points_expired": "neutral", "points_clawed_back": "danger",
    "payout": "primary", "payout_paid": "success", "payout_failed": "danger", "reversal": "danger",
    "deposit_paid": "info", "deposit_held_back": "info", "deposit_returned": "success", "penalty": "danger", "penalty_returned": "success",
}  # fmt: skip


def kind_label(row: LedgerTransaction) -> SafeString:
    return label(dict(PostingKind.choices).get(row.kind, row.kind), KIND_TONES.get(row.kind, "neutral"))


def side(amount_minor: int, currency: str, *, debit: bool) -> SafeString:
    """An amount in its column: debits are positive, credits negative."""
    shown = money(abs(amount_minor), currency) if (amount_minor > 0) == debit else ""
    return format_html('<span class="amount">{}</span>', shown)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ConsoleAdmin):
    """Accounts with their balance; each has a statement. Chart and trial balance are pages of their own."""

    list_display = ["name", "owner", "currency", "balance", "statement"]
    list_filter = ["kind", "currency"]
    list_select_related = ["merchant"]
    search_fields = ["code", "merchant__name"]
    ordering = ["kind", "merchant__name"]
    fields = ["name", "owner", "code", "currency", "balance", "statement"]
    name = column(lambda self, row: row.get_kind_display(), _("account"), ordering="kind")
    owner = column(lambda self, row: books.owner_of(row) or "–", _("owner"), ordering="merchant__name")
    balance = money_column("balance_minor", _("balance, debit positive"))

    @admin.display(description=_("statement"))
    def statement(self, row: LedgerAccount) -> SafeString:
        url = reverse("admin:payments_ledgeraccount_statement", args=[row.pk])
        return format_html('<a class="link" href="{}">{}</a>', url, _("Statement"))

    def get_queryset(self, request: HttpRequest) -> Any:
        balance = of_its(LedgerEntry.objects.all(), "account", Sum("amount_minor"))
        return super().get_queryset(request).annotate(balance_minor=Coalesce(balance, 0))

    def get_urls(self) -> list[Any]:
        pages = [
            path(route, self.admin_site.admin_view(self._page(view)), name=f"payments_ledgeraccount_{name}")
            for name, route, view in books.PAGES
        ]
        return [*pages, *super().get_urls()]

    def _page(self, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        def answer(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if not self.has_view_permission(request):
                raise PermissionDenied
            return view(request, self.admin_site.each_context(request), **kwargs)

        return answer


class EntryInline(ReadOnlyInline):
    model = LedgerEntry
    fields = ["account_name", "debit", "credit"]
    debit = column(lambda self, row: side(row.amount_minor, row.currency, debit=True), _("debit"))
    credit = column(lambda self, row: side(row.amount_minor, row.currency, debit=False), _("credit"))

    @admin.display(description=_("account"))
    def account_name(self, row: LedgerEntry) -> str:
        owner = row.account.merchant
        return f"{row.account.get_kind_display()} · {owner}" if owner else str(row.account.get_kind_display())

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("account__merchant").order_by("pk")


class KindFilter(admin.SimpleListFilter):
    """What postings are called; the column knows only their codes."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return PostingKind.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ConsoleAdmin):
    list_display = ["created_at", "kind_shown", "about", "moved", "memo"]
    list_filter = [KindFilter]
    search_fields = ["key", "memo"]
    ordering = ["-created_at"]
    fields = ["created_at", "kind_shown", "about", "moved", "memo", "reverses"]
    reference_fields = ["reference"]
    inlines = [EntryInline]
    kind_shown = column(lambda self, row: kind_label(row), _("kind"), ordering="kind")
    about = reference_column("reference", _("about"))
    moved = money_column("moved_minor", _("amount"))

    def get_queryset(self, request: HttpRequest) -> Any:
        moved = of_its(LedgerEntry.objects.filter(amount_minor__gt=0), "transaction", Sum("amount_minor"))
        currency = LedgerEntry.objects.filter(transaction=OuterRef("pk")).values("currency")[:1]
        return super().get_queryset(request).annotate(moved_minor=moved, currency=Subquery(currency))
