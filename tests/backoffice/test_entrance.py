"""Who may enter, and how far: the table of permissions, tried at every address."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.backoffice.base import ConsoleAdmin, now
from merchants.admin import merchant_site
from merchants.models import Membership, Merchant
from merchants.permissions import Duty, may_change, may_give, may_view
from merchants.services import suspend_merchant
from tests.backoffice.market import Shop
from tests.backoffice.test_isolation import FILLED
from tests.backoffice.walk import Address, addresses, rows_of, snapshot
from tests.factories.accounts import make_user

ROLES = [str(role) for role in Membership.Role.values]
SEEN = {200, 302}


def _merchant_urls(shop: Shop) -> list[tuple[Address, str]]:
    found = []
    for address in addresses(merchant_site):
        pk = rows_of(address.model_admin, shop.merchant)[0] if address.kind in {"row", "row_action"} else None
        found.append((address, address.url("merchant", pk)))
    return [(address, url) for address, url in found if address.kind != "open"]


def test_guests_are_sent_to_the_sign_in_from_every_address(shop: Shop, client: Client) -> None:
    for _address, url in _merchant_urls(shop):
        for answer in (client.get(url), client.post(url, FILLED)):
            assert answer.status_code == 302, url
            assert answer["Location"].startswith("/sign-in/?next=/merchant/"), url


@pytest.mark.parametrize("kind", ["shopper", "operator", "former member"])
def test_people_without_a_membership_are_refused_at_every_address(shop: Shop, client: Client, kind: str) -> None:
    person = make_user(is_staff=kind == "operator", is_superuser=kind == "operator")
    if kind == "former member":
        shop.merchant.memberships.create(user=person, role="owner")
        client.force_login(person)
        assert client.get("/merchant/").status_code == 200
        shop.merchant.memberships.filter(user=person).delete()
    client.force_login(person)

    for _address, url in _merchant_urls(shop):
        for answer in (client.get(url), client.post(url, FILLED)):
            assert answer.status_code == 403, url


def test_a_blocked_member_is_out_with_the_next_click(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)
    assert client.get("/merchant/").status_code == 200

    User.objects.filter(pk=shop.owner.pk).update(is_active=False)

    assert client.get("/merchant/").status_code == 302
    assert client.get(reverse("merchant:orders_merchantorder_changelist")).status_code == 302


def test_members_of_a_suspended_merchant_still_reach_their_orders(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)

    suspend_merchant(merchant_id=shop.merchant.pk, actor="operator:test", reason="papers missing", at=now())

    assert b"suspended" in client.get("/merchant/").content
    assert client.get(reverse("merchant:orders_merchantorder_change", args=[shop.to_ship.pk])).status_code == 200


@pytest.mark.parametrize("person", ["owner", "shopper"])
def test_nobody_but_staff_reaches_the_operators_pages(shop: Shop, client: Client, person: str) -> None:
    client.force_login(shop.owner if person == "owner" else make_user())

    for address in addresses(admin.site):
        if address.kind == "open":
            continue
        url = address.url("admin")
        for answer in (client.get(url), client.post(url, FILLED)):
            assert answer.status_code == 403, url


def test_the_table_names_every_role_and_gives_nothing_to_others() -> None:
    for duty in Duty:
        assert may_view("owner", duty)
        assert may_change("owner", duty)
        assert not may_change("read_only", duty)
        assert not may_view("stranger", duty)
        assert not may_change("", duty)
        for role in ROLES:
            assert may_view(role, duty) or not may_change(role, duty)
    assert {role for role in ROLES if may_change(role, Duty.PRODUCTS)} == {"owner", "manager", "catalogue"}
    assert {role for role in ROLES if may_change(role, Duty.ORDERS)} == {"owner", "manager", "fulfilment"}
    assert {role for role in ROLES if may_change(role, Duty.STOCK)} == {"owner", "manager", "fulfilment"}
    assert {role for role in ROLES if may_change(role, Duty.TEAM)} == {"owner", "manager"}
    assert {role for role in ROLES if may_change(role, Duty.PAYOUTS)} == {"owner", "finance"}
    assert {role for role in ROLES if may_change(role, Duty.PROFILE)} == {"owner", "manager", "marketing"}
    assert {role for role in ROLES if may_change(role, Duty.REVIEWS)} == {"owner", "manager", "catalogue", "service", "marketing"}
    assert {role for role in ROLES if may_view(role, Duty.LOG)} == {"owner"}
    assert {duty for duty in Duty if may_view("marketing", duty)} == {Duty.PRODUCTS, Duty.REVIEWS, Duty.PROFILE}
    assert {role for role in ROLES if may_view(role, Duty.BALANCE)} == {"owner", "manager", "finance", "read_only"}
    assert {role for role in ROLES if may_view(role, Duty.API_KEYS)} == {"owner"}
    assert {role for role in ROLES if may_view(role, Duty.ORDERS)} == {
        "owner", "manager", "fulfilment", "service", "finance", "read_only",
    }  # fmt: skip


def test_only_owners_give_and_take_the_rights_of_owners() -> None:
    assert {role for role in ROLES if may_give(role, "owner")} == {"owner"}
    assert {role for role in ROLES if may_give(role, "finance")} == {"owner", "manager"}
    assert not may_give("", "read_only")


def _may_get(role: str, address: Address) -> bool:
    model_admin: ConsoleAdmin = address.model_admin
    duty = model_admin.duty  # type: ignore[attr-defined]
    if address.action == "add":
        return bool(model_admin.can_add) and may_change(role, duty)
    if address.action == "delete":
        return bool(model_admin.can_delete) and may_change(role, duty)
    if address.kind in {"row_action", "list_action"}:
        return may_change(role, duty)
    return may_view(role, duty)


@pytest.mark.parametrize("role", ROLES)
def test_every_address_follows_the_table(shop: Shop, client: Client, role: str) -> None:
    client.force_login(shop.member(role))
    pages = {name: duty for _, name, duty, _ in merchant_site.pages}

    for address, url in _merchant_urls(shop):
        if address.kind == "page":
            expected = may_view(role, pages[address.name])
        elif address.model_admin is None:
            continue
        else:
            expected = _may_get(role, address)
        if address.action == "add" and "shippingrate" in url:
            expected = False  # it has one already
        assert (client.get(url).status_code in SEEN) == expected, (role, url)


@pytest.mark.parametrize("role", ["read_only", "service", "finance", "marketing"])
def test_roles_change_nothing_at_addresses_they_may_only_read(shop: Shop, client: Client, role: str) -> None:
    client.force_login(shop.member(role))
    before = snapshot(shop.merchant)

    for address, url in _merchant_urls(shop):
        if address.model_admin is not None and may_change(role, address.model_admin.duty):
            continue
        data = {**FILLED, "name": "changed", "title": "changed", "role": "owner", "_save": "1"}
        client.post(url, data)
        if address.action == "changelist":
            for action in address.model_admin.actions or []:
                keys = rows_of(address.model_admin, shop.merchant)
                client.post(
                    url, {"action": action, "_selected_action": keys, "apply": "1", **{f"tracking-{pk}": "T" for pk in keys}, **FILLED}
                )

    assert snapshot(shop.merchant) == before


def test_get_changes_nothing_at_any_address(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)
    before = snapshot(shop.merchant)

    for _address, url in _merchant_urls(shop):
        client.get(url)
        client.get(url, FILLED)

    assert snapshot(shop.merchant) == before


def test_posts_without_the_token_of_the_page_are_refused(shop: Shop) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(shop.owner)

    answer = careful.post(reverse("merchant:orders_merchantorder_cancel", args=[shop.to_ship.pk]), FILLED)
    other = careful.post(
        reverse("merchant:orders_merchantorder_changelist"), {"action": "prepare_selected", "_selected_action": [shop.to_ship.pk]}
    )

    assert (answer.status_code, other.status_code) == (403, 403)
    shop.to_ship.refresh_from_db()
    assert shop.to_ship.status == "paid"


def test_pages_are_never_kept_by_a_cache_and_have_a_policy_of_their_own(shop: Shop, operator: User, client: Client) -> None:
    client.force_login(shop.owner)
    merchant_page = client.get("/merchant/")
    client.force_login(operator)
    operator_page = client.get("/admin/")
    storefront_page = client.get("/")

    for page in (merchant_page, operator_page):
        assert "no-store" in page["Cache-Control"]
        assert "'unsafe-eval'" in page["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        script = next(part for part in page["Content-Security-Policy"].split(";") if "script-src" in part)
        assert "unsafe-inline" not in script
    assert "unsafe" not in storefront_page["Content-Security-Policy"]
    assert Merchant.objects.filter(pk=shop.merchant.pk).exists()
