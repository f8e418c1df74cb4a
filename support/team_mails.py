"""Mails about a merchant's team: who is asked into it."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from core.outbox import handles
from merchants.events import MemberInvited
from merchants.models import Invitation
from merchants.services.invitations import issue_token
from support.content import Notice, Reader, Row, moment
from support.links import team_join_url
from support.services import TEAM_INVITED, notify


@handles(MemberInvited)
def mail_member_invited(event: MemberInvited) -> None:
    invitation = Invitation.objects.select_related("merchant", "invited_by").filter(pk=uuid.UUID(event.invitation_id)).first()
    token = issue_token(invitation_id=invitation.pk) if invitation else ""
    if invitation is None or not token:  # one that was withdrawn since is told to nobody
        return
    reader = Reader(invitation.email, invitation.language)
    notify(subject_id=uuid.UUID(event.occasion), reader=reader, write=lambda: invited(invitation, token), at=timezone.now())


def invited(invitation: Invitation, token: str) -> Notice:
    """Would you work in this shop?"""
    shop = invitation.merchant.text("name")
    return Notice(
        kind=TEAM_INVITED,
        subject=_("Work for %(shop)s on Jishi") % {"shop": shop},
        heading=_("You are invited into the team of %(shop)s.") % {"shop": shop},
        lead=[
            _("%(who)s asks you into the team that runs the shop.") % {"who": invitation.invited_by.email},
            _("Sign in, or sign up, with this address: the invitation is for nobody else and can be used once."),
        ],
        button=_("Look at the invitation"),
        url=team_join_url(token),
        facts=[Row(_("Role"), str(invitation.get_role_display())), Row(_("Until"), moment(invitation.expires_at))],
    )
