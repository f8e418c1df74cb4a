"""The page where the mail of an invitation into a team leads."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from merchants.models import Invitation, Membership
from merchants.services.invitations import invite_member, issue_token
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.merchants import make_membership

pytestmark = pytest.mark.django_db
ADDRESS = "clerk@example.com"


@pytest.fixture
def owner() -> Membership:
    return make_membership()


@pytest.fixture
def url(owner: Membership) -> str:
    invitation = invite_member(merchant=owner.merchant, by=owner.user, email=ADDRESS, role="fulfilment", language="en", at=timezone.now())
    return f"/team/join/{issue_token(invitation_id=invitation.pk)}/"


def test_a_guest_signs_up_with_the_address_and_comes_back_to_accept(client: Client, owner: Membership, url: str) -> None:
    page = client.get(url)
    assert page.status_code == 200
    assert ADDRESS in page.text
    assert f"/sign-up/?next={url.replace('/', '%2F')}" in page.text

    signed_up = client.post(f"/sign-up/?next={url}", {"email": ADDRESS, "password1": PASSWORD, "next": url})
    assert signed_up["Location"] == url
    answer = client.post(url)

    assert answer["Location"] == "/merchant/"
    assert Membership.objects.get(user__email=ADDRESS).role == "fulfilment"
    assert client.get("/merchant/").status_code == 200
    assert client.get("/merchant/bank-account/").status_code == 403


def test_looking_at_it_accepts_nothing(client: Client, url: str) -> None:
    client.force_login(make_user(email=ADDRESS))

    assert "team-join" in client.get(url).text

    assert Membership.objects.count() == 1
    assert Invitation.objects.get().used_at is None


def test_another_address_is_refused_with_a_reason(client: Client, url: str) -> None:
    client.force_login(make_user(email="somebody@example.com"))

    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 403
        assert "for another address" in answer.text

    assert Membership.objects.count() == 1


def test_a_guests_post_accepts_nothing(client: Client, url: str) -> None:
    client.post(url)

    assert Membership.objects.count() == 1


@pytest.mark.parametrize("token", ["x", "x" * 300, "%00", "é"])
def test_a_link_that_never_was_sent_is_refused(client: Client, owner: Membership, token: str) -> None:
    client.force_login(make_user(email=ADDRESS))

    answer = client.post(f"/team/join/{token}/")

    assert answer.status_code in {404, 409}
    assert Membership.objects.count() == 1


def test_the_page_speaks_chinese(client: Client, url: str) -> None:
    client.get("/language/zh-hans/")
    page = client.get(url, headers={"accept-language": "zh-hans"})

    assert "仓储发货" in page.text


def test_it_is_kept_by_no_cache_and_tells_no_address_to_others(client: Client, url: str) -> None:
    page = client.get(url)

    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
