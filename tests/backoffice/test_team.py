"""The team's pages: members, roles, invitations."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import Invitation, Membership
from tests.backoffice.market import Shop

CONFIRM = {"_form_submitted": "1"}
TEAM = "/merchant/merchants/membership/"
INVITATIONS = "/merchant/merchants/invitation/"


def change(client: Client, membership: Membership, role: str) -> str:
    return client.post(f"{TEAM}{membership.pk}/change/", {"role": role}, follow=True).text


def role_of(membership: Membership) -> str:
    membership.refresh_from_db()
    return membership.role


def test_an_owner_sees_members_and_open_invitations_on_one_page(shop: Shop, client: Client) -> None:
    clerk = shop.member("fulfilment")
    client.force_login(shop.owner)

    page = client.get(TEAM).text

    assert clerk.email in page
    assert "invited@antelope.example" in page
    assert "invite-member" in page


def test_an_owner_invites_sends_again_and_withdraws(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)

    made = client.post(f"{INVITATIONS}add/", {"email": "New@example.com", "role": "marketing"})
    assert made.status_code == 302
    invitation = Invitation.objects.get(email="new@example.com")
    client.post(f"{INVITATIONS}{invitation.pk}/send_again/", CONFIRM)
    client.post(f"{INVITATIONS}{invitation.pk}/withdraw/", CONFIRM)

    invitation.refresh_from_db()
    assert (invitation.role, invitation.is_open, invitation.invited_by) == ("marketing", False, shop.owner)


@pytest.mark.parametrize("data", [{}, {"email": "x", "role": "service"}, {"email": "a@b.example", "role": "king"}, {"email": "a\x00@b.c"}])
def test_a_bad_invitation_is_explained_and_nobody_is_asked(shop: Shop, client: Client, data: dict[str, str]) -> None:
    client.force_login(shop.owner)

    answer = client.post(f"{INVITATIONS}add/", data)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert Invitation.objects.count() == 1


def test_a_member_is_not_invited_again(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)

    answer = client.post(f"{INVITATIONS}add/", {"email": shop.owner.email, "role": "service"})

    assert "belongs to the team already" in answer.text
    assert Invitation.objects.count() == 1


def test_a_manager_runs_the_team_but_not_its_owners(shop: Shop, client: Client) -> None:
    clerk = Membership.objects.get(user=shop.member("fulfilment"))
    owner = Membership.objects.get(user=shop.owner)
    client.force_login(shop.member("manager"))

    change(client, clerk, "service")
    assert role_of(clerk) == "service"
    change(client, clerk, "owner")
    change(client, owner, "service")
    client.post(f"{TEAM}{owner.pk}/remove/", CONFIRM)
    client.post(f"{INVITATIONS}add/", {"email": "new@example.com", "role": "owner"})

    assert (role_of(clerk), role_of(owner)) == ("service", "owner")
    assert Invitation.objects.count() == 1
    assert 'value="owner"' not in client.get(f"{INVITATIONS}add/").text
    client.post(f"{TEAM}{clerk.pk}/remove/", CONFIRM)
    assert not Membership.objects.filter(pk=clerk.pk).exists()


def test_a_removed_member_is_out_with_the_next_click(shop: Shop, client: Client) -> None:
    clerk = shop.member("fulfilment")
    theirs = Client()
    theirs.force_login(clerk)
    assert theirs.get("/merchant/").status_code == 200
    client.force_login(shop.owner)

    answer = client.post(f"{TEAM}{Membership.objects.get(user=clerk).pk}/remove/", CONFIRM)

    assert answer["Location"] == reverse("merchant:merchants_membership_changelist")
    assert theirs.get("/merchant/").status_code == 403


def test_the_last_owner_is_neither_removed_nor_demoted(shop: Shop, client: Client) -> None:
    owner = Membership.objects.get(user=shop.owner)
    client.force_login(shop.owner)

    assert "take the owner" in change(client, owner, "service")
    page = client.post(f"{TEAM}{owner.pk}/remove/", CONFIRM, follow=True).text

    assert "needs at least one owner" in page
    assert role_of(owner) == "owner"
