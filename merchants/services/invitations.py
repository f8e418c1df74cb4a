"""Invitations into a merchant's team: by mail, for one address, for one use, for seven days."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from core import outbox
from core.ids import uuid7
from merchants.errors import (
    AlreadyInTeam,
    InvitationForAnother,
    InvitationInvalid,
    InvitationNotFound,
    InvitationNotUsable,
    MemberKnown,
    TeamFull,
)
from merchants.events import MemberInvited
from merchants.models import Invitation, Membership, Merchant
from merchants.services.api_keys import hash_secret
from merchants.services.teams import lock_team, require_giver

INVITED_FOR = dt.timedelta(days=7)
MOST_PEOPLE = 200


@transaction.atomic
def invite_member(*, merchant: Merchant, by: User, email: str, role: str, language: str, at: dt.datetime) -> Invitation:
    """Ask somebody into the team by mail; an earlier open invitation of the same address is withdrawn.

    Args:
        by: the member who asks.
        language: in which the mail is written where the address is nobody's yet.

    Raises:
        InvitationInvalid: no address, or no role.
        RoleNotYours: `by` may not give this role.
        MemberKnown: they are in the team.
        TeamFull: people and open invitations are as many as may be.
    """
    address = email.strip().lower()
    if not _is_mail(address) or role not in Membership.Role.values:
        raise InvitationInvalid
    lock_team(merchant)
    require_giver(merchant, by, role)
    if merchant.memberships.filter(user__email__iexact=address).exists():
        raise MemberKnown(email=address)
    _open(merchant).filter(email__iexact=address).update(revoked_at=at)
    if merchant.memberships.count() + _open(merchant).count() >= MOST_PEOPLE:
        raise TeamFull(most=MOST_PEOPLE)
    known = User.objects.filter(email__iexact=address).values_list("language", flat=True).first()
    invitation = Invitation.objects.create(
        merchant=merchant, email=address, role=role, language=known or language, invited_by=by, expires_at=at + INVITED_FOR, created_at=at
    )
    _announce(invitation)
    return invitation


@transaction.atomic
def resend_invitation(*, merchant: Merchant, by: User, invitation_id: uuid.UUID, at: dt.datetime) -> Invitation:
    """Mail an open invitation again, good for seven days from now; the link of the earlier mail ends.

    Raises:
        InvitationNotFound, RoleNotYours.
    """
    invitation = _managed(merchant, by, invitation_id)
    invitation.expires_at, invitation.token_hash = at + INVITED_FOR, None
    invitation.save(update_fields=["expires_at", "token_hash"])
    _announce(invitation)
    return invitation


@transaction.atomic
def revoke_invitation(*, merchant: Merchant, by: User, invitation_id: uuid.UUID, at: dt.datetime) -> Invitation:
    """Take an open invitation back. Raises InvitationNotFound, RoleNotYours."""
    invitation = _managed(merchant, by, invitation_id)
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    return invitation


@transaction.atomic
def issue_token(*, invitation_id: uuid.UUID) -> str:
    """A new secret for the link of one mail; the one before it opens nothing any more. Empty where there is nothing to accept.

    Called by whoever writes the mail, so that the secret is in the mail and nowhere else.
    """
    secret = secrets.token_urlsafe(32)
    rows = Invitation.objects.filter(pk=invitation_id, used_at=None, revoked_at=None)
    return secret if rows.update(token_hash=hash_secret(secret)) else ""


@transaction.atomic
def accept_invitation(*, token: str, user: User) -> Membership:
    """Say yes to an invitation; by the database's clock, once.

    Raises:
        InvitationNotUsable: it was used or withdrawn, is too old, or never was.
        InvitationForAnother: the person's address is not the invited one.
        AlreadyInTeam: the person works for a shop.
    """
    found = Invitation.objects.select_related("merchant").filter(token_hash=hash_secret(token)).first()
    if found is None:
        raise InvitationNotUsable
    lock_team(found.merchant)
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if person.email.lower() != found.email.lower():
        raise InvitationForAnother
    if Membership.objects.filter(user=person).exists():
        raise AlreadyInTeam
    rows = Invitation.objects.filter(pk=found.pk, token_hash=found.token_hash, used_at=None, revoked_at=None, expires_at__gt=Now())
    if not rows.update(used_at=Now()):
        raise InvitationNotUsable
    return Membership.objects.create(merchant=found.merchant, user=person, role=found.role)


def _open(merchant: Merchant) -> Any:
    return Invitation.objects.for_merchant(merchant).filter(used_at=None, revoked_at=None)


def _managed(merchant: Merchant, by: User, invitation_id: uuid.UUID) -> Invitation:
    """An open invitation of this team that `by` could have written."""
    lock_team(merchant)
    invitation: Invitation | None = _open(merchant).filter(pk=invitation_id).first()
    if invitation is None:
        raise InvitationNotFound
    require_giver(merchant, by, invitation.role)
    return invitation


def _announce(invitation: Invitation) -> None:
    outbox.publish(MemberInvited(invitation_id=str(invitation.pk), occasion=str(uuid7())))


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
