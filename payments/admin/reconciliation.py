"""Days compared with the providers' lists, and what a person says about the differences."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget

from core.backoffice.actions import ActionVariant, ConfirmForm, ReasonForm, answer_dialog, object_action
from core.backoffice.bars import Bar, bars
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, money, status_column, status_label
from core.errors import DomainError
from core.subqueries import of_its
from payments import gateways
from payments.admin.history import moves
from payments.admin.providers import provider_column
from payments.models import Movement, Reconciliation, ReconciliationDifference, ReconciliationTotal
from payments.services import reconciliation
from payments.services.movements import BOOKS
from payments.states import DifferenceStatus

CHART_DAYS = 30
MOST_DIFFERENCES = 500
OPEN = Q(differences__status=DifferenceStatus.OPEN)


class DayForm(ConfirmForm):
    """Which day of which provider to compare."""

    day = forms.DateField(label=_("Day"), widget=UnfoldAdminDateWidget())
    gateway = forms.ChoiceField(label=_("Provider"), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gateway"].choices = [(code, gateways.label_of(code)) for code in gateways.reconcilable_gateways()]  # type: ignore[attr-defined]
        self.fields["day"].initial = now().astimezone(dt.UTC).date() - dt.timedelta(days=1)


def both(minor: int | None, currency: str) -> SafeString:
    return format_html('<span class="amount">{}</span>', money(minor, currency) if currency else "–")


@admin.register(Reconciliation)
class ReconciliationAdmin(ConsoleAdmin):
    """Each day of each provider beside our books. Differences wait for a person."""

    list_display = ["named", "provider", "state", "movements", "open", "made_good", "finished_at"]
    list_filter = ["status", "gateway"]
    ordering = ["-day", "gateway"]
    list_before_template = "backoffice/reconciliations.html"
    change_form_before_template = "backoffice/reconciliation.html"
    actions_list = ["compare_day"]
    actions_detail = ["compare_again"]
    state = status_column(_("status"))
    provider = provider_column()
    named = column(lambda self, row: date_format(row.day, "DATE_FORMAT"), _("day"), ordering="day")
    movements = column(lambda self, row: format_html('<span class="amount">{}</span>', row.movement_count or 0), _("movements"))
    made_good = column(lambda self, row: format_html('<span class="amount">{}</span>', row.repaired), _("made good"), ordering="repaired")
    open = column(lambda self, row: format_html('<span class="amount">{}</span>', row.open_count), _("open differences"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The page is a template of its own; there is no form field on it.
        return []

    def get_queryset(self, request: HttpRequest) -> Any:
        return _counted(super().get_queryset(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"chart": _chart(now().astimezone(dt.UTC).date()), **(extra_context or {})})

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        context = _page(row) if row else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)

    @action(  # type: ignore[untyped-decorator]
        description=_("Compare a day"),
        permissions=["act"],
        icon="compare_arrows",
        variant=ActionVariant.PRIMARY,
        dialog={
            "title": _("Compare a day"),
            "description": _("A worker reads the provider's list of that day (UTC) and compares every movement with our books."),
            "form_class": DayForm,
            "form_submit_text": _("Compare"),
        },
    )
    def compare_day(self, request: HttpRequest, form: Any) -> HttpResponse:
        if not self.may_act(request):
            raise PermissionDenied
        asked = form.cleaned_data
        try:
            row = reconciliation.request_day(gateway=asked["gateway"], day=asked["day"], actor=actor_of(request, "operator"), at=now())
        except DomainError as error:
            messages.error(request, str(error))
            return answer_dialog(request, reverse("admin:payments_reconciliation_changelist"))
        return answer_dialog(request, reverse("admin:payments_reconciliation_change", args=[row.pk]))

    @object_action(
        description=_("Compare again"),
        text=_("A worker reads the provider's list once more. Open differences are replaced; what was settled stays settled."),
        done=_("The day will be compared in a moment."),
        icon="sync",
        when=lambda row: row.status != "requested",
    )
    def compare_again(self, request: HttpRequest, form: Any, row: Reconciliation) -> None:
        reconciliation.request_day(gateway=row.gateway, day=row.day, actor=actor_of(request, "operator"), at=now())


def _counted(rows: QuerySet[Reconciliation]) -> QuerySet[Reconciliation]:
    """With the number of open differences and of the provider's movements."""
    return rows.annotate(
        open_count=Count("differences", filter=OPEN, distinct=True),
        movement_count=of_its(ReconciliationTotal.objects.all(), "reconciliation", Sum("their_count")),
    )


def _chart(today: dt.date) -> dict[str, Any]:
    """Movements of the last thirty days over all providers; on top, in colour, those on which the sides did not agree. Two statements."""
    days = [today - dt.timedelta(days=back) for back in range(CHART_DAYS - 1, -1, -1)]
    rows = Reconciliation.objects.filter(day__gte=days[0])
    counted = dict(rows.values_list("day").annotate(n=Sum("totals__their_count")).values_list("day", "n"))
    settled = Q(differences__status__in=[DifferenceStatus.EXPLAINED, DifferenceStatus.RESOLVED])
    differing = rows.values("day").annotate(open=Count("differences", filter=OPEN), settled=Count("differences", filter=settled))
    found = {row["day"]: (row["open"], row["settled"]) for row in differing}
    return bars([_bar(day, counted.get(day) or 0, *found.get(day, (0, 0))) for day in days])


