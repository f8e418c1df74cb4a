"""Where the mail of an invitation into a merchant's team leads."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from merchants.errors import InvitationForAnother, InvitationNotUsable
from merchants.models import Invitation
from merchants.selectors import invitation_for_token
from merchants.services.invitations import accept_invitation
from storefront.baskets import member


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """A button says yes, because mail programs open links; guests sign in or sign up first and come back."""
    invitation = invitation_for_token(token)
    if invitation is None or not invitation.is_usable(timezone.now()):
        raise InvitationNotUsable
    user = member(request)
    if user is None:
        return _page(request, invitation, again=urlencode({"next": request.path}))
    if user.email.lower() != invitation.email.lower():
        return _page(request, invitation, refusal=InvitationForAnother())
    if request.method != "POST":
        return _page(request, invitation)
    try:
        joined = accept_invitation(token=token, user=user)
    except DomainError as error:
        return _page(request, invitation, refusal=error)
    messages.success(request, _("You work for %(shop)s now.") % {"shop": joined.merchant.text("name")})
    return redirect("merchant:index")


def _page(request: HttpRequest, invitation: Invitation, *, refusal: DomainError | None = None, again: str = "") -> HttpResponse:
    context = {
        "invitation": invitation,
        "shop": invitation.merchant.text("name"),
        "refusal": refusal,
        "again": again,
        "is_for_another": isinstance(refusal, InvitationForAnother),
    }
    return render(request, "storefront/team_join.html", context, status=refusal.status if refusal else 200)
