"""The operator's queue of what was reported or waits for a check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from catalog.admin.reviews import private_photos
from catalog.models import ModerationItem, Report
from catalog.selectors.moderation import photos_with, subjects_of, with_reports
from catalog.services import moderation
from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import TONES, column, day_column, role_of_actor, status_column, status_label
from core.states import history

Status = ModerationItem.Status


def _excerpt(row: Any) -> str:
    subject = getattr(row, "subject", None)
    return Truncator(getattr(subject, "text", "")).chars(90) or "–"


def _reasons(row: ModerationItem) -> str:
    counts = Counter(report.get_reason_display() for report in row.reports.all())
    return ", ".join(f"{reason} × {count}" if count > 1 else str(reason) for reason, count in counts.most_common()) or "–"


@admin.register(ModerationItem)
class ModerationItemAdmin(ConsoleAdmin):
    """What most people reported first."""

    list_display = ["kind", "state", "words", "product", "cause", "reports_count", "reasons", "created"]
    list_filter = ["status", "kind", "cause"]
    search_fields = ["product__title"]
    change_form_before_template = "backoffice/moderation.html"
    actions_detail = ["keep", "hide"]
    state = status_column(_("status"))
    words = column(lambda self, row: _excerpt(row), _("text"))
    reasons = column(lambda self, row: _reasons(row), _("reasons"))
    created = day_column("created_at", _("since"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_reports()

    def get_ordering(self, request: HttpRequest) -> Any:
        return ["-reports_count", "created_at"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return []

    def prepare_rows(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        super().prepare_rows(request, rows)
        subjects = subjects_of(rows)
        for row in rows:
            row.subject = subjects.get(row.subject_id)

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None
        return super().changeform_view(request, object_id, form_url, {**(_page(row) if row else {}), **(extra_context or {})})

    @object_action(
        description=_("Keep"),
        text=_("It is shown, or goes on being shown. If it was held or hidden, its author is told."),
        done=_("It is kept."),
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status != Status.KEPT,
    )
    def keep(self, request: HttpRequest, form: Any, row: ModerationItem) -> None:
        moderation.decide(item_id=row.pk, hide=False, actor=actor_of(request, "operator"), reason="", at=now())

    @object_action(
        description=_("Hide"),
        text=_("It leaves the page at once, and a review the average too; its author gets your reason by mail."),
        done=_("It is hidden."),
        form_class=ReasonForm,
        icon="visibility_off",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status != Status.HIDDEN,
    )
    def hide(self, request: HttpRequest, form: Any, row: ModerationItem) -> None:
        moderation.decide(item_id=row.pk, hide=True, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())


def _page(row: Any) -> dict[str, Any]:
    """What the page of an item shows."""
    labels = dict(ModerationItem.Status.choices)
    return {
        "item": row,
        "state": status_label(row),
        "subject": row.subject,
        "subject_state": status_label(row.subject) if row.subject else "",
        "pictures": private_photos(photos_with(row)),
        "said": [(report, _who(report)) for report in row.reports.all()],
        "product_url": reverse("admin:catalog_product_change", args=[row.product_id]),
        "moves": [
            {
                "at": change.at,
                "label": labels.get(change.to_status, change.to_status),
                "tone": TONES.get(change.to_status, "neutral"),
                "is_step": True,
                "actor": role_of_actor(change.actor),
                "reason": change.reason,
            }
            for change in list(history(row))[::-1]
        ],
    }


def _who(report: Report) -> str:
    return str(_("the shop") if report.by_merchant else _("a member"))
