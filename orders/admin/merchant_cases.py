"""A merchant's inbox of returns: what waits for an answer, with its timer, and the page of one case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import Case, F, Prefetch, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ActionVariant, ConfirmForm, TrackingForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column, day_column, money_column, status_column
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty
from orders.admin.case_display import case_context, due_for, goods_summary
from orders.admin.case_forms import ApproveForm, OfferForm, ReceiveForm, RefuseForm, TextForm
from orders.models import AfterSalesCase, CaseLine
from orders.selectors.cases import MERCHANTS_TURN
from orders.services.cases import answers, receiving, sending, statements
from orders.states import CASE_WAITING, CaseKind, CaseSide, CaseStatus

MINE_FIRST = Case(When(status__in=MERCHANTS_TURN, then=Value(0)), When(status__in=CASE_WAITING, then=Value(1)), default=Value(2)).asc()
DUE = Case(When(status__in=MERCHANTS_TURN, then=F("due_at")))
ENDED = (CaseStatus.CLOSED, CaseStatus.WITHDRAWN)


class TurnFilter(admin.SimpleListFilter):
    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mine", _("Waiting for you")),
            ("soon", _("Due within a day")),
            ("shopper", _("Waiting for the shopper")),
            ("disputes", _("Disputes")),
            ("ended", _("Ended")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        mine = queryset.filter(status__in=MERCHANTS_TURN)
        chosen = {
            "mine": mine,
            "soon": mine.filter(due_at__lt=now() + dt.timedelta(days=1)),
            "shopper": queryset.filter(status__in=[CaseStatus.APPROVED, CaseStatus.OFFERED, CaseStatus.REFUSED]),
            "disputes": queryset.filter(status=CaseStatus.ESCALATED),
            "ended": queryset.filter(status__in=ENDED),
        }
        return chosen.get(self.value() or "", queryset)


def can_ship(case: AfterSalesCase) -> bool:
    return case.status == CaseStatus.RECEIVED and case.kind in {CaseKind.EXCHANGE, CaseKind.REPAIR}


@admin.register(AfterSalesCase, site=merchant_site)
class MerchantCaseAdmin(MerchantModelAdmin):
    """What waits for the merchant first, the nearest deadline in front."""

    duty = Duty.RETURNS
    list_display = ["number", "state", "due", "kind", "goods", "asked", "opened"]
    list_filter = [TurnFilter, "kind", "status"]
    search_fields = ["number", "order__checkout__name", "lines__order_line__title", "lines__order_line__sku"]
    search_help_text = _("Number, buyer, title or SKU")
    change_form_before_template = "backoffice/case.html"
    actions_detail = ["approve", "refuse", "offer", "receive", "send", "refund", "write"]
    state = status_column(_("status"))
    due = column(lambda self, row: due_for(row, CaseSide.MERCHANT, now()), _("due"), ordering="mine_due")
    goods = column(lambda self, row: goods_summary(row), _("items"))
    asked = money_column("asked_minor", _("asked"))
    opened = day_column("opened_at", _("opened"))

    def get_queryset(self, request: HttpRequest) -> Any:
        lines = CaseLine.objects.select_related("order_line").order_by("order_line_id")
        return (
            super()
            .get_queryset(request)
            .select_related("order__checkout")
            .annotate(mine_due=DUE)
            .prefetch_related(Prefetch("lines", lines))
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return []

    def get_ordering(self, request: HttpRequest) -> Any:
        return [MINE_FIRST, DUE.asc(nulls_last=True), "-opened_at"]

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None
        shown = case_context(row, CaseSide.MERCHANT) if row else {}
        return super().changeform_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    def _who(self, request: HttpRequest) -> dict[str, Any]:
        """Who acts when, and for whom: what every step of a merchant needs."""
        return {"actor": self.actor(request), "at": now(), "merchant_id": merchant_of(request).pk}

    @object_action(
        description=_("Approve"),
        text=_("Returns wait for the parcel; a refund without return is paid at once; an exchange keeps the goods for the shopper now."),
        done=_("The case is approved."),
        form_class=ApproveForm,
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == CaseStatus.REQUESTED,
    )
    def approve(self, request: HttpRequest, form: Any, row: AfterSalesCase) -> None:
        values = form.cleaned_data
        keeps_goods, return_to = values.get("keeps_goods", False), values.get("return_to", "")
        answers.approve(case_id=row.pk, keeps_goods=keeps_goods, return_to=return_to, **self._who(request))

    @object_action(
        description=_("Refuse"),
        text=_("The shopper reads your reason and may take the case to the marketplace."),
        done=_("The case is refused."),
        form_class=RefuseForm,
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == CaseStatus.REQUESTED,
    )
    def refuse(self, request: HttpRequest, form: Any, row: AfterSalesCase) -> None:
        answers.refuse(case_id=row.pk, reason=form.cleaned_data["text"], **self._who(request))

    @object_action(
        description=_("Offer an amount"),
        text=_("Before the goods come back the shopper keeps them and gets this amount; afterwards it is what you pay for them."),
        done=_("The offer is made."),
        form_class=OfferForm,
        icon="handshake",
        when=lambda row: row.kind != CaseKind.CANCELLATION and row.status in {CaseStatus.REQUESTED, CaseStatus.RECEIVED},
    )
    def offer(self, request: HttpRequest, form: Any, row: AfterSalesCase) -> None:
        values = form.cleaned_data
        answers.offer(case_id=row.pk, amount_minor=values["amount"], reason=values["reason"], **self._who(request))

    @object_action(
        description=_("Count and grade"),
        text=_("What came back, in which shape. A complete return without deduction is refunded at once; anything less is an offer."),
        done=_("The parcel is counted."),
        form_class=ReceiveForm,
        icon="inventory",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == CaseStatus.SENT_BACK,
    )
    def receive(self, request: HttpRequest, form: Any, row: AfterSalesCase) -> None:
        values = form.cleaned_data
        receiving.receive(
            case_id=row.pk,
            counts=form.counts(),
            deduction_minor=values["deduction"] or 0,
            reason=values["reason"],
            **self._who(request),
        )

    @object_action(
        description=_("Ship to the shopper"),
        text=_("The replacement that was kept, or the repaired goods."),
        done=_("It is on its way."),
        form_class=TrackingForm,
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
        when=can_ship,
    )
    def send(self, request: HttpRequest, form: Any, row: AfterSalesCase) -> None:
        parcel = {name: form.cleaned_data[name] for name in ("carrier", "tracking_number")}
        sending.send_replacement(case_id=row.pk, **parcel, **self._who(request))

    @object_action(
        description=_("Refund instead"),
        text=_("The shopper gets the money; what was kept for an exchange goes back on sale."),
        done=_("The money goes back."),
        form_class=ConfirmForm,
        icon="undo",
        when=lambda row: row.status == CaseStatus.RECEIVED,
    )
    def refund(self, request: HttpRequest, form: Any, row: AfterSalesCase) -> None:
        receiving.refund_instead(case_id=row.pk, **self._who(request))

    @object_action(
        description=_("Write"),
        text=_("The shopper reads it at once; in a dispute the marketplace does too."),
        done=_("Your message is sent."),
        form_class=TextForm,
        icon="chat",
        when=lambda row: row.status not in ENDED,
    )
    def write(self, request: HttpRequest, form: Any, row: AfterSalesCase) -> None:
        statements.write_message(case_id=row.pk, text=form.cleaned_data["text"], **self._who(request))
