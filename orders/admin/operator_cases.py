"""All cases, disputes first, and the verdict that only the operator gives."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Case, F, Prefetch, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ActionVariant, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, day_column, money_column, status_column
from orders.admin.case_display import case_context, due_for, goods_summary
from orders.admin.case_forms import TextForm, VerdictForm
from orders.models import AfterSalesCase, CaseLine
from orders.services.cases import disputes, statements
from orders.states import CASE_WAITING, CaseSide, CaseStatus

DISPUTES_FIRST = Case(
    When(status=CaseStatus.ESCALATED, then=Value(0)), When(status__in=CASE_WAITING, then=Value(1)), default=Value(2)
).asc()
DUE = Case(When(status=CaseStatus.ESCALATED, then=F("due_at")))


class DisputeFilter(admin.SimpleListFilter):
    title = _("disputes")
    parameter_name = "dispute"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("To decide")), ("ready", _("Evidence complete")), ("decided", _("Decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {
            "open": queryset.filter(status=CaseStatus.ESCALATED),
            "ready": queryset.filter(status=CaseStatus.ESCALATED, evidence_until__lte=now()),
            "decided": queryset.filter(verdict__isnull=False),
        }
        return chosen.get(self.value() or "", queryset)


@admin.register(AfterSalesCase)
class CaseAdmin(ConsoleAdmin):
    list_display = ["number", "merchant", "state", "due", "kind", "goods", "asked", "refunded", "opened"]
    list_filter = [DisputeFilter, "status", "kind", "merchant"]
    list_select_related = ["merchant", "order"]
    search_fields = ["number", "order__checkout__email", "merchant__name"]
    search_help_text = _("Case, e-mail or merchant")
    change_form_before_template = "backoffice/case.html"
    actions_detail = ["decide", "write"]
    state = status_column(_("status"))
    due = column(lambda self, row: due_for(row, CaseSide.OPERATOR, now()), _("due"), ordering="decision_due")
    goods = column(lambda self, row: goods_summary(row), _("items"))
    asked = money_column("asked_minor", _("asked"))
    refunded = money_column("refunded_minor", _("refunded"))
    opened = day_column("opened_at", _("opened"))

    def get_queryset(self, request: HttpRequest) -> Any:
        lines = CaseLine.objects.select_related("order_line").order_by("order_line_id")
        rows = super().get_queryset(request).select_related("order__checkout", "merchant")
        return rows.annotate(decision_due=DUE).prefetch_related(Prefetch("lines", lines))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return []

    def get_ordering(self, request: HttpRequest) -> Any:
        return [DISPUTES_FIRST, DUE.asc(nulls_last=True), "-opened_at"]

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None
        shown = case_context(row, CaseSide.OPERATOR) if row else {}
        return super().changeform_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    @object_action(
        description=_("Give the verdict"),
        text=_("It moves the money at once and cannot be taken back. Both sides read your reason."),
        done=_("The verdict is given."),
        form_class=VerdictForm,
        icon="gavel",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == CaseStatus.ESCALATED,
    )
    def decide(self, request: HttpRequest, form: Any, row: AfterSalesCase) -> None:
        values = form.cleaned_data
        disputes.decide(
            case_id=row.pk,
            outcome=values["outcome"],
            amount_minor=values["amount"],
            goods_back=values.get("goods_back", False),
            reason=values["reason"],
            actor=actor_of(request, "operator"),
            at=now(),
        )

    @object_action(
        description=_("Write to both sides"),
        done=_("Your message is sent."),
        form_class=TextForm,
        icon="chat",
        when=lambda row: row.status not in {CaseStatus.CLOSED, CaseStatus.WITHDRAWN},
    )
    def write(self, request: HttpRequest, form: Any, row: AfterSalesCase) -> None:
        statements.write_message(case_id=row.pk, text=form.cleaned_data["text"], actor=actor_of(request, "operator"), at=now())
