"""Mails as they were written; with the demo they stay here instead of being sent."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import status_column
from support.models import Mail


@admin.register(Mail)
class MailAdmin(ConsoleAdmin):
    list_display = ["subject", "to", "state", "kind", "language", "created_at", "sent_at"]
    list_filter = ["status", "kind", "language"]
    search_fields = ["subject", "to"]
    ordering = ["-created_at"]
    fields = ["subject", "to", "state", "kind", "language", "attempts", "created_at", "sent_at", "text"]
    state = status_column(_("status"))
