"""Recommendation models, and the button that trains a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from core.admin import progress_bar
from core.backoffice.actions import ActionVariant, ConfirmForm, answer_dialog
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, status_column
from core.errors import DomainError
from recommend.models import ModelVersion
from recommend.services.requests import request_training


@admin.register(ModelVersion)
class ModelVersionAdmin(ConsoleAdmin):
    """Versions and how good they are. One is live; training a new one never disturbs it."""

    list_display = ["created_at", "state", "progress", "ratings", "purchases", "quality", "live_at"]
    list_filter = ["status"]
    list_select_related = ["job"]
    ordering = ["-created_at"]
    fields = ["created_at", "state", "progress", "ratings", "purchases", "measured", "settings_used", "live_at"]
    actions_list = ["train_now"]
    list_before_template = "backoffice/auto_refresh.html"
    state = status_column(_("status"))
    progress = column(lambda self, row: progress_bar(row.job) if row.job else "–", _("progress"))
    quality = column(lambda self, row: _numbers(row.metrics, 3), _("quality"))
    measured = column(lambda self, row: _numbers(row.metrics), _("quality"))
    settings_used = column(lambda self, row: _numbers(row.params), _("parameters"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        is_moving = self.get_queryset(request).filter(status=ModelVersion.Status.TRAINING).exists()
        return super().changelist_view(request, {"is_moving": is_moving, **(extra_context or {})})

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)

    @action(  # type: ignore[untyped-decorator]
        description=_("Train now"),
        permissions=["act"],
        icon="model_training",
        variant=ActionVariant.PRIMARY,
        dialog={
            "title": _("Train now"),
            "description": _("A worker trains a new version from today's ratings and purchases; it goes live if it is not worse."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Train now"),
        },
    )
    def train_now(self, request: HttpRequest, form: Any) -> HttpResponse:
        if not self.may_act(request):
            raise PermissionDenied
        try:
            job = request_training(actor=actor_of(request, "operator"), at=now())
        except DomainError as error:
            messages.error(request, str(error))
            return answer_dialog(request, reverse("admin:recommend_modelversion_changelist"))
        return answer_dialog(request, reverse("admin:core_job_change", args=[job.pk]))


def _numbers(values: dict[str, Any], most: int = 50) -> Any:
    """Names and numbers in a row; nested groups are left to the model's own report."""
    plain = [(name, value) for name, value in values.items() if isinstance(value, int | float | str) and not isinstance(value, bool)][:most]
    parts = [format_html("<b>{}</b> {}", name, f"{value:.4g}" if isinstance(value, float) else value) for name, value in plain]
    return format_html('<span class="cell">{}</span>', format_html(" · ".join(["{}"] * len(parts)), *parts)) if parts else "–"
