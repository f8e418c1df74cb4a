"""Invitations into a merchant's team: bound to an address, used once, for seven days, withdrawn, sent again."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.models import User
from core import outbox
from core.models import OutboxEvent
from merchants.errors import (
    AlreadyInTeam,
    InvitationForAnother,
    InvitationInvalid,
    InvitationNotFound,
    InvitationNotUsable,
    MemberKnown,
    RoleNotYours,
    TeamFull,
)
from merchants.models import Invitation, Membership, Merchant
from merchants.services import invitations
from support.models import Mail
from tests.factories.accounts import make_user
from tests.factories.merchants import make_membership

pytestmark = pytest.mark.django_db
ADDRESS = "clerk@example.com"


@pytest.fixture
def owner() -> Membership:
    return make_membership()


def invite(by: Membership, email: str = ADDRESS, role: str = "fulfilment") -> Invitation:
    return invitations.invite_member(merchant=by.merchant, by=by.user, email=email, role=role, language="en", at=timezone.now())


def token_of(mail: Mail) -> str:
    found = re.search(r"/team/join/([\w-]+)/", mail.text)
    assert found
    return found.group(1)


def mailed() -> list[str]:
    """The tokens of all mails sent so far, the oldest first."""
    outbox.relay(now=timezone.now())
    return [token_of(mail) for mail in Mail.objects.filter(kind="team_invited").order_by("created_at", "id")]


def roles(merchant: Merchant) -> dict[str, str]:
    return dict(merchant.memberships.values_list("user__email", "role"))


def test_whoever_is_invited_joins_with_the_role_and_the_link_works_once(owner: Membership) -> None:
    invitation = invite(owner, " Clerk@Example.com ")
    (token,) = mailed()
    clerk = make_user(email=ADDRESS)

    membership = invitations.accept_invitation(token=token, user=clerk)

    assert (membership.merchant, membership.role) == (owner.merchant, "fulfilment")
    invitation.refresh_from_db()
    assert invitation.used_at is not None
    membership.delete()
    with pytest.raises(InvitationNotUsable):
        invitations.accept_invitation(token=token, user=clerk)
    assert roles(owner.merchant) == {owner.user.email: "owner"}


def test_the_secret_is_in_the_mail_and_nowhere_else(owner: Membership) -> None:
    invitation = invite(owner)
    assert invitation.token_hash is None
    (token,) = mailed()

    invitation.refresh_from_db()

    assert len(token) >= 43
    assert token not in str(Invitation.objects.values().get())
    assert token not in str(list(OutboxEvent.objects.values()))
    assert len(invitation.token_hash or "") == 64


def test_the_mail_is_in_the_language_of_whoever_reads_it(owner: Membership) -> None:
    make_user(email=ADDRESS, language="zh-hans")
    invite(owner)
    invite(owner, "nobody.yet@example.com")
    outbox.relay(now=timezone.now())

    assert dict(Mail.objects.filter(kind="team_invited").values_list("to", "language")) == {
        ADDRESS: "zh-hans",
        "nobody.yet@example.com": "en",
    }


def test_another_address_is_refused(owner: Membership) -> None:
    invite(owner)
    (token,) = mailed()

    with pytest.raises(InvitationForAnother):
        invitations.accept_invitation(token=token, user=make_user())

    assert len(roles(owner.merchant)) == 1
    assert Invitation.objects.get().is_usable(timezone.now())


def test_an_invitation_ends_after_seven_days(owner: Membership) -> None:
    invitation = invite(owner)
    (token,) = mailed()
    assert dt.timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() <= dt.timedelta(days=7)
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    with pytest.raises(InvitationNotUsable):
        invitations.accept_invitation(token=token, user=make_user(email=ADDRESS))

    assert len(roles(owner.merchant)) == 1


def test_a_withdrawn_one_opens_nothing_and_is_told_to_nobody(owner: Membership) -> None:
    first = invite(owner)
    (token,) = mailed()
    invitations.revoke_invitation(merchant=owner.merchant, by=owner.user, invitation_id=first.pk, at=timezone.now())
    second = invite(owner)
    invitations.revoke_invitation(merchant=owner.merchant, by=owner.user, invitation_id=second.pk, at=timezone.now())

    with pytest.raises(InvitationNotUsable):
        invitations.accept_invitation(token=token, user=make_user(email=ADDRESS))
    with pytest.raises(InvitationNotFound):
        invitations.revoke_invitation(merchant=owner.merchant, by=owner.user, invitation_id=second.pk, at=timezone.now())

    assert len(mailed()) == 1
    assert len(roles(owner.merchant)) == 1


def test_one_that_is_sent_again_has_a_new_link_and_the_old_one_ends(owner: Membership) -> None:
    invitation = invite(owner)
    mailed()
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))

    invitations.resend_invitation(merchant=owner.merchant, by=owner.user, invitation_id=invitation.pk, at=timezone.now())
    old, new = mailed()

    clerk = make_user(email=ADDRESS)
    with pytest.raises(InvitationNotUsable):
        invitations.accept_invitation(token=old, user=clerk)
    assert invitations.accept_invitation(token=new, user=clerk).merchant == owner.merchant


def test_a_second_invitation_of_an_address_takes_the_place_of_the_first(owner: Membership) -> None:
    invite(owner)
    invite(owner, ADDRESS.upper(), "service")

    old, new = mailed()[0], mailed()[-1]

    assert Invitation.objects.filter(revoked_at=None).get().role == "service"
    assert invitations.accept_invitation(token=new, user=make_user(email=ADDRESS)).role == "service"
    assert old == new or Invitation.objects.filter(used_at=None).count() == 1


def test_guessed_links_open_nothing(owner: Membership) -> None:
    """AUT10."""
    invite(owner)
    clerk = make_user(email=ADDRESS)

    for token in ("", "0", "x" * 5_000, "\x00", "é", "../"):
        with pytest.raises(InvitationNotUsable):
            invitations.accept_invitation(token=token, user=clerk)

    assert len(roles(owner.merchant)) == 1


@pytest.mark.parametrize(("email", "role"), [("", "service"), ("nobody", "service"), (ADDRESS, "king"), ("a\x00@example.com", "service")])
def test_an_invitation_needs_an_address_and_a_role(owner: Membership, email: str, role: str) -> None:
    with pytest.raises(InvitationInvalid):
        invite(owner, email, role)

    assert not Invitation.objects.exists()


def test_a_manager_invites_but_makes_no_owner(owner: Membership) -> None:
    manager = make_membership(owner.merchant, role=Membership.Role.MANAGER)
    of_owner = invite(owner, "second@example.com", "owner")

    invite(manager, role="manager")
    with pytest.raises(RoleNotYours):
        invite(manager, "third@example.com", "owner")
    with pytest.raises(RoleNotYours):
        invitations.resend_invitation(merchant=owner.merchant, by=manager.user, invitation_id=of_owner.pk, at=timezone.now())
    with pytest.raises(RoleNotYours):
        invitations.revoke_invitation(merchant=owner.merchant, by=manager.user, invitation_id=of_owner.pk, at=timezone.now())

    assert set(Invitation.objects.filter(revoked_at=None).values_list("email", "role")) == {
        (ADDRESS, "manager"),
        ("second@example.com", "owner"),
    }


@pytest.mark.parametrize("role", ["catalogue", "fulfilment", "service", "marketing", "finance", "read_only"])
def test_other_roles_and_strangers_invite_nobody(owner: Membership, role: str) -> None:
    member, stranger = make_membership(owner.merchant, role=role), make_membership()

    with pytest.raises(RoleNotYours):
        invite(member)
    with pytest.raises(RoleNotYours):
        invitations.invite_member(
            merchant=owner.merchant, by=stranger.user, email=ADDRESS, role="service", language="en", at=timezone.now()
        )

    assert not Invitation.objects.exists()


def test_a_strangers_invitation_is_not_found(owner: Membership) -> None:
    stranger, invitation = make_membership(), invite(owner)

    for act in (invitations.resend_invitation, invitations.revoke_invitation):
        with pytest.raises(InvitationNotFound):
            act(merchant=stranger.merchant, by=stranger.user, invitation_id=invitation.pk, at=timezone.now())

    invitation.refresh_from_db()
    assert invitation.is_open


def test_members_are_not_invited_and_whoever_works_for_a_shop_joins_no_other(owner: Membership) -> None:
    elsewhere = make_membership(user=make_user(email=ADDRESS), role="service")
    invite(owner)
    (token,) = mailed()

    with pytest.raises(MemberKnown):
        invite(owner, owner.user.email.upper())
    with pytest.raises(AlreadyInTeam):
        invitations.accept_invitation(token=token, user=User.objects.get(pk=elsewhere.user_id))

    assert len(roles(owner.merchant)) == 1


def test_a_team_has_so_many_people(owner: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_PEOPLE", 2)
    invite(owner)

    with pytest.raises(TeamFull):
        invite(owner, "another@example.com")

    assert Invitation.objects.count() == 1
