import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a much better battery"


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str) -> int:
    return client.post(reverse("account_login"), {"login": email, "password": password}, headers=extra).status_code


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_person_signs_up_with_an_e_mail_address_and_a_password(client: Client) -> None:
    answer = client.post(
        reverse("account_signup"), {"email": "Li.Na@Example.com", "password1": PASSWORD}, headers={"accept-language": "zh-hans"}
    )

    assert answer.status_code == 302
    user = User.objects.get()
    assert (user.email, user.language, user.check_password(PASSWORD)) == ("li.na@example.com", "zh-hans", True)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", PASSWORD),
        ("nonsense", PASSWORD),
        ("a@b.c" * 100, PASSWORD),
        ("a\0@example.com", PASSWORD),
        ("a@example.com", ""),
        ("a@example.com", "12345678"),
    ],
)
def test_a_bad_sign_up_is_explained_and_makes_nobody(client: Client, email: str, password: str) -> None:
    answer = client.post(reverse("account_signup"), {"email": email, "password1": password})

    assert answer.status_code == 422
    assert not User.objects.exists()
    assert not is_signed_in(client)


def test_an_address_can_be_taken_only_once_whatever_its_case(client: Client) -> None:
    make_user(email="lina@example.com")

    client.post(reverse("account_signup"), {"email": "LINA@example.com", "password1": NEW_PASSWORD})

    assert User.objects.count() == 1
    assert not is_signed_in(client)


def test_a_member_signs_in_and_out_and_gets_a_new_session(client: Client) -> None:
    make_user(email="lina@example.com")
    client.get(reverse("account_login"))
    before = client.session.session_key

    assert sign_in(client, "LiNa@Example.com") == 302
    assert is_signed_in(client)
    assert client.session.session_key != before
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_a_wrong_password_an_unknown_address_and_an_inactive_member_stay_out(client: Client) -> None:
    make_user(email="lina@example.com")
    make_user(email="gone@example.com", is_active=False)

    sign_in(client, "lina@example.com", "wrong")
    sign_in(client, "nobody@example.com")
    sign_in(client, "gone@example.com")

    assert not is_signed_in(client)


def test_guessing_passwords_is_stopped_after_five_tries(client: Client) -> None:
    make_user(email="lina@example.com")
    for _ in range(5):
        sign_in(client, "lina@example.com", "wrong")

    sign_in(client, "lina@example.com", PASSWORD)

    assert not is_signed_in(client)


def test_guessing_passwords_is_stopped_while_the_cache_is_away_too(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    make_user(email="lina@example.com")
    make_user(email="mei@example.com")
    for _ in range(5):
        sign_in(client, "lina@example.com", "wrong")

    sign_in(client, "lina@example.com", PASSWORD)

    assert not is_signed_in(client)
    assert sign_in(client, "mei@example.com", PASSWORD) == 302, "others are not kept out"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(client: Client, target: str) -> None:
    make_user(email="lina@example.com")

    answer = client.post(reverse("account_login"), {"login": "lina@example.com", "password": PASSWORD, "next": target})

    assert answer.status_code == 302
    assert answer["Location"] == "/account/"


def reset_link(client: Client, email: str, **extra: str) -> str:
    client.post(reverse("account_reset_password"), {"email": email}, headers=extra)
    found = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert found
    return found.group()


@pytest.mark.urls("tests.accounts.urls")
def test_a_forgotten_password_is_replaced_once_by_a_link_into_the_configured_site(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://jishi.example"
    settings.ALLOWED_HOSTS = ["*"]
    user = make_user(email="lina@example.com")

    link = reset_link(client, "lina@example.com", host="evil.example")

    assert link.startswith("https://jishi.example/accounts/")
    assert "evil" not in str(mail.outbox[-1].body) + mail.outbox[-1].subject
    page = client.get(link.removeprefix("https://jishi.example"), follow=True)
    form = page.redirect_chain[-1][0]
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    again = Client().get(link.removeprefix("https://jishi.example"), follow=True)
    assert not again.redirect_chain or again.context["token_fail"]


def test_every_persons_reset_link_opens_the_storefronts_form_and_sets_the_password(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    people = [make_user(email=f"person{number}@example.com") for number in range(25)]

    for person in people:
        client = Client()
        link = reset_link(client, person.email)
        page = client.get(link.removeprefix(settings.SITE_URL), follow=True)
        assert page.redirect_chain, link
        client.post(page.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert [person.email for person in User.objects.all() if not person.check_password(NEW_PASSWORD)] == []


@pytest.mark.parametrize("path", ["1-set-password", "zz-abc-def", "-", "a-", "-a", "0-0", "é-é", "a-%00", "z" * 500 + "-a"])
def test_a_reset_link_that_never_was_sent_changes_nothing(client: Client, path: str) -> None:
    user = make_user()

    answer = client.get(f"/password/reset/{path}/", follow=True)
    client.post(f"/password/reset/{path}/", {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert answer.status_code == 404 or answer.context["token_fail"]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_mails_are_written_in_the_recipients_language(client: Client) -> None:
    make_user(email="lina@example.com", language="zh-hans")
    make_user(email="john@example.com", language="en")

    reset_link(client, "lina@example.com")
    reset_link(client, "john@example.com", **{"accept-language": "zh-hans"})

    chinese, english = mail.outbox
    assert re.search(r"[\u4e00-\u9fff]", chinese.subject)
    assert english.subject.isascii()


def test_asking_for_an_unknown_address_looks_the_same(client: Client) -> None:
    make_user(email="lina@example.com")

    known = client.post(reverse("account_reset_password"), {"email": "lina@example.com"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
