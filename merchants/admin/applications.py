"""The operator's queue of those who want to sell here, and of shops whose papers end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from core.attachments import private_attachment
from core.backoffice.actions import ActionVariant, BaseDialogForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import TONES, column, day_column, label, role_of_actor, status_column, status_label
from core.countries import country
from core.states import history
from merchants import states
from merchants.application_rules import DAYS, first_end, percent_done
from merchants.application_selectors import expiring_documents, points_of
from merchants.models import ApplicationDocument, MerchantApplication
from merchants.services import application_decisions as decisions
from merchants.services.application_documents import document_path

# What waits for the operator, then what is with its applicant, then what is decided.
WAITING_FIRST = Case(
    When(status__in=states.TO_REVIEW, then=Value(0)),
    When(status__in=states.EDITABLE, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
SECOND_LANGUAGE = "zh-hans"


class AnswerForm(BaseDialogForm):
    """What the applicant reads."""

    reason = forms.CharField(
        label=_("Reason"), max_length=decisions.LONGEST_REASON, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("The applicant reads this."),
    )  # fmt: skip


class QueueFilter(admin.SimpleListFilter):
    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("To review")),
            ("returned", _("With the applicant")),
            ("decided", _("Decided")),
            ("ending", _("Papers ending")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {
            "waiting": queryset.filter(status__in=states.TO_REVIEW),
            "returned": queryset.filter(status__in=states.EDITABLE),
            "decided": queryset.exclude(status__in=states.OPEN),
            "ending": queryset.filter(pk__in=expiring_documents(now().date()).values("application")),
        }
        return chosen.get(self.value() or "", queryset)


def end_label(expires_on: dt.date | None, today: dt.date) -> SafeString | str:
    """The last day of a paper: red when it is over, amber within 30 days."""
    if expires_on is None:
        return "–"
    text = formats.date_format(expires_on, "DATE_FORMAT")
    left = (expires_on - today).days
    return label(text, "danger") if left < 0 else label(text, "warning") if left <= 30 else text


@admin.register(MerchantApplication)
class MerchantApplicationAdmin(ConsoleAdmin):
    list_display = ["title", "kind", "state", "person", "town", "sent", "ends"]
    list_filter = [QueueFilter, "status", "kind"]
    list_select_related = ["applicant"]
    search_fields = ["name", "slug", "email", "applicant__email"]
    search_help_text = _("Shop, address or e-mail")
    change_form_before_template = "backoffice/application.html"
    actions_detail = ["approve", "take", "give_back", "reject"]
    state = status_column(_("status"))
    title = column(lambda self, row: row.text("name") or "–", _("name of the shop"), ordering="name")
    person = column(lambda self, row: row.applicant.email, _("applicant"), ordering="applicant__email")
    town = column(lambda self, row: ", ".join(filter(None, [row.city, country(row.country)])), _("city"), ordering="city")
    sent = day_column("submitted_at", _("sent"))
    ends = column(lambda self, row: row.first_end, _("papers valid until"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("applicant", "merchant").prefetch_related("documents")

    def get_ordering(self, request: HttpRequest) -> Any:
        return [WAITING_FIRST.asc(), "submitted_at", "created_at"]

    def prepare_rows(self, request: HttpRequest, rows: Any) -> None:
        super().prepare_rows(request, rows)
        today = now().date()
        for row in rows:
            row.first_end = end_label(first_end([(paper.kind, paper.expires_on) for paper in row.documents.all()]), today)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The page is a template of its own; there is no form field on it.
        return []

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None
        if row is not None and request.method == "GET" and "document" in request.GET:
            return _file(row, request.GET["document"])
        shown = _page(row, request) if row else {}
        return super().changeform_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    @object_action(
        description=_("Approve"),
        text=_("The shop opens at once, with the applicant as its owner. This cannot be taken back; a shop can be suspended."),
        done=_("The shop is open."),
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.is_to_review,
    )
    def approve(self, request: HttpRequest, form: Any, row: MerchantApplication) -> None:
        decisions.approve_application(application_id=row.pk, actor=actor_of(request, "operator"), at=now())

    @object_action(
        description=_("Begin the review"),
        text=_("Colleagues and the applicant see that somebody is looking at it."),
        done=_("You are looking at it."),
        icon="visibility",
        when=lambda row: row.status == states.ApplicationStatus.SUBMITTED,
    )
    def take(self, request: HttpRequest, form: Any, row: MerchantApplication) -> None:
        decisions.take_in_review(application_id=row.pk, actor=actor_of(request, "operator"), at=now())

    @object_action(
        description=_("Return for changes"),
        text=_("The applicant can change everything and send it again."),
        done=_("The application is returned."),
        form_class=AnswerForm,
        icon="undo",
        when=lambda row: row.is_to_review,
    )
    def give_back(self, request: HttpRequest, form: Any, row: MerchantApplication) -> None:
        self._answer(decisions.return_application, request, form, row)

    @object_action(
        description=_("Reject"),
        text=_("The answer is no. The person may apply anew."),
        done=_("The application is rejected."),
        form_class=AnswerForm,
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.is_to_review,
    )
    def reject(self, request: HttpRequest, form: Any, row: MerchantApplication) -> None:
        self._answer(decisions.reject_application, request, form, row)

    def _answer(self, service: Any, request: HttpRequest, form: Any, row: MerchantApplication) -> None:
        service(application_id=row.pk, reason=form.cleaned_data["reason"], actor=actor_of(request, "operator"), at=now())


def _page(row: MerchantApplication, request: HttpRequest) -> dict[str, Any]:
    """What the page of an application shows; one statement besides the row's own."""
    today = now().date()
    points = points_of(row, today)
    second = row.i18n.get(SECOND_LANGUAGE, {})
    papers = sorted(row.documents.all(), key=lambda paper: (paper.kind, paper.created_at))
    may_see_users = request.user.has_perm("accounts.view_user")
    return {
        "application": row,
        "state": status_label(row),
        "percent": percent_done(points),
        "name_zh": second.get("name", ""),
        "description_zh": second.get("description", ""),
        "land": country(row.country),
        "hours": _hours(row),
        "papers": [(paper, end_label(paper.expires_on, today)) for paper in papers],
        "missing": [_point_name(point.code) for point in points if not point.is_done],
        "applicant_url": reverse("admin:accounts_user_change", args=[row.applicant_id]) if may_see_users else "",
        "moves": [_move(change) for change in reversed(history(row))],
    }


