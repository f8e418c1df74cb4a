"""Bank accounts in the operator's back office: hints only. The details themselves are on a page that asks for the password again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin, ReadOnlyInline
from core.backoffice.display import column, label
from core.countries import country
from payments.models import BankAccount, BankAccountAccess


class AccessInline(ReadOnlyInline):
    model = BankAccountAccess
    fields = ["created_at", "action", "actor", "reason"]
    ordering = ["-created_at"]


@admin.register(BankAccount)
class BankAccountAdmin(ConsoleAdmin):
    list_display = ["merchant", "holder", "hint_shown", "land", "kind", "usable_from", "state"]
    list_filter = ["kind", "merchant"]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name", "holder", "last4"]
    ordering = ["-created_at"]
    fields = ["merchant", "kind", "holder", "hint_shown", "land", "connected_account", "created_at", "usable_from", "replaced_at", "full"]
    inlines = [AccessInline]
    hint_shown = column(lambda self, row: format_html('<span class="amount">{}</span>', row.hint), _("number"))
    land = column(lambda self, row: country(row.country), _("country"))
    state = column(
        lambda self, row: label(_("Replaced"), "neutral") if row.replaced_at else label(_("Current"), "success"),
        _("status"),
        ordering="replaced_at",
    )

    @admin.display(description=_("details"))
    def full(self, row: BankAccount) -> Any:
        if not row.details:
            return "–"
        url = reverse("backoffice-bank-details", args=[row.pk])
        return format_html('<a class="link" href="{}">{}</a>', url, _("Show; asks for your password and is written down"))
