"""The palette (Ctrl+K): whoever works here finds pages and rows by what they are called, and nothing they may not see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from backoffice.palette.terms import Term
from payments.models import PaymentAttempt, Refund
from tests.backoffice.market import Shop
from tests.factories.accounts import make_user

MOST_QUERIES = 8
# Tables that grow with the market; what is small is read from end to end faster than through an index.
LARGE = {
    "orders_merchantorder", "orders_checkout", "orders_aftersalescase", "catalog_product", "catalog_productcard", "accounts_user",
    "payments_paymentattempt", "payments_refund", "logistics_shipment", "logistics_purchaseorder", "logistics_transfer",
}  # fmt: skip


def search(client: Client, site: str, typed: str, language: str = "en") -> str:
    answer = client.get(f"/{site}/search/", {"s": typed}, headers={"accept-language": language})
    assert answer.status_code == 200, typed
    return answer.content.decode()


def link(site: str, model: str, row: Any) -> str:
    return f'href="/{site}/{model}/{row.pk}/change/"'


@pytest.fixture
def member(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


@pytest.fixture
def staff(operator: User, client: Client) -> Client:
    client.force_login(operator)
    return client


def test_an_order_is_found_by_the_beginning_of_its_number_however_it_is_typed(shop: Shop, member: Client) -> None:
    number = shop.to_ship.number

    for typed in (number, number[:4], number.lower(), number.replace("-", ""), f" {number.replace('-', ' ')} ", str(shop.to_ship.pk)):
        assert link("merchant", "orders/merchantorder", shop.to_ship) in search(member, "merchant", typed), typed
    # An order nobody paid is not the merchant's business.
    assert str(shop.unpaid.pk) not in search(member, "merchant", shop.unpaid.number)


def test_a_merchant_finds_goods_parcels_returns_and_statements(shop: Shop, member: Client) -> None:
    parcel = shop.merchant.shipments.get(tracking_number="ANTELOPE-TRACK")
    rows = {
        "antelope lant": ("catalog/product", shop.product),
        "ANTELOPE-1": ("catalog/product", shop.product),
        "1": ("payments/payoutstatement", shop.statement),
        "#1": ("payments/payoutstatement", shop.statement),
        "antelope-track": ("logistics/shipment", parcel),
        shop.case.number: ("orders/aftersalescase", shop.case),
    }

    for typed, (model, row) in rows.items():
        assert link("merchant", model, row) in search(member, "merchant", typed), typed


def test_goods_are_found_and_named_in_chinese(shop: Shop, member: Client) -> None:
    shop.product.i18n = {"zh-hans": {"title": "羚羊纸灯笼"}}
    shop.product.save(update_fields=["i18n"])
    refresh(shop)

    body = search(member, "merchant", "灯笼", "zh-hans")

    assert link("merchant", "catalog/product", shop.product) in body
    assert "羚羊纸灯笼" in body


def refresh(shop: Shop) -> None:
    from catalog.services.cards import refresh_cards

    refresh_cards([shop.product.pk])


def test_pages_are_found_by_their_names_in_either_language(shop: Shop, member: Client) -> None:
    for typed, language in (("to sh", "en"), ("to sh", "zh-hans"), ("待发", "en"), ("待发", "zh-hans")):
        assert 'href="/merchant/to-ship/"' in search(member, "merchant", typed, language), (typed, language)
    assert 'href="/merchant/catalog/product/add/"' in search(member, "merchant", "add product")
    # What finds nothing says so, and what may be typed.
    assert "Nothing found for “zzzz&lt;b&gt;”." in search(member, "merchant", "zzzz<b>")
    assert "没有找到“zzzz”" in search(member, "merchant", "zzzz", "zh-hans")


def test_a_role_finds_only_what_belongs_to_its_duties(shop: Shop, client: Client) -> None:
    client.force_login(shop.member("catalogue"))

    assert "/merchant/payouts/" not in search(client, "merchant", "payout")
    assert "/merchant/catalog/product/add/" in search(client, "merchant", "product")
    for typed in (shop.to_ship.number, "ANTELOPE-TRACK", shop.case.number, "1"):
        assert 'role="option"' not in search(client, "merchant", typed).replace(link("merchant", "catalog/product", shop.product), ""), (
            typed
        )


def test_nothing_of_a_stranger_is_found_by_any_of_their_numbers(shop: Shop, stranger: Shop, member: Client) -> None:
    for typed in whatever_is_theirs(stranger):
        body = search(member, "merchant", typed)
        # The answer may only repeat what was typed, where it says that there is nothing.
        assert 'role="option"' not in body, typed
        assert body.lower().replace(typed.lower(), "").count(stranger.canary.lower()) == 0, typed


def whatever_is_theirs(shop: Shop) -> Iterator[str]:
    word = shop.canary
    yield from (
        word,
        word[:4],
        f"{word} lantern",
        f"{word}-1",
        f"{word}-TRACK",
        f"{word}-LOST",
        f"buyer@{word.lower()}.example",
        shop.merchant.slug,
    )
    yield from (shop.to_ship.number, shop.shipped.number, shop.case.number, shop.to_ship.checkout.number)
    yield from (str(row.pk) for row in (shop.to_ship, shop.product, shop.case, shop.statement, shop.merchant, shop.owner))
    for rows in (shop.merchant.shipments, shop.merchant.orders):
        yield from (str(row.pk) for row in rows.all())


def test_somebody_of_the_operator_who_looks_at_a_shop_finds_its_rows_only(
    shop: Shop, stranger: Shop, operator: User, client: Client
) -> None:
    client.force_login(operator)
    client.post(f"/admin/merchants/merchant/{shop.merchant.pk}/look/", {"_form_submitted": "1", "reason": "They asked."})

    assert link("merchant", "orders/merchantorder", shop.to_ship) in search(client, "merchant", shop.to_ship.number)
    for typed in (stranger.to_ship.number, stranger.canary):
        answer = client.get("/merchant/search/", {"s": typed})
        assert 'role="option"' not in answer.content.decode(), typed


def test_the_operator_finds_orders_and_money_by_number(shop: Shop, staff: Client) -> None:
    order, attempt = shop.to_ship, PaymentAttempt.objects.get(reference=shop.to_ship.checkout_id)
    found = search(staff, "admin", order.number[:14])

    assert link("admin", "orders/merchantorder", order) in found
    assert link("admin", "orders/checkout", order.checkout) in found
    assert link("admin", "payments/paymentattempt", attempt) in found
    assert link("admin", "orders/aftersalescase", shop.case) in search(staff, "admin", shop.case.number)

    PaymentAttempt.objects.filter(pk=attempt.pk).update(provider_id="pi_3Qx7")
    refund = Refund.objects.create(
        attempt=attempt, reference=shop.to_ship.pk, cause=shop.to_ship.pk, amount_minor=100, currency="USD", reason="Broken",
        idempotency_key="r-1", provider_id="re_9Zz1",
    )  # fmt: skip

    assert link("admin", "payments/paymentattempt", attempt) in search(staff, "admin", "pi_3Qx7")
    assert link("admin", "payments/refund", refund) in search(staff, "admin", "re_9Zz1")
    assert link("admin", "payments/refund", refund) in search(staff, "admin", shop.to_ship.number)
    assert link("admin", "payments/refund", refund) in search(staff, "admin", str(refund.pk))


def test_the_operator_finds_people_merchants_and_goods_by_name(shop: Shop, stranger: Shop, staff: Client) -> None:
    assert link("admin", "accounts/user", shop.owner) in search(staff, "admin", "Owner@antel")
    assert link("admin", "merchants/merchant", shop.merchant) in search(staff, "admin", "telope sh")
    both = search(staff, "admin", "lantern")
    assert link("admin", "catalog/product", shop.product) in both
    assert link("admin", "catalog/product", stranger.product) in both
    assert link("admin", "orders/checkout", shop.to_ship.checkout) in search(staff, "admin", "buyer@antelope.example")
    parcel = shop.merchant.shipments.get(tracking_number="ANTELOPE-TRACK")
    assert link("admin", "logistics/shipment", parcel) in search(staff, "admin", "ANTELOPE-TRACK")


def test_staff_with_few_rights_finds_only_those_rows(shop: Shop, client: Client) -> None:
    clerk = make_user(is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_merchant", content_type__app_label="merchants"))
    client.force_login(clerk)

    assert link("admin", "merchants/merchant", shop.merchant) in search(client, "admin", "ANTELOPE")
    for typed in (shop.to_ship.number, "owner@antelope", "lantern", "payments"):
        assert 'role="option"' not in search(client, "admin", typed), typed


def test_people_outside_find_nothing(shop: Shop, client: Client) -> None:
    assert client.get("/merchant/search/", {"s": "ANTELOPE"}).status_code == 302
    client.force_login(make_user())
    for site in ("merchant", "admin"):
        assert client.get(f"/{site}/search/", {"s": "ANTELOPE"}).status_code == 403


def test_whatever_is_typed_has_an_answer(shop: Shop, member: Client, operator: User) -> None:
    for user, site in ((shop.owner, "merchant"), (operator, "admin")):
        member.force_login(user)
        for typed in ("", " ", "\0", "%", "' OR 1=1 --", "(", "a" * 10_000, "０１２３", "٣", "🏮", "-", "&|!:*", "9" * 30, "9999-12-31"):
            search(member, site, typed)
        assert member.get(f"/{site}/search/?s=%ED%A0%80").status_code == 200


def typed_of_every_shape(shop: Shop) -> list[str]:
    return ["lantern", "灯笼", shop.to_ship.number, "owner@antelope.example", str(shop.to_ship.pk), "ANTELOPE-TRACK", "1", "2026-11-30"]


def test_a_search_is_few_statements_and_reads_no_large_table_from_end_to_end(shop: Shop, member: Client, operator: User) -> None:
    """Where tables are as small as here PostgreSQL would read them whole anyway: without that way, only what has no index still does."""
    clerk = make_user(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))

    for user, site in ((shop.owner, "merchant"), (operator, "admin"), (clerk, "admin")):
        member.force_login(user)
        search(member, site, "warm")
        for typed in typed_of_every_shape(shop):
            with CaptureQueriesContext(connection) as statements:
                search(member, site, typed)
            looked = [row["sql"] for row in statements if "found_kind" in row["sql"]]
            assert len(statements) <= MOST_QUERIES, (site, typed)
            assert [unguided(sql) for sql in looked] in ([], [[]]), (site, typed)


def unguided(sql: str) -> list[str]:
    """Scans of large tables that no condition leads through an index."""
    with connection.cursor() as cursor:
        # A bitmap needs a condition, an index that is merely read along does not.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off")
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql)
        found = cursor.fetchone()[0]
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on")
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return [
        f"{node['Node Type']} {node['Relation Name']}"
        for node in nodes(plan)
        if node.get("Relation Name") in LARGE and "Index Cond" not in node and node["Node Type"] != "Bitmap Heap Scan"
    ]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


@pytest.mark.django_db
def test_the_check_of_plans_knows_a_table_read_whole() -> None:
    """Negative control."""
    assert unguided("SELECT 1 FROM orders_merchantorder WHERE goods_minor > 5") != []


@pytest.mark.parametrize(("typed", "number"), [
    ("abcd-efgh-jkmn-1", "ABCD-EFGH-JKMN-1"), ("abcdefghjkmn", "ABCD-EFGH-JKMN"), ("ABCDEFGHJKMN2", "ABCD-EFGH-JKMN-2"),
    ("abcde", "ABCD-E"),
    ("abcd efgh", "ABCD-EFGH"), ("ab", ""), ("灯笼灯", ""), ("a_bc", ""), ("ABCD-", "ABCD-"),
])  # fmt: skip
def test_a_number_is_read_however_it_is_spaced(typed: str, number: str) -> None:
    assert Term.of(typed).number == number
