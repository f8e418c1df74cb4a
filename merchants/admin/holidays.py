"""Holidays of shops, for the operator, who may end one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, moment, status_column
from merchants.models import Holiday
from merchants.services.holidays import end_holiday
from merchants.states import HolidayStatus


@admin.register(Holiday)
class HolidayAdmin(ConsoleAdmin):
    list_display = ["merchant", "state", "begins", "ends", "keeps_selling", "notice"]
    list_filter = ["status", "keeps_selling"]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name", "notice"]
    ordering = ["-starts_at"]
    fields = ["merchant", "state", "begins", "ends", "keeps_selling", "notice", "made_by", "ended"]
    actions_detail = ["lift"]
    state = status_column(_("status"))
    begins = column(lambda self, row: moment(row.starts_at), _("begins"), ordering="starts_at")
    ends = column(lambda self, row: moment(row.ends_at), _("ends"), ordering="ends_at")
    ended = column(lambda self, row: moment(row.ended_at), _("ended"))

    @object_action(
        description=_("End the holiday"),
        text=_("The shop sells again at once, or the planned holiday is called off."),
        done=_("The holiday has ended."),
        form_class=ReasonForm,
        icon="event_busy",
        when=lambda row: row.status in {HolidayStatus.PLANNED, HolidayStatus.RUNNING},
    )
    def lift(self, request: HttpRequest, form: Any, row: Holiday) -> None:
        end_holiday(
            merchant_id=row.merchant_id,
            holiday_id=row.pk,
            actor=actor_of(request, "operator"),
            reason=form.cleaned_data["reason"],
            at=now(),
        )
