"""What the operator sees of merchants."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ActionVariant, ReasonForm, answer_dialog, object_action
from core.backoffice.base import ConsoleAdmin, ReadOnlyInline, actor_of, now
from core.backoffice.display import column, status_column
from core.backoffice.fields import ModelForm
from core.countries import country
from core.models import StateChange
from merchants import services
from merchants.admin.recording import Recorded, Recording
from merchants.admin.viewing import open_view
from merchants.models import Membership, Merchant
from merchants.services.viewing import begin_viewing


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ["user", "role"]
    verbose_name_plural = _("team")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user")


class MerchantForm(ModelForm):
    class Meta:
        model = Merchant
        fields = ["commission_plan", "needs_approval"]


@admin.register(Merchant)
class MerchantAdmin(Recording, ConsoleAdmin):
    """The operator decides about the plan and about suspension; the rest is the merchant's own."""

    form = MerchantForm
    records = (Recorded(Merchant, ("status", "commission_plan", "needs_approval")),)
    recorded_by = "operator"
    list_display = ["title", "kind", "state", "town", "email", "commission_plan", "created_at"]
    list_filter = ["status", "kind", "needs_approval", "commission_plan"]
    list_select_related = ["commission_plan"]
    search_fields = ["name", "slug", "email"]
    ordering = ["name"]
    fields = [
        "name",
        "slug",
        "kind",
        "state",
        "commission_plan",
        "needs_approval",
        "email",
        "town",
        "land",
        "address",
        "handling_days",
        "created_at",
        "changes",
    ]
    inlines = [MembershipInline]
    actions_detail = ["look", "suspend", "activate", "close"]
    can_change = True
    state = status_column(_("status"))
    title = column(lambda self, row: row.text("name"), _("name"), ordering="name")
    town = column(lambda self, row: row.text("city"), _("city"), ordering="city")
    land = column(lambda self, row: country(row.country), _("country"))

    def recorded_merchant(self, request: HttpRequest, key: Any) -> uuid.UUID:
        return uuid.UUID(str(key))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field for field in self.fields if field not in MerchantForm.Meta.fields]

    @admin.display(description=_("history"))
    def changes(self, row: Merchant) -> str:
        moves = StateChange.objects.filter(entity_id=row.pk).order_by("-at")[:5]
        names = dict(Merchant.Status.choices)
        return "; ".join(f"{move.at:%Y-%m-%d %H:%M} {names.get(move.to_status)} ({move.reason})" for move in moves) or "–"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.update_merchant(merchant_id=obj.pk, **{name: form.cleaned_data[name] for name in MerchantForm.Meta.fields})

    @object_action(
        description=_("See as this shop"),
        text=_("You see the pages of its team for half an hour and change nothing. Its owner reads in the log that you did, and why."),
        form_class=ReasonForm,
        icon="visibility",
    )
    def look(self, request: HttpRequest, form: Any, row: Merchant) -> HttpResponse:
        until = begin_viewing(merchant=row, actor=request.user, reason=form.cleaned_data["reason"], at=now())  # type: ignore[arg-type]  # nobody is anonymous here
        open_view(request, row, until)
        return answer_dialog(request, reverse("merchant:index"))

    @object_action(
        description=_("Suspend"),
        text=_("Its goods leave the shop at once; orders keep running."),
        done=_("The merchant is suspended."),
        form_class=ReasonForm,
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status in Merchant.SHOWN,
    )
    def suspend(self, request: HttpRequest, form: Any, row: Merchant) -> None:
        services.suspend_merchant(merchant_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())

    @object_action(
        description=_("Activate"),
        text=_("Its published goods are on sale again, also after it was closed."),
        done=_("The merchant is active."),
        form_class=ReasonForm,
        icon="check_circle",
        when=lambda row: row.status not in Merchant.SHOWN,
    )
    def activate(self, request: HttpRequest, form: Any, row: Merchant) -> None:
        services.activate_merchant(merchant_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())

    @object_action(
        description=_("Close"),
        text=_(
            "Its goods and pages are gone at once, whatever is open. Orders keep running, its money is paid out, and its team reads why."
        ),
        done=_("The shop is closed."),
        form_class=ReasonForm,
        icon="door_front",
        variant=ActionVariant.DANGER,
        when=lambda row: not row.is_closed,
    )
    def close(self, request: HttpRequest, form: Any, row: Merchant) -> None:
        services.close_merchant(merchant_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())
