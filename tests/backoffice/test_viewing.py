"""Support looks at a shop as its team does: read-only, for half an hour, told to the shop."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from merchants.admin import merchant_site
from merchants.admin.viewing import KEY
from merchants.models import Operation
from merchants.permissions import Duty
from tests.backoffice.market import Shop
from tests.backoffice.test_isolation import FILLED
from tests.backoffice.walk import addresses, rows_of, snapshot
from tests.factories.accounts import make_user

HIDDEN = {Duty.PAYOUTS, Duty.API_KEYS, Duty.TEAM, Duty.LOG}


def look(client: Client, shop: Shop, reason: str = "They asked why a price is wrong") -> str:
    answer = client.post(f"/admin/merchants/merchant/{shop.merchant.pk}/look/", {"_form_submitted": "1", "reason": reason})
    return str(answer.headers.get("Location", ""))


@pytest.fixture
def support(shop: Shop, operator: User, client: Client) -> Client:
    client.force_login(operator)
    assert look(client, shop) == "/merchant/"
    return client


def test_support_sees_the_shop_with_a_banner(support: Client, shop: Shop) -> None:
    page = support.get("/merchant/").text

    assert 'data-testid="viewing"' in page
    assert support.get(f"/merchant/orders/merchantorder/{shop.to_ship.pk}/change/").status_code == 200
    assert 'data-testid="viewing"' not in support.get("/admin/").text


def test_no_address_of_money_keys_team_or_log_opens_and_nothing_changes(support: Client, shop: Shop) -> None:
    """AUT11."""
    pages = {name: duty for _, name, duty, _ in merchant_site.pages}
    before = snapshot(shop.merchant)

    for address in addresses(merchant_site):
        if address.kind == "open":
            continue
        url = address.url("merchant", rows_of(address.model_admin, shop.merchant)[0] if address.kind in {"row", "row_action"} else None)
        duty = pages.get(address.name) or getattr(address.model_admin, "duty", None)
        if duty in HIDDEN:
            assert support.get(url).status_code == 403, url
        assert support.post(url, {**FILLED, "_save": "1"}).status_code == 403, url

    assert snapshot(shop.merchant) == before


def test_the_shop_reads_that_support_looked_and_why(support: Client, shop: Shop, operator: User) -> None:
    support.post("/admin/view-as/stop/")

    assert support.get("/merchant/").status_code == 403
    entries = Operation.objects.filter(merchant=shop.merchant, action=Operation.Action.ACCESS).order_by("timestamp")
    assert [list(entry.changes) for entry in entries] == [["viewed"], ["viewed_until"]]
    support.force_login(shop.owner)
    page = support.get("/merchant/merchants/operation/").text
    assert "They asked why a price is wrong" in page
    assert operator.email not in page


def test_it_ends_after_half_an_hour(support: Client) -> None:
    session = support.session
    until = dt.datetime.fromisoformat(session[KEY]["until"])
    assert dt.timedelta(minutes=29) < until - timezone.now() <= dt.timedelta(minutes=30)

    session[KEY] = {**session[KEY], "until": (timezone.now() - dt.timedelta(seconds=1)).isoformat()}
    session.save()

    assert support.get("/merchant/").status_code == 403


def test_it_needs_a_reason_and_the_operators_right(shop: Shop, operator: User, client: Client) -> None:
    before = Operation.objects.count()
    client.force_login(operator)
    look(client, shop, "")
    assert client.get("/merchant/").status_code == 403

    for person in (make_user(email="reader@example.com", is_staff=True), shop.owner):
        client.force_login(person)
        look(client, shop)

    assert Operation.objects.count() == before


def test_who_is_no_operator_any_more_sees_nothing(support: Client, operator: User) -> None:
    User.objects.filter(pk=operator.pk).update(is_staff=False, is_superuser=False)

    assert support.get("/merchant/").status_code == 403


def test_another_shops_rows_stay_unseen(support: Client, stranger: Shop) -> None:
    assert support.get(f"/merchant/orders/merchantorder/{stranger.to_ship.pk}/change/").status_code == 404


def test_the_second_factor_is_asked_of_support_too(support: Client, settings: Settings) -> None:
    settings.MFA_REQUIRED = True

    assert support.get("/merchant/")["Location"] == "/account/security/"


def test_a_get_neither_begins_nor_ends_it(support: Client, shop: Shop) -> None:
    assert support.get("/admin/view-as/stop/").status_code == 405

    assert support.get("/merchant/").status_code == 200
