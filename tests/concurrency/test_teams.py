"""Two owners who demote each other, and one link that is followed twice, at the same moment."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from merchants.errors import AlreadyInTeam, InvitationNotUsable, LastOwner, RoleNotYours
from merchants.models import Membership
from merchants.services import invitations, teams
from tests.concurrency.racing import at_once, refusals, successes
from tests.factories.accounts import make_user
from tests.factories.merchants import make_membership

pytestmark = pytest.mark.django_db(transaction=True)


def owners(membership: Membership) -> int:
    return Membership.objects.for_merchant(membership.merchant).filter(role=Membership.Role.OWNER).count()


def demote_each_other(one: Membership, other: Membership) -> list[object]:
    merchant = one.merchant
    return at_once(
        [
            partial(teams.set_member, merchant=merchant, user=other.user, role="service", by=one.user),
            partial(teams.remove_member, merchant=merchant, user=one.user, by=other.user),
        ]
    )


def test_two_owners_cannot_put_each_other_out_at_the_same_moment() -> None:
    for _ in range(5):
        one = make_membership()
        other = make_membership(one.merchant)

        outcomes = demote_each_other(one, other)

        # Whoever comes second is an owner no more.
        assert [type(error) for error in refusals(outcomes)] in ([RoleNotYours], [LastOwner])
        assert owners(one) == 1


def test_without_the_lock_a_shop_would_lose_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: two owners who do not take turns both find the other one still there."""
    monkeypatch.setattr(teams, "lock_team", lambda merchant: None)
    lost = False

    for _ in range(30):
        one = make_membership()
        demote_each_other(one, make_membership(one.merchant))
        lost = lost or owners(one) == 0

    assert lost


def test_a_link_followed_twice_at_once_is_one_membership() -> None:
    owner, clerk = make_membership(), make_user(email="clerk@example.com")
    invitation = invitations.invite_member(
        merchant=owner.merchant, by=owner.user, email=clerk.email, role="service", language="en", at=timezone.now()
    )
    token = invitations.issue_token(invitation_id=invitation.pk)

    outcomes = at_once([partial(invitations.accept_invitation, token=token, user=clerk)] * 6)

    assert len(successes(outcomes)) == 1
    assert {type(error) for error in refusals(outcomes)} <= {AlreadyInTeam, InvitationNotUsable}
    assert Membership.objects.filter(user=clerk).count() == 1
