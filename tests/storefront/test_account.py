from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Address, User
from tests.factories.accounts import PASSWORD, make_address, make_user
from tests.factories.loyalty import make_lot

PLACE = {"name": "Li Na", "phone": "138 0013 8000", "address": "1 Market Street", "city": "Shanghai", "postcode": "200000", "country": "CN"}


@pytest.fixture
def user(client: Client, db: None) -> User:
    user = make_user()
    client.force_login(user)
    return user


@pytest.mark.parametrize("path", ["/account/", "/account/points/", "/account/addresses/"])
def test_strangers_are_asked_to_sign_in(client: Client, db: None, path: str) -> None:
    assert client.get(path)["Location"] == f"/sign-in/?next={path}"


def test_name_and_language_are_remembered(client: Client, user: User) -> None:
    client.post("/account/", {"name": "Mei", "language": "zh-hans"})

    user.refresh_from_db()
    assert (user.name, user.language) == ("Mei", "zh-hans")
    assert '<html lang="zh-Hans"' in client.get("/account/").text


@pytest.mark.parametrize(
    "sent", [{"name": "x" * 101, "language": "en"}, {"name": "Mei", "language": "xx"}, {"name": "a\x00", "language": "en"}]
)
def test_a_wrong_profile_changes_nothing(client: Client, user: User, sent: dict[str, str]) -> None:
    answer = client.post("/account/", sent)

    assert answer.status_code == 422
    assert User.objects.get(pk=user.pk).name == user.name


def test_points_show_their_expiry_and_history(client: Client, user: User) -> None:
    lot = make_lot(120, user=user, at=timezone.now())

    answer = client.get("/account/points/")

    assert "worth $1.20 at checkout" in answer.text
    assert str(lot.expires_at.year) in answer.text
    assert "+120" in answer.text


def test_addresses_can_be_kept_changed_and_removed(client: Client, user: User) -> None:
    client.post("/account/addresses/", PLACE)
    address = Address.objects.get(user=user)

    client.post(f"/account/addresses/{address.pk}/", {**PLACE, "city": "Hangzhou"})
    changed = Address.objects.get(pk=address.pk).city
    client.post(f"/account/addresses/{address.pk}/delete/")

    assert changed == "Hangzhou"
    assert not Address.objects.exists()


@pytest.mark.parametrize("field", list(PLACE))
def test_an_incomplete_address_is_refused(client: Client, user: User, field: str) -> None:
    answer = client.post("/account/addresses/", {**PLACE, field: ""})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Address.objects.exists()


def test_a_strangers_address_is_not_found_and_stays(client: Client, user: User) -> None:
    strangers = make_address()

    for path in (
        f"/account/addresses/{strangers.pk}/",
        f"/account/addresses/{strangers.pk}/delete/",
        f"/account/addresses/{uuid4()}/delete/",
    ):
        assert client.post(path, PLACE).status_code == 404
    assert Address.objects.filter(pk=strangers.pk).exists()


def test_signing_out_needs_a_post(client: Client, user: User) -> None:
    client.get("/sign-out/")
    still = client.get("/account/").status_code
    client.post("/sign-out/")

    assert still == 200
    assert client.get("/account/").status_code == 302


def test_signing_up_signs_in(client: Client, db: None) -> None:
    client.post("/sign-up/", {"email": "New@Example.com", "password1": PASSWORD})

    assert client.get("/account/").status_code == 200
    assert User.objects.get().email == "new@example.com"


@pytest.mark.parametrize(
    "sent", [{"login": "a@example.com", "password": "x"}, {"login": "", "password": ""}, {"login": "\x00", "password": "\x00"}]
)
def test_a_wrong_password_is_refused(client: Client, db: None, sent: dict[str, str]) -> None:
    answer = client.post("/sign-in/", sent)

    assert answer.status_code == 422
    assert 'id="error-summary"' in answer.text


def test_signing_in_leads_only_to_pages_of_this_site(client: Client, db: None) -> None:
    user = make_user()

    answer = client.post(
        "/sign-in/?next=https://evil.example/", {"login": user.email, "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert "evil" not in answer["Location"]
