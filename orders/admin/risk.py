"""The operator's queue of payments that wait for a person: reasons in words, the buyer's history, one click to decide."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, label, money, reference_column, status_label
from core.countries import country
from orders.admin.risk_words import TITLES, sentence
from orders.models import Checkout
from orders.selectors.risk import history_of, reviewed_purchase
from orders.services import risk
from payments.models import RiskAssessment
from payments.risk_selectors import assessments_of, has_confirmed

TONES = {"allow": "success", "extra_check": "info", "review": "warning", "block": "danger", "approved": "success", "rejected": "danger"}
BAR_TONES = {"extra_check": "warning", "review": "danger", "block": "danger"}


class QueueFilter(admin.SimpleListFilter):
    """What waits for a person comes first, and unasked."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Waiting for a decision")), ("decided", _("Decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        review = queryset.filter(stage=RiskAssessment.Stage.PAID, decision=RiskAssessment.Decision.REVIEW)
        if self.value() == "waiting":
            return review.filter(verdict="")
        return review.exclude(verdict="") if self.value() == "decided" else queryset


def score_bar(row: RiskAssessment) -> Any:
    """A score as a bar with its number, in the colour of what the policy makes of it."""
    bar = '<span class="progress progress-{}"><progress max="100" value="{}"></progress> <small>{} / 100</small></span>'
    return format_html(bar, BAR_TONES.get(row.decision, "success"), row.score, row.score)


def titles(row: RiskAssessment) -> str:
    """The weightiest reasons in a few words."""
    return ", ".join(str(TITLES.get(reason["code"], reason["code"])) for reason in row.reasons[:3]) or "–"


def decision_label(row: RiskAssessment) -> Any:
    """What was decided: by a person where one had to, else by the policy."""
    if row.verdict:
        return label(row.get_verdict_display(), TONES[row.verdict])
    return label(_("Waiting"), "warning") if row.is_waiting else label(row.get_decision_display(), TONES[row.decision])


@admin.register(RiskAssessment)
class RiskAssessmentAdmin(ConsoleAdmin):
    list_display = ["purchase", "score_shown", "state", "why", "stage", "created_at", "reviewed_by", "reviewed_at"]
    list_filter = [QueueFilter, "stage", "decision", "verdict"]
    reference_fields = ("reference",)
    ordering = ["-created_at"]
    change_form_before_template = "backoffice/risk.html"
    actions_detail = ["approve", "reject"]
    purchase = reference_column("reference", _("purchase"))
    score_shown = column(lambda self, row: score_bar(row), _("score"), ordering="score")
    state = column(lambda self, row: decision_label(row), _("decision"))
    why = column(lambda self, row: titles(row), _("reasons"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The page is a template of its own; there is no form field on it.
        return []

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        context = page_of(row) if row else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @object_action(
        description=_("Approve"),
        text=_("The merchants are told to send the goods. What the shopper has cancelled meanwhile stays cancelled."),
        done=_("Approved: the merchants send the goods."),
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.is_waiting,
    )
    def approve(self, request: HttpRequest, form: Any, row: RiskAssessment) -> None:
        risk.approve(checkout_id=row.reference, actor=actor_of(request, "operator"), at=now())

    @object_action(
        description=_("Reject and refund"),
        text=_("The purchase is cancelled and all money and points go back, once. The shopper reads the reason."),
        done=_("Rejected: the purchase is cancelled and refunded."),
        form_class=ReasonForm,
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.is_waiting,
    )
    def reject(self, request: HttpRequest, form: Any, row: RiskAssessment) -> None:
        risk.reject(checkout_id=row.reference, actor=actor_of(request, "operator"), at=now(), reason=form.cleaned_data["reason"])


def page_of(row: RiskAssessment) -> dict[str, Any]:
    """What the page of one assessment shows; about ten statements."""
    checkout = reviewed_purchase(row)
    context: dict[str, Any] = {
        "risk": row,
        "score": score_bar(row),
        "state": decision_label(row),
        "reasons": [_explained(reason) for reason in row.reasons],
        "other_looks": [(other, score_bar(other), decision_label(other)) for other in assessments_of(row.reference) if other.pk != row.pk],
        "has_confirmed": has_confirmed(row.reference),
    }
    return {**context, **_about(checkout)} if checkout else context


def _explained(reason: dict[str, Any]) -> dict[str, Any]:
    return {"weight": reason["weight"], "title": TITLES.get(reason["code"], reason["code"]), "text": sentence(reason)}


def _about(checkout: Checkout) -> dict[str, Any]:
    history = history_of(checkout)
    return {
        "checkout": checkout,
        "checkout_url": reverse("admin:orders_checkout_change", args=[checkout.pk]),
        "amount": money(checkout.total_minor, checkout.currency),
        "country": country(checkout.country),
        "origin": getattr(checkout, "origin", None),
        "orders": [(order, status_label(order)) for order in checkout.orders.select_related("merchant").order_by("number")],
        "history": history,
        "purchases": [
            {
                "row": other,
                "url": reverse("admin:orders_checkout_change", args=[other.pk]),
                "amount": money(other.total_minor, other.currency),
                "states": [status_label(order) for order in other.orders.all()],
            }
            for other in history.purchases
        ],
    }
