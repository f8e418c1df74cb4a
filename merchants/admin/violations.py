"""Rules broken: what the operator makes, confirms and decides, and what a merchant reads and appeals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from core.backoffice.actions import ActionVariant, BaseDialogForm, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import TONES, column, day_column, moment, money, role_of_actor, status_column
from core.backoffice.fields import ModelForm, MoneyField
from core.states import history
from merchants.admin.scorecard_display import found_in_words
from merchants.admin.site import merchant_of, merchant_site
from merchants.admin.tenant import MerchantModelAdmin
from merchants.models import Violation
from merchants.permissions import Duty
from merchants.scorecard_rules import PROPOSED_POINTS
from merchants.services import violations as services

Status = Violation.Status
SAID = ["subject", "state", "points", "penalty", "numbers", "reason", "since", "until"]
ANSWERED = ["appeal", "appealed", "decision", "decided"]
TEXT = UnfoldAdminTextareaWidget(attrs={"rows": 5})


class StatementForm(BaseDialogForm):
    """A dialog whose text the other side reads."""

    reason = forms.CharField(label=_("What you say"), max_length=services.LONGEST_TEXT, widget=TEXT)


class ConfirmViolationForm(BaseDialogForm):
    points = forms.IntegerField(
        label=pgettext_lazy("violation", "Points"),
        min_value=1,
        max_value=services.MOST_POINTS,
        initial=PROPOSED_POINTS,
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    penalty_minor = MoneyField(label=capfirst(_("penalty")), required=False)
    reason = forms.CharField(label=_("What you say"), max_length=services.LONGEST_TEXT, required=False, widget=TEXT)


class ViolationForm(ModelForm):
    penalty_minor = MoneyField(
        label=capfirst(_("penalty")), required=False, help_text=_("Taken once an appeal has failed or its time is over; empty for none.")
    )

    class Meta:
        model = Violation
        fields = ["merchant", "measure", "rule", "reason", "points", "penalty_minor"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "reason" in self.fields:
            self.fields["reason"].required = True

    def validate_constraints(self) -> None:
        """The service refuses the same, in words for people."""


class _Shown:
    """Columns and fields of both sites, and the history below."""

    subject = column(lambda self, row: str(row), _("rule broken"), ordering="rule")
    state = status_column(_("status"))
    numbers = column(lambda self, row: found_in_words(row) or "–", _("found"))
    penalty = column(lambda self, row: money(row.penalty_minor, settings.CURRENCY) if row.penalty_minor else "–", _("penalty"))
    opened = day_column("opened_at", _("since"))
    since = column(lambda self, row: moment(row.opened_at), _("since"))
    until = column(lambda self, row: moment(row.appeal_by), _("appeal until"))
    appealed = column(lambda self, row: moment(row.appealed_at), _("appealed"))
    decided = column(lambda self, row: moment(row.decided_at), _("decided"))

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        page: Any = super()
        row = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None  # type: ignore[attr-defined]
        moves = {"moves": _moves(row)} if row else {}
        return page.changeform_view(request, object_id, form_url, {**moves, **(extra_context or {})})


def _moves(row: Violation) -> list[dict[str, Any]]:
    """Newest first; roles, never persons."""
    labels = dict(Status.choices)
    return [
        {
            "at": change.at,
            "label": labels.get(Status(change.to_status), change.to_status),
            "tone": TONES.get(change.to_status, "neutral"),
            "is_step": True,
            "actor": role_of_actor(change.actor),
            "reason": change.reason,
        }
        for change in list(history(row))[::-1]
    ]


@admin.register(Violation)
class ViolationAdmin(_Shown, ConsoleAdmin):
    """Appeals wait for a decision, proposals for a look."""

    form = ViolationForm
    can_add = True
    list_display = ["subject", "merchant", "state", "points", "numbers", "opened", "until"]
    list_filter = ["status", "measure"]
    list_select_related = ["merchant"]
    search_fields = ["rule", "merchant__name"]
    ordering = ["-created_at"]
    autocomplete_fields = ["merchant"]
    change_form_after_template = "backoffice/violation_history.html"
    actions_detail = ["confirm", "drop", "uphold", "lift"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["merchant", *SAID, *ANSWERED] if obj else list(ViolationForm.Meta.fields)

    def save_model(self, request: HttpRequest, obj: Violation, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ("measure", "rule", "reason", "points")}
        values["penalty_minor"] = form.cleaned_data["penalty_minor"] or 0
        merchant_id = form.cleaned_data["merchant"].pk
        row = services.make_violation(merchant_id=merchant_id, actor=actor_of(request, "operator"), at=now(), **values)
        obj.pk, obj.opened_at = row.pk, row.opened_at

    @object_action(
        description=_("Put in force"),
        text=_("The points count from now on; the merchant is told by mail and can appeal once within 14 days."),
        done=_("The violation is in force."),
        form_class=ConfirmViolationForm,
        icon="gavel",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == Status.PROPOSED,
    )
    def confirm(self, request: HttpRequest, form: Any, row: Violation) -> None:
        said = {name: form.cleaned_data[name] for name in ("points", "reason")}
        said["penalty_minor"] = form.cleaned_data["penalty_minor"] or 0
        services.confirm_violation(violation_id=row.pk, actor=actor_of(request, "operator"), at=now(), **said)

    @object_action(
        description=_("Do not pursue"),
        text=_("The merchant never hears of it."),
        done=_("The violation is not pursued."),
        form_class=ReasonForm,
        icon="close",
        when=lambda row: row.status == Status.PROPOSED,
    )
    def drop(self, request: HttpRequest, form: Any, row: Violation) -> None:
        services.drop_violation(violation_id=row.pk, reason=form.cleaned_data["reason"], actor=actor_of(request, "operator"), at=now())

    @object_action(
        description=_("Uphold"),
        text=_("The points stay; the merchant reads your reason. This is final."),
        done=_("The violation is upheld."),
        form_class=StatementForm,
        icon="gavel",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == Status.APPEALED,
    )
    def uphold(self, request: HttpRequest, form: Any, row: Violation) -> None:
        services.uphold_violation(violation_id=row.pk, text=form.cleaned_data["reason"], actor=actor_of(request, "operator"), at=now())

    @object_action(
        description=_("Lift"),
        text=_("The points are gone; the merchant reads your reason. This is final."),
        done=_("The violation is lifted."),
        form_class=StatementForm,
        icon="undo",
        when=lambda row: row.status in {Status.OPEN, Status.APPEALED},
    )
    def lift(self, request: HttpRequest, form: Any, row: Violation) -> None:
        services.lift_violation(violation_id=row.pk, text=form.cleaned_data["reason"], actor=actor_of(request, "operator"), at=now())


@admin.register(Violation, site=merchant_site)
class OwnViolationAdmin(_Shown, MerchantModelAdmin):
    """What the marketplace holds against the shop."""

    duty = Duty.ORDERS
    list_display = ["subject", "state", "points", "opened", "until"]
    list_filter = ["status"]
    search_fields = ["rule", "reason"]
    ordering = ["-opened_at"]
    change_form_after_template = "backoffice/violation_history.html"
    actions_detail = ["appeal_it"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(status__in=Violation.HIDDEN)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*SAID, *ANSWERED]

    @object_action(
        description=_("Appeal"),
        text=_("Say why it is not so. You can do this once; a person at the marketplace decides."),
        done=_("Your appeal is sent."),
        form_class=StatementForm,
        icon="front_hand",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == Status.OPEN and row.appeal_by >= now(),
    )
    def appeal_it(self, request: HttpRequest, form: Any, row: Violation) -> None:
        said = {"text": form.cleaned_data["reason"], "actor": self.actor(request)}
        services.appeal_violation(merchant_id=merchant_of(request).pk, violation_id=row.pk, at=now(), **said)
