"""The second factor: setting it up, signing in with it, and that nothing leads around it."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.second_factor import has_second_factor
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.second_factors import SECRET, code, make_app, recovery_codes

pytestmark = pytest.mark.django_db
SECOND = "/sign-in/second/"
APP = "/account/security/app/"


@pytest.fixture
def user() -> User:
    return make_user(email="lina@example.com")


def sign_in(client: Client, **more: str) -> str:
    answer = client.post("/sign-in/", {"login": "lina@example.com", "password": PASSWORD, **more})
    return str(answer.headers.get("Location", ""))


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def type_password(client: Client) -> None:
    client.post("/account/again/", {"password": PASSWORD})


def test_somebody_sets_up_an_app_and_gets_recovery_codes(client: Client, user: User) -> None:
    sign_in(client)
    assert "/account/again/" in client.get(APP)["Location"]
    type_password(client)
    page = client.get(APP)
    secret = page.context["form"].secret
    assert secret in page.text

    done = client.post(APP, {"code": code(secret)}, follow=True)

    assert has_second_factor(user)
    kept = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(kept.data)
    assert not any(word in str(Authenticator.objects.values_list("data", flat=True)) for word in recovery_codes(user))
    # The codes are behind the factor that was just made.
    assert done.redirect_chain[-1][0].startswith("/account/again/code/")
    shown = client.post("/account/again/code/?next=/account/security/codes/", {"code": code(secret)}, follow=True)
    assert recovery_codes(user)[0] in shown.text
    assert "no-store" in shown["Cache-Control"]


def test_the_owner_of_the_address_is_told_of_a_new_factor(client: Client, user: User, django_capture_on_commit_callbacks: object) -> None:
    """AUT07."""
    sign_in(client)
    type_password(client)
    secret = client.get(APP).context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(APP, {"code": code(secret)})

    assert [message.to for message in mail.outbox] == [["lina@example.com"]]


def test_a_wrong_code_sets_nothing_up(client: Client, user: User) -> None:
    sign_in(client)
    type_password(client)
    client.get(APP)

    for typed in ("000000", "", "x" * 200, "\x00"):
        client.post(APP, {"code": typed})

    assert not has_second_factor(user)


def test_the_password_alone_does_not_sign_in(client: Client, user: User) -> None:
    make_app(user)

    assert sign_in(client, next="/orders/") == SECOND
    assert not is_signed_in(client)
    assert client.get("/account/")["Location"].startswith("/sign-in/")
    page = client.get(SECOND)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    client.post(SECOND, {"code": "000000"})
    assert not is_signed_in(client)

    answer = client.post(SECOND, {"code": code()})

    assert is_signed_in(client)
    assert answer["Location"] == "/orders/"


def test_a_code_is_good_once(client: Client, user: User) -> None:
    """AUT05."""
    make_app(user)
    typed = code()
    sign_in(client)
    client.post(SECOND, {"code": typed})
    other = Client()
    sign_in(other)

    other.post(SECOND, {"code": typed})

    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_a_recovery_code_signs_in_once(client: Client, user: User) -> None:
    make_app(user)
    one = recovery_codes(user)[0]
    sign_in(client)
    client.post(SECOND, {"code": one})
    other = Client()
    sign_in(other)

    other.post(SECOND, {"code": one})

    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert len(recovery_codes(user)) == 9


def test_guessing_codes_is_stopped_after_five_tries(client: Client, user: User) -> None:
    """AUT06."""
    make_app(user)
    sign_in(client)
    for _ in range(5):
        client.post(SECOND, {"code": "000000"})

    client.post(SECOND, {"code": code()})

    assert not is_signed_in(client)


def test_the_second_step_without_the_first_leads_to_the_sign_in(client: Client, user: User) -> None:
    make_app(user)

    for answer in (client.get(SECOND), client.post(SECOND, {"code": code()})):
        assert answer["Location"].startswith("/sign-in/")

    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/account/security/codes/"),
        ("get", "/account/security/codes/download/"),
        ("post", "/account/security/codes/new/"),
        ("post", "/account/security/app/remove/"),
        ("get", "/account/security/passkeys/add/"),
        ("post", "/account/security/passkeys/1/remove/"),
    ],
)
def test_a_session_of_before_does_not_do_away_with_the_factor_by_the_password(client: Client, user: User, method: str, path: str) -> None:
    sign_in(client)
    type_password(client)
    make_app(user)
    before = list(Authenticator.objects.order_by("pk").values())

    answer = getattr(client, method)(path)

    assert answer["Location"].startswith("/account/again/code/")
    assert list(Authenticator.objects.order_by("pk").values()) == before


def test_the_factor_is_removed_after_showing_it(client: Client, user: User) -> None:
    make_app(user)
    sign_in(client)
    client.post(SECOND, {"code": code()})
    type_password(client)

    client.post("/account/security/app/remove/")

    assert not Authenticator.objects.exists()


def test_a_new_secret_key_still_reads_what_was_kept(client: Client, user: User, settings: Settings) -> None:
    make_app(user)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of this installation"

    sign_in(client)
    client.post(SECOND, {"code": code()})

    assert is_signed_in(client)
    assert SECRET not in str(Authenticator.objects.get(type="totp").data)


@pytest.mark.parametrize("credential", ["", "x", "{}", "[]", "7", '{"id": 1}', '{"id": "AAAA", "response": {}}'])
def test_a_passkey_that_is_none_is_refused(client: Client, user: User, credential: str) -> None:
    client.get("/sign-in/passkey/", headers={"accept": "application/json"})

    assert client.post("/sign-in/passkey/", {"credential": credential})["Location"] == "/sign-in/"

    assert not is_signed_in(client)
    sign_in(client)
    type_password(client)
    client.get("/account/security/passkeys/add/")
    assert client.post("/account/security/passkeys/add/", {"credential": credential}).status_code == 200
    assert client.post("/account/again/passkey/", {"credential": credential}).status_code in {200, 302}
    assert not Authenticator.objects.exists()


def test_the_browser_gets_a_challenge_for_a_passkey(client: Client, user: User) -> None:
    offered = client.get("/sign-in/passkey/", headers={"accept": "application/json"}).json()
    assert offered["request_options"]["publicKey"]["challenge"]
    sign_in(client)
    type_password(client)

    page = client.get("/account/security/passkeys/add/")

    assert page.context["js_data"]["creation_options"]["publicKey"]["rp"]["name"] == "Jishi"
    assert "passkey_login" in Client().get("/sign-in/").text


@pytest.mark.parametrize("path", ["/account/security/", APP, "/account/security/passkeys/", "/account/security/passkeys/add/"])
def test_the_pages_speak_chinese(client: Client, user: User, path: str) -> None:
    sign_in(client)
    type_password(client)

    client.cookies["django_language"] = "zh-hans"

    page = client.get(path)

    assert page.status_code == 200
    assert re.search(r"<h1[^>]*>\s*[\u4e00-\u9fff]", page.text)


def test_guests_are_asked_to_sign_in_first(client: Client) -> None:
    for path in ("/account/security/", APP, "/account/security/codes/", "/account/security/passkeys/", "/account/again/code/"):
        assert client.get(path)["Location"].startswith("/sign-in/"), path
