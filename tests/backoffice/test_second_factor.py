"""Whoever reaches money or the team shows a second factor before a page of the back offices opens; the demo's logins need none."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from merchants.admin import merchant_site
from merchants.models import ApiKey, Membership
from tests.backoffice.market import Shop
from tests.backoffice.test_isolation import FILLED
from tests.backoffice.walk import addresses, rows_of, snapshot
from tests.factories.accounts import PASSWORD
from tests.factories.second_factors import code, make_app

FORCED = ["owner", "manager", "finance"]
FREE = [role for role in Membership.Role.values if role not in FORCED]
SETUP = "/account/security/"


@pytest.fixture(autouse=True)
def _required(settings: Settings) -> None:
    settings.MFA_REQUIRED = True


def sign_in(client: Client, user: User, path: str = "/merchant/") -> str:
    answer = client.post("/sign-in/", {"login": user.email, "password": PASSWORD, "next": path})
    return str(answer["Location"])


def test_a_forced_role_without_a_factor_reaches_no_address(shop: Shop, client: Client) -> None:
    """AUT05."""
    client.force_login(shop.owner)
    before = snapshot(shop.merchant)

    for address in addresses(merchant_site):
        if address.kind == "open":
            continue
        url = address.url("merchant", rows_of(address.model_admin, shop.merchant)[0] if address.kind in {"row", "row_action"} else None)
        for answer in (client.get(url), client.post(url, FILLED), client.get(url, headers={"hx-request": "true"})):
            assert (answer.status_code, answer["Location"]) == (302, SETUP), url

    assert snapshot(shop.merchant) == before


def test_an_operator_without_a_factor_reaches_no_address(operator: User, client: Client) -> None:
    client.force_login(operator)

    urls = [address.url("admin") for address in addresses(admin.site) if address.kind != "open"]
    for url in [*urls, "/admin/bank-details/01900000-0000-7000-8000-000000000000/"]:
        for answer in (client.get(url), client.post(url, FILLED)):
            assert (answer.status_code, answer["Location"]) == (302, SETUP), url


@pytest.mark.parametrize("role", FORCED)
def test_forced_roles_are_led_to_the_set_up_and_told_why(shop: Shop, client: Client, role: str) -> None:
    client.force_login(shop.member(role))

    page = client.get("/merchant/", follow=True)

    assert page.redirect_chain == [(SETUP, 302)]
    assert "needs a second step" in page.text


@pytest.mark.parametrize("role", FREE)
def test_other_roles_enter_by_their_password(shop: Shop, client: Client, role: str) -> None:
    assert sign_in(client, shop.member(role)) == "/merchant/"

    assert client.get("/merchant/").status_code == 200


@pytest.mark.parametrize("site", ["merchant", "admin"])
@pytest.mark.parametrize("door", ["/sign-in/", "login/"])
def test_signing_in_asks_for_the_second_factor_at_every_door(shop: Shop, operator: User, client: Client, site: str, door: str) -> None:
    user = shop.owner if site == "merchant" else operator
    make_app(user)
    if door == "login/":
        posted = client.post(f"/{site}/login/", {"username": user.email, "password": PASSWORD})
        assert posted["Location"].startswith("/sign-in/?next=")

    assert sign_in(client, user, f"/{site}/") == "/sign-in/second/"
    assert client.get(f"/{site}/")["Location"].startswith("/sign-in/")
    answer = client.post("/sign-in/second/", {"code": code()})

    assert answer["Location"] == f"/{site}/"
    assert client.get(f"/{site}/").status_code == 200


def test_a_session_that_came_in_without_the_factor_has_to_show_it(shop: Shop, client: Client) -> None:
    """A session of before, or one made by a form that knows nothing of factors."""
    make_app(shop.owner)
    client.force_login(shop.owner)

    answer = client.get("/merchant/orders/merchantorder/?queue=to_ship")
    assert answer["Location"].startswith("/account/again/code/?next=%2Fmerchant%2Forders")
    client.post(answer["Location"], {"code": "000000"})
    assert client.get("/merchant/").status_code == 302
    shown = client.post(answer["Location"], {"code": code()})

    assert shown["Location"] == "/merchant/orders/merchantorder/?queue=to_ship"
    assert client.get("/merchant/").status_code == 200


def test_a_factor_taken_away_closes_the_door_again(shop: Shop, client: Client) -> None:
    make_app(shop.owner)
    sign_in(client, shop.owner)
    client.post("/sign-in/second/", {"code": code()})
    assert client.get("/merchant/").status_code == 200

    shop.owner.authenticator_set.all().delete()  # type: ignore[attr-defined]  # allauth has no types

    assert client.get("/merchant/")["Location"] == SETUP


def test_recovery_codes_alone_are_no_second_factor(shop: Shop, client: Client) -> None:
    make_app(shop.owner)
    shop.owner.authenticator_set.filter(type="totp").delete()  # type: ignore[attr-defined]  # allauth has no types
    client.force_login(shop.owner)

    assert client.get("/merchant/")["Location"] == SETUP


def test_anothers_factor_in_the_same_browser_proves_nothing(shop: Shop, operator: User, client: Client) -> None:
    make_app(operator)
    make_app(shop.owner)
    sign_in(client, operator, "/admin/")
    client.post("/sign-in/second/", {"code": code()})

    client.force_login(shop.owner)

    assert client.get("/merchant/")["Location"].startswith("/account/again/code/")


def test_a_role_that_becomes_forced_is_asked_with_the_next_click(shop: Shop, client: Client) -> None:
    clerk = shop.member("service")
    client.force_login(clerk)
    assert client.get("/merchant/").status_code == 200

    Membership.objects.filter(user=clerk).update(role="finance")

    assert client.get("/merchant/")["Location"] == SETUP


def test_changing_the_bank_account_asks_for_password_or_factor_again(shop: Shop, client: Client) -> None:
    make_app(shop.owner)
    sign_in(client, shop.owner)
    client.post("/sign-in/second/", {"code": code()})
    change = "/merchant/bank-account/change/"

    assert client.get(change)["Location"].startswith("/account/again/code/")
    client.post("/account/again/", {"password": PASSWORD})

    assert client.get(change).status_code == 200


def test_where_it_is_not_required_the_password_is_enough(shop: Shop, operator: User, client: Client, settings: Settings) -> None:
    """The demo."""
    settings.MFA_REQUIRED = False

    assert sign_in(client, shop.owner) == "/merchant/"
    assert client.get("/merchant/").status_code == 200
    other = Client()
    assert sign_in(other, operator, "/admin/") == "/admin/"
    assert other.get("/admin/").status_code == 200


def test_whoever_has_a_factor_shows_it_where_it_is_not_required_too(shop: Shop, client: Client, settings: Settings) -> None:
    settings.MFA_REQUIRED = False
    make_app(shop.owner)

    assert sign_in(client, shop.owner) == "/sign-in/second/"


def test_the_secrets_of_factors_are_no_page_of_the_operator(operator: User, client: Client) -> None:
    assert "mfa" not in {model._meta.app_label for model in admin.site._registry}
    assert ApiKey not in admin.site._registry
