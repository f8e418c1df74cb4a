"""Who works in the shop: members with their roles, and invitations that are still open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from core.backoffice.actions import ActionVariant, ConfirmForm, answer_dialog, object_action
from core.backoffice.base import now
from core.backoffice.display import column, label, moment
from core.backoffice.fields import ModelForm
from merchants.admin.recording import Recorded
from merchants.admin.site import merchant_of, merchant_site, role_of_request
from merchants.admin.tenant import MerchantModelAdmin
from merchants.errors import OwnRole
from merchants.models import Invitation, Membership
from merchants.permissions import Duty, may_give, roles_to_give
from merchants.services.invitations import invite_member, resend_invitation, revoke_invitation
from merchants.services.teams import remove_member, set_member

INVITATIONS = "merchant:merchants_invitation_changelist"


class RoleForm(ModelForm):
    """Only roles that the person who asks may give."""

    giver = ""
    role = forms.ChoiceField(label=capfirst(_("role")), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self.fields["role"].choices = roles_to_give(self.giver)  # type: ignore[attr-defined]  # a field of choices


class OfTeam(MerchantModelAdmin):
    duty = Duty.TEAM
    role_label = column(lambda self, row: label(row.get_role_display(), "primary" if row.role == "owner" else "neutral"), _("role"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"giver": role_of_request(request)})


@admin.register(Membership, site=merchant_site)
class TeamAdmin(OfTeam):
    """Everybody who may enter, and who is asked to; owners and managers give roles."""

    form = RoleForm
    records = (Recorded(Membership, ("role",), name=lambda row: str(row.user.email)),)
    can_change = True
    list_display = ["person", "role_label", "created_at"]
    list_select_related = ["user"]
    list_after_template = "backoffice/team_invitations.html"
    search_fields = ["user__email", "user__name"]
    ordering = ["created_at"]
    fields = ["person", "role"]
    readonly_fields = ["person"]
    actions_detail = ["remove"]
    person = column(lambda self, row: f"{row.user.name} · {row.user.email}" if row.user.name else row.user.email, _("person"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or may_give(role_of_request(request), obj.role))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        rows = Invitation.objects.for_merchant(merchant_of(request)).filter(used_at=None, revoked_at=None).order_by("email")
        asked = [{"row": row, "until": moment(row.expires_at), "is_usable": row.is_usable(now())} for row in rows]
        return super().changelist_view(request, {"invited": asked, "may_invite": self.may_act(request), **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Raises OwnRole when owners would take their own rights away; RoleNotYours and LastOwner come from the service."""
        is_own = obj.user_id == request.user.pk and role_of_request(request) == Membership.Role.OWNER
        if is_own and obj.role != Membership.Role.OWNER:
            raise OwnRole
        set_member(merchant=merchant_of(request), user=obj.user, role=obj.role, by=request.user)  # type: ignore[arg-type]  # nobody is anonymous here

    @object_action(
        description=_("Remove from the team"),
        text=_("This person is out with the next click. What they did stays in the histories."),
        done=_("The person is no longer in the team."),
        form_class=ConfirmForm,
        icon="person_remove",
        variant=ActionVariant.DANGER,
    )
    def remove(self, request: HttpRequest, form: Any, row: Membership) -> HttpResponse:
        remove_member(merchant=merchant_of(request), user=row.user, by=request.user)  # type: ignore[arg-type]  # nobody is anonymous here
        is_own = row.user_id == request.user.pk
        return answer_dialog(request, "/" if is_own else reverse("merchant:merchants_membership_changelist"))


class InvitationForm(RoleForm):
    class Meta:
        model = Invitation
        fields = ["email", "role"]


@admin.register(Invitation, site=merchant_site)
class InvitationAdmin(OfTeam):
    """Who was asked into the team: by mail, each link good for one person, once, for seven days."""

    can_add = True
    form = InvitationForm
    records = (Recorded(Invitation, ("email", "role", "expires_at", "revoked_at")),)
    list_display = ["email", "role_label", "state", "created_at"]
    list_select_related = ["invited_by"]
    search_fields = ["email"]
    ordering = ["-created_at"]
    actions_detail = ["send_again", "withdraw"]
    state = column(lambda self, row: _state(row), _("status"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["email", "role_label", "state", "invited_by", "created_at", "expires_at"] if obj else ["email", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        made = invite_member(
            merchant=merchant_of(request),
            by=request.user,  # type: ignore[arg-type]  # nobody is anonymous here
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            language=get_language() or "en",
            at=now(),
        )
        obj.pk, obj.merchant = made.pk, made.merchant

    @object_action(
        description=_("Send again"),
        text=_("A new mail with a new link, good for seven days. The link of the earlier mail ends."),
        done=_("The invitation is on its way."),
        form_class=ConfirmForm,
        icon="forward_to_inbox",
        when=lambda row: row.is_open,
    )
    def send_again(self, request: HttpRequest, form: Any, row: Invitation) -> None:
        resend_invitation(merchant=merchant_of(request), by=request.user, invitation_id=row.pk, at=now())  # type: ignore[arg-type]  # nobody is anonymous here

    @object_action(
        description=_("Withdraw"),
        text=_("The link in the mail opens nothing any more."),
        done=_("The invitation was withdrawn."),
        form_class=ConfirmForm,
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.is_open,
    )
    def withdraw(self, request: HttpRequest, form: Any, row: Invitation) -> HttpResponse:
        revoke_invitation(merchant=merchant_of(request), by=request.user, invitation_id=row.pk, at=now())  # type: ignore[arg-type]  # nobody is anonymous here
        return answer_dialog(request, reverse(INVITATIONS))


def _state(row: Invitation) -> Any:
    if row.used_at:
        return label(_("Accepted"), "success")
    if row.revoked_at:
        return label(_("Withdrawn"), "neutral")
    return label(_("Open"), "warning") if row.is_usable(now()) else label(_("Too old"), "danger")