def _bar(day: dt.date, movements: int, still_open: int, settled: int) -> Bar:
    words = _now("%(day)s: %(movements)s movements, %(open)s open differences") % {
        "day": date_format(day, "MONTH_DAY_FORMAT"),
        "movements": movements,
        "open": still_open,
    }
    parts = [("good", max(movements - still_open - settled, 0)), ("warning", settled), ("danger", still_open)]
    return Bar(words, parts)


def _page(row: Reconciliation) -> dict[str, Any]:
    """What a day's page shows; four statements."""
    totals = row.totals.order_by("movement", "currency")
    differences = row.differences.order_by("status", "movement", "kind", "pk")[:MOST_DIFFERENCES]
    return {
        "day": row,
        "state": status_label(row),
        "label": gateways.label_of(row.gateway),
        "totals": [_total(total) for total in totals],
        "differences": [
            {
                "row": difference,
                "state": status_label(difference),
                "ours": both(difference.our_minor, difference.our_currency),
                "theirs": both(difference.their_minor, difference.their_currency),
                "url": _row_url(difference),
            }
            for difference in differences
        ],
        "moves": moves(row),
    }


def _total(total: ReconciliationTotal) -> dict[str, Any]:
    count, minor = total.our_count - total.their_count, total.our_minor - total.their_minor
    return {
        "row": total,
        "ours": money(total.our_minor, total.currency),
        "theirs": money(total.their_minor, total.currency),
        "by_count": count,
        "by_amount": money(minor, total.currency),
        "is_equal": not count and not minor,
        "is_kept": total.movement in BOOKS,
    }


PAGES = {Movement.PAYMENT: "paymentattempt", Movement.REFUND: "refund", Movement.TRANSFER: "payout"}


def _row_url(difference: ReconciliationDifference) -> str:
    """The page of our row, where there is one."""
    model = PAGES.get(Movement(difference.movement))
    return reverse(f"admin:payments_{model}_change", args=[difference.reference]) if model and difference.our_currency else ""


@admin.register(ReconciliationDifference)
class ReconciliationDifferenceAdmin(ConsoleAdmin):
    """Movements on which a provider and we do not agree. Say why (explained), or what was done about it (resolved)."""

    list_display = ["kind_named", "movement", "gateway", "ours", "theirs", "state", "note"]
    list_filter = ["status", "kind", "movement"]
    list_select_related = ["reconciliation"]
    search_fields = ["provider_id", "reference", "note"]
    ordering = ["-created_at"]
    fields = ["kind_named", "movement", "about", "ours", "theirs", "our_status", "provider_id", "our_number", "state", "note", "settled_at"]
    change_form_after_template = "backoffice/history.html"
    actions_detail = ["explain", "resolve"]
    state = status_column(_("status"))
    kind_named = column(lambda self, row: row.get_kind_display(), _("difference"), ordering="kind")
    gateway = column(lambda self, row: str(row.reconciliation), _("day"), ordering="reconciliation__day")
    ours = column(lambda self, row: both(row.our_minor, row.our_currency), _("ours"))
    theirs = column(lambda self, row: both(row.their_minor, row.their_currency), _("theirs"))

    @admin.display(description=_("day"))
    def about(self, row: ReconciliationDifference) -> SafeString:
        return _link(reverse("admin:payments_reconciliation_change", args=[row.reconciliation_id]), str(row.reconciliation))

    @admin.display(description=_("our number"))
    def our_number(self, row: ReconciliationDifference) -> SafeString | str:
        url = _row_url(row)
        return _link(url, row.reference) if url else row.reference or "–"

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        context = {"moves": moves(row)} if row else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @object_action(
        description=_("Explain"),
        text=_("The difference is right as it is; your words say why. It does not open again when the day is compared once more."),
        done=_("The difference is explained."),
        form_class=ReasonForm,
        icon="chat",
        when=lambda row: row.status == DifferenceStatus.OPEN,
    )
    def explain(self, request: HttpRequest, form: Any, row: ReconciliationDifference) -> None:
        self._settle(request, form, row, DifferenceStatus.EXPLAINED)

    @object_action(
        description=_("Resolve"),
        text=_("Something was done about the difference, such as a refund or a posting; your words say what."),
        done=_("The difference is resolved."),
        form_class=ReasonForm,
        icon="task_alt",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status != DifferenceStatus.RESOLVED,
    )
    def resolve(self, request: HttpRequest, form: Any, row: ReconciliationDifference) -> None:
        self._settle(request, form, row, DifferenceStatus.RESOLVED)

    def _settle(self, request: HttpRequest, form: Any, row: ReconciliationDifference, status: DifferenceStatus) -> None:
        reconciliation.settle_difference(
            difference_id=row.pk, status=status, note=form.cleaned_data["reason"], actor=actor_of(request, "operator"), at=now()
        )


def _link(url: str, text: str) -> SafeString:
    return format_html('<a class="link" href="{}">{}</a>', url, text)
