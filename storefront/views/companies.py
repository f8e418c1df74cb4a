"""The company a member buys for: opening it, its people, invitations."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import ColleagueNotFound, InvitationNotUsable
from accounts.models import CompanyRole, User
from accounts.selectors import INVITATION, company_of, open_invitation
from accounts.services import companies as service
from core.errors import DomainError
from core.signed import unsigned
from storefront.baskets import member
from storefront.forms.companies import CompanyForm, InviteForm


def _member(request: HttpRequest) -> User:
    user = member(request)
    assert user is not None  # noqa: S101  login_required
    return user


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """The company's page; for whoever is in none, the form that opens one."""
    user = _member(request)
    if request.method != "POST":
        return _page(request)
    form = CompanyForm.of(None, request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    try:
        if user.company_id is None:
            service.open_company(user=user, **form.values)
        else:
            service.update_company(user=user, **form.values)
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, form=form, status=error.status)
    messages.success(request, _("Saved."))
    return redirect("company")


def _page(
    request: HttpRequest,
    *,
    form: CompanyForm | None = None,
    invite: InviteForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    user = _member(request)
    row = company_of(user)
    context: dict[str, Any] = {"company": row, "form": form or CompanyForm.of(row), "refusal": refusal, "invite": invite or InviteForm()}
    if row is None:
        return render(request, "storefront/company_open.html", context, status=status)
    context["people"] = row.members.order_by("email")
    context["invitations"] = row.invitations.filter(used_at=None).order_by("email") if user.is_company_administrator else []
    context["now"] = timezone.now()
    return render(request, "storefront/company.html", context, status=status)


@login_required
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Ask a colleague by mail."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, invite=form, status=422)
    try:
        service.invite_colleague(user=_member(request), language=get_language() or "en", at=timezone.now(), **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, invite=form, status=error.status)
    messages.success(request, _("The invitation is on its way."))
    return redirect("company")


@login_required
@require_POST
def withdraw(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Take an invitation back."""
    service.withdraw_invitation(user=_member(request), invitation_id=invitation_id)
    messages.success(request, _("The invitation was withdrawn."))
    return redirect("company")


@login_required
@require_POST
def colleague(request: HttpRequest, colleague_id: uuid.UUID, action: str) -> HttpResponse:
    """Another role for a colleague, or none any more."""
    user = _member(request)
    actions: dict[str, Callable[[], None]] = {
        "buyer": lambda: service.set_role(user=user, colleague_id=colleague_id, role=CompanyRole.BUYER),
        "administrator": lambda: service.set_role(user=user, colleague_id=colleague_id, role=CompanyRole.ADMINISTRATOR),
        "remove": lambda: service.remove_colleague(user=user, colleague_id=colleague_id),
    }
    if action not in actions:
        raise ColleagueNotFound
    return _done(request, actions[action], _("Saved."))


@login_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Buy for oneself again."""
    return _done(request, lambda: service.leave_company(user=_member(request)), _("You buy for yourself again."))


def _done(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        if error.status != 409:
            raise
        return _page(request, refusal=error, status=error.status)
    messages.success(request, said)
    return redirect("company")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail of an invitation leads: a button says yes, because mail programs open links."""
    user, key = _member(request), unsigned(token, INVITATION)
    invitation = open_invitation(key, user, timezone.now()) if key else None
    if invitation is None:
        raise InvitationNotUsable
    refusal = None
    if request.method == "POST":
        try:
            joined = service.accept_invitation(invitation_id=invitation.pk, user=user)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("You buy for %(company)s now.") % {"company": joined.name})
            return redirect("company")
    context = {"invitation": invitation, "refusal": refusal}
    return render(request, "storefront/company_join.html", context, status=refusal.status if refusal else 200)