def _hours(row: MerchantApplication) -> list[tuple[Any, str]]:
    """The days on which a store is open, from Monday on, with their times."""
    days = [(WEEKDAYS[index], row.opening_hours.get(day) or ()) for index, day in enumerate(DAYS)]
    return [(name, ", ".join(f"{opens}–{closes}" for opens, closes in spans)) for name, spans in days if spans]


def _point_name(code: str) -> str:
    names = {
        "shop": _now("Name and address of the shop"),
        "contact": _now("How we reach you"),
        "place": _now("Where you are"),
        "tax": _now("Tax number"),
        "store": _now("Opening hours and position"),
    }
    return names.get(code) or str(ApplicationDocument.Kind(code).label)


def _move(change: Any) -> dict[str, Any]:
    word = states.ApplicationStatus(change.to_status).label
    actor = _now("Applicant") if change.actor.startswith("applicant:") else role_of_actor(change.actor)
    return {"at": change.at, "is_step": True, "tone": TONES[change.to_status], "label": word, "actor": actor, "reason": change.reason}


def _file(row: MerchantApplication, key: str) -> FileResponse:
    """A paper of this application. Raises Http404."""
    paper = next((paper for paper in row.documents.all() if str(paper.pk) == key), None)
    if paper is None:
        raise Http404
    return private_attachment(document_path(paper), paper.name)
