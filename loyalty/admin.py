"""Points: every movement of every lot, for reading."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin, ReadOnlyInline
from core.backoffice.display import column, label, reference_column
from loyalty.models import PointsEntry, PointsLot

KINDS = {"earn": "success", "redeem": "info", "rollback": "info", "expire": "neutral", "claw_back": "danger", "adjust": "warning"}


class EntryInline(ReadOnlyInline):
    model = PointsEntry
    fields = ["kind", "delta", "created_at"]
    ordering = ["created_at"]
    verbose_name_plural = _("movements")


@admin.register(PointsLot)
class PointsLotAdmin(ConsoleAdmin):
    list_display = ["user", "rule", "order", "earned", "remaining", "created_at", "expires_at"]
    list_filter = ["rule"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    ordering = ["-created_at"]
    fields = ["user", "rule", "order", "earned", "remaining", "created_at", "expires_at"]
    reference_fields = ["reference"]
    inlines = [EntryInline]
    order = reference_column("reference", _("order"))


@admin.register(PointsEntry)
class PointsEntryAdmin(ConsoleAdmin):
    list_display = ["user", "movement", "delta", "order", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    ordering = ["-created_at"]
    fields = ["user", "movement", "delta", "order", "created_at"]
    reference_fields = ["reference"]
    movement = column(lambda self, row: label(row.get_kind_display(), KINDS[row.kind]), _("movement"), ordering="kind")
    order = reference_column("reference", _("order"))
