"""The machine room: events that wait, jobs that run."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import outbox
from core.backoffice.actions import object_action
from core.backoffice.base import ConsoleAdmin, ReadOnlyInline, now
from core.backoffice.display import column, label
from core.exchange.admin import ExchangeRateAdmin
from core.models import InvariantCheck, Job, OutboxEvent, OutboxReceipt

__all__ = ["ExchangeRateAdmin"]

STATES = {
    "handled": (_("Handled"), "success"),
    "dead": (_("Dead"), "danger"),
    "failing": (_("Failing"), "warning"),
    "waiting": (_("Waiting"), "info"),
}


class StateFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state, text) for state, (text, _tone) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in STATES else queryset


class ReceiptInline(ReadOnlyInline):
    model = OutboxReceipt
    fields = ["handler", "at"]
    verbose_name_plural = _("handled by")


@admin.register(OutboxEvent)
class OutboxEventAdmin(ConsoleAdmin):
    """Facts on their way to their handlers. A dead one has failed twelve times and waits for a person."""

    list_display = ["name", "shown_state", "attempts", "created_at", "handled_at", "error"]
    list_filter = [StateFilter, "name"]
    search_fields = ["name", "last_error"]
    ordering = ["-id"]
    fields = ["name", "shown_state", "attempts", "created_at", "next_try_at", "handled_at", "dead_at", "details", "last_error"]
    inlines = [ReceiptInline]
    actions = ["retry_selected"]
    actions_detail = ["retry"]
    error = column(lambda self, row: row.last_error[:120], _("last error"))
    shown_state = column(lambda self, row: label(*STATES[row.state]), _("status"))

    def get_queryset(self, request: HttpRequest) -> Any:
        state = Case(
            When(handled_at__isnull=False, then=Value("handled")),
            When(dead_at__isnull=False, then=Value("dead")),
            When(Q(attempts__gt=0), then=Value("failing")),
            default=Value("waiting"),
            output_field=CharField(),
        )
        return super().get_queryset(request).annotate(state=state)

    @admin.display(description=_("about"))
    def details(self, row: OutboxEvent) -> Any:
        lines = [format_html("<div><b>{}</b>: {}</div>", name, value) for name, value in row.payload.items()]
        return format_html("{}" * len(lines), *lines) if lines else "–"

    @admin.action(description=_("Try again"), permissions=["act"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = outbox.retry_dead(event_ids=list(queryset.values_list("pk", flat=True)), now=now())
        messages.success(
            request, ngettext("%(count)d event will be tried again.", "%(count)d events will be tried again.", count) % {"count": count}
        )

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)

    @object_action(
        description=_("Try again"),
        text=_("Its handlers run once more within a second; those that were done before are skipped."),
        done=_("The event will be tried again."),
        icon="replay",
        when=lambda row: row.dead_at is not None,
    )
    def retry(self, request: HttpRequest, form: Any, row: OutboxEvent) -> None:
        outbox.retry_dead(event_ids=[row.pk], now=now())


JOB_TONES = {"queued": "warning", "running": "info", "done": "success", "failed": "danger"}


def progress_bar(job: Job) -> Any:
    """A job's progress as a bar with its numbers."""
    return format_html(
        '<span class="progress"><progress max="100" value="{}"></progress> <small>{} / {}</small></span>', job.percent, job.done, job.total
    )


@admin.register(Job)
class JobAdmin(ConsoleAdmin):
    """Long work. A page with a running job looks again by itself."""

    list_display = ["kind", "state", "progress", "note", "created_at", "finished_at"]
    list_filter = ["status", "kind"]
    ordering = ["-created_at"]
    fields = ["kind", "state", "progress", "note", "actor", "problems", "created_at", "started_at", "seen_at", "finished_at"]
    change_form_outer_before_template = "backoffice/auto_refresh.html"
    list_before_template = "backoffice/auto_refresh.html"
    state = column(lambda self, row: label(row.get_status_display(), JOB_TONES[row.status]), _("status"), ordering="status")
    progress = column(lambda self, row: progress_bar(row), _("progress"))
    problems = column(lambda self, row: "; ".join(row.errors) or "–", _("errors"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"is_moving": _is_moving(self.get_queryset(request)), **(extra_context or {})})

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        is_moving = row is not None and row.status in {Job.Status.QUEUED, Job.Status.RUNNING}
        return super().changeform_view(request, object_id, form_url, {"is_moving": is_moving, **(extra_context or {})})


def _is_moving(jobs: QuerySet[Any]) -> bool:
    return jobs.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).exists()


@admin.register(InvariantCheck)
class InvariantCheckAdmin(ConsoleAdmin):
    """What must always hold, looked at every few minutes."""

    list_display = ["created_at", "result", "total", "seconds"]
    ordering = ["-created_at"]
    fields = ["created_at", "result", "total", "seconds"]

    @admin.display(description=_("result"))
    def result(self, row: InvariantCheck) -> Any:
        if not row.broken:
            return label(_("All hold"), "success")
        return format_html("{} {}", label(_("Broken"), "danger"), ", ".join(row.broken))
