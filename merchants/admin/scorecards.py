"""All merchants' numbers side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Case, F, FloatField, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import column, label
from merchants.admin.scorecard_display import STANDING_TONES, number_label
from merchants.models import Measure, Scorecard, Standing
from merchants.scorecard_rules import LIMITS, Unit

DEFAULT_WINDOW = "30"


class WindowFilter(admin.SimpleListFilter):
    """Always one of the two windows: both in one list would show every merchant twice."""

    title = _("days")
    parameter_name = "window"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("7", _("7 days")), (DEFAULT_WINDOW, _("30 days"))]

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            chosen = str(value) == (self.value() or DEFAULT_WINDOW)
            yield {"selected": chosen, "query_string": changelist.get_query_string({self.parameter_name: value}), "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(window=7 if self.value() == "7" else 30)


def _ratio(measure: Measure) -> Any:
    if LIMITS[measure].unit == Unit.MINUTES:
        ratio: Any = Case(When(**{f"{measure}_of__gt": 0}, then=Cast(measure, FloatField())))
    else:
        ratio = Cast(measure, FloatField()) / NullIf(F(f"{measure}_of"), 0)
    # Who has no ratio comes last where the worst come first.
    return Coalesce(ratio, Value(-1.0 if LIMITS[measure].is_most else 1e9), output_field=FloatField())


def _number(measure: Measure) -> Any:
    return column(lambda self, row: number_label(measure, *row.of(measure)), measure.label, ordering=f"ratio_{measure}")


@admin.register(Scorecard)
class ScorecardAdmin(ConsoleAdmin):
    """The newest day's scorecards; columns sort by the ratio."""

    list_display = ["title", "state", *(f"number_{measure}" for measure in Measure), "day"]
    list_filter = [WindowFilter, "standing"]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name", "merchant__slug"]
    ordering = ["merchant__name"]
    fields = ["title", "day", "window", "state", *(f"number_{measure}" for measure in Measure)]
    title = column(lambda self, row: row.merchant.text("name"), _("merchant"), ordering="merchant__name")
    state = column(lambda self, row: label(row.get_standing_display(), STANDING_TONES[Standing(row.standing)]), _("standing"))
    number_late = _number(Measure.LATE)
    number_cancelled = _number(Measure.CANCELLED)
    number_returned = _number(Measure.RETURNED)
    number_disputed = _number(Measure.DISPUTED)
    number_tracked = _number(Measure.TRACKED)
    number_on_time = _number(Measure.ON_TIME)
    number_response = _number(Measure.RESPONSE)
    number_rating = _number(Measure.RATING)

    def get_queryset(self, request: HttpRequest) -> Any:
        newest = Scorecard.objects.order_by("-day").values("day")[:1]
        rows = super().get_queryset(request).filter(day=Subquery(newest))
        return rows.annotate(**{f"ratio_{measure}": _ratio(measure) for measure in Measure})
