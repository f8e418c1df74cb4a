"""Columns and fields that people read: money, states as coloured labels, numbers of references."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.money import Money

Text = str | Promise
Column = Callable[[Any, Any], Any]
# One colour per meaning in both back offices: waiting for us, under way, good end, bad end, nothing to do.
TONES = {
    "awaiting_payment": "warning", "paid": "info", "preparing": "info", "shipped": "primary", "delivered": "primary",
    "completed": "success", "cancelled": "danger", "expired": "neutral", "refunded": "danger", "draft": "neutral",
    "pending": "warning", "published": "success", "hidden": "warning", "archived": "neutral", "active": "success",
    "suspended": "danger", "held": "info", "released": "success", "new": "neutral", "sent": "info", "unknown": "danger",
    "succeeded": "success", "surplus": "danger", "failed": "danger", "requested": "warning", "received": "info",
    "handled": "success", "quarantined": "danger", "queued": "warning", "running": "info", "done": "success", "kept": "success",
    "training": "info", "ready": "info", "live": "success", "retired": "neutral", "planned": "neutral", "packed": "info",
    "handed_over": "info", "in_transit": "info", "out_for_delivery": "primary", "returned": "danger", "dead": "danger",
    "waiting": "warning", "in_review": "warning", "revoked": "danger", "unmatched": "warning", "matched": "success",
    "to_make": "warning", "made": "success",
    "impossible": "danger", "due": "warning", "collected": "success", "dropped": "neutral", "confirmed": "warning",
    "offered": "warning", "approved": "info", "sent_back": "primary", "refused": "danger",
    "escalated": "danger", "verdict": "info", "replaced": "primary", "repaired": "primary", "withdrawn": "neutral", "closed": "neutral",
    "uploaded": "warning", "checking": "info", "checked": "warning", "discarded": "neutral", "undoing": "info", "undone": "neutral",
    "dismissed": "neutral", "visible": "success", "accepted": "success", "rejected": "danger", "clean": "success", "differs": "danger",
    "explained": "info", "resolved": "success", "open": "warning", "won": "success", "lost": "danger", "submitted": "warning",
    "under_way": "primary", "missed": "danger",
    "sent_again": "primary", "arrived": "success",
    "proposed": "warning", "appealed": "info", "upheld": "danger", "lifted": "success",
    "holiday": "warning", "over": "neutral", "taken": "danger",
    "ordered": "info", "part_received": "primary", "to_confirm": "warning", "posted": "success",
}  # fmt: skip


def money(minor: int | None, currency: str) -> str:
    """An amount as people of the active language write it; a dash for none."""
    return "–" if minor is None else Money(minor, currency).format(get_language() or "en")


def label(text: Any, tone: str) -> SafeString:
    """A coloured label; `tone` is info, primary, success, warning, danger or neutral."""
    return format_html('<span class="tag tag-{}">{}</span>', tone, text)


def status_label(row: Any, field: str = "status") -> SafeString:
    """The row's status in words, in the colour of its meaning."""
    value = getattr(row, field)
    return label(getattr(row, f"get_{field}_display")(), TONES.get(value, "neutral"))


def column(function: Column, description: Text, *, ordering: str | None = None) -> Any:
    """A list column or read-only field named by `description`."""

    def show(self: Any, row: Any) -> Any:
        return function(self, row)

    show.short_description = description  # type: ignore[attr-defined]
    if ordering:
        show.admin_order_field = ordering  # type: ignore[attr-defined]
    return show


def money_column(field: str, description: Text, *, sign: int = 1) -> Any:
    """An amount in minor units of the row's currency; `sign` −1 turns a credit into a positive number."""

    def show(self: Any, row: Any) -> SafeString:
        minor = getattr(row, field)
        return format_html('<span class="amount">{}</span>', money(None if minor is None else sign * minor, row.currency))

    return column(show, description, ordering=field)


def status_column(description: Text, field: str = "status") -> Any:
    return column(lambda self, row: status_label(row, field), description, ordering=field)


def reference_column(field: str, description: Text) -> Any:
    """The number of what a reference column points at; its admin lists the field in `reference_fields`."""
    return column(lambda self, row: getattr(row, f"{field}_name", ""), description)


def moment(at: dt.datetime | None) -> str:
    """A moment in the local format, a dash for none."""
    return str(formats.localize(timezone.localtime(at))) if at else "–"


def day(at: dt.datetime | None) -> str:
    """The day of a moment, short, a dash for none."""
    return formats.date_format(timezone.localtime(at), "MONTH_DAY_FORMAT") if at else "–"


def day_column(field: str, description: Text) -> Any:
    """The day of a moment; the whole moment is on the row's page."""
    return column(lambda self, row: format_html('<span class="amount">{}</span>', day(getattr(row, field))), description, ordering=field)


def due_label(at: dt.datetime | None, now: dt.datetime) -> SafeString | str:
    """A deadline and how near it is: red when it is over, amber within a day."""
    if at is None:
        return "–"
    hours = int((at - now).total_seconds() // 3600)
    if at < now:
        return label(_("overdue since %(when)s") % {"when": day(at)}, "danger")
    if hours < 24:
        return label(ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}, "warning")
    return day(at)


def role_of_actor(actor: str) -> str:
    """The role of an actor such as "merchant:<id>", never who it was."""
    names = {
        "shopper": _("Shopper"),
        "merchant": _("Merchant"),
        "operator": _("Marketplace"),
        "api": _("API key"),
        "carrier": _("Carrier"),
    }
    return str(names.get(actor.partition(":")[0], _("Automatic")))
