"""The operation log: who changed what by hand, told to the owner alone, without secrets and without cost elsewhere."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Product
from catalog.services import update_product
from merchants.models import ApiKey, Membership, Operation
from merchants.services.teams import set_member
from tests.backoffice.market import Shop

CONFIRM = {"_form_submitted": "1"}
LOG = "/merchant/merchants/operation/"


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    Operation.objects.all().delete()
    client.force_login(shop.owner)
    return client


def written() -> list[tuple[str, str, int, dict[str, list[str | None]]]]:
    rows = Operation.objects.select_related("content_type").order_by("timestamp", "id")
    return [(row.content_type.model, row.object_repr, row.action, row.changes) for row in rows]


def test_a_role_given_and_a_member_removed_are_written_down_with_who_did_it(owner: Client, shop: Shop) -> None:
    clerk = Membership.objects.get(user=shop.member("service"))

    owner.post(f"/merchant/merchants/membership/{clerk.pk}/change/", {"role": "finance"})
    owner.post(f"/merchant/merchants/membership/{clerk.pk}/remove/", CONFIRM)

    assert written() == [
        ("membership", clerk.user.email, Operation.Action.UPDATE, {"role": ["service", "finance"]}),
        ("membership", clerk.user.email, Operation.Action.DELETE, {"role": ["finance", None]}),
    ]
    assert {(row.actor, row.actor_email, row.merchant) for row in Operation.objects.all()} == {
        (shop.owner, shop.owner.email, shop.merchant)
    }


def test_a_profile_a_shipping_rate_and_a_warehouse_are_written_down(owner: Client, shop: Shop) -> None:
    merchant = shop.merchant
    profile = {"name": "Renamed", "email": merchant.email, "handling_days": 4, "page_address": merchant.slug, "city": merchant.city}

    owner.post(f"/merchant/merchants/merchant/{merchant.pk}/change/", {**profile, "address": merchant.address})
    owner.post(f"/merchant/logistics/shippingrate/{shop.rate.pk}/change/", {"flat_minor": "7.00", "free_over_minor": ""})
    owner.post(f"/merchant/logistics/warehouse/{shop.warehouse.pk}/close/", CONFIRM)

    assert written() == [
        ("merchant", "Renamed", 1, {"name": ["ANTELOPE shop", "Renamed"], "handling_days": ["1", "4"]}),
        ("shippingrate", "Renamed", 1, {"flat_minor": ["500", "700"]}),
        ("warehouse", "ANTELOPE hall", 1, {"is_active": ["True", "False"]}),
    ]


def test_a_product_hidden_by_a_button_or_from_the_list_is_written_down(owner: Client, shop: Shop) -> None:
    owner.post(f"/merchant/catalog/product/{shop.product.pk}/hide/", CONFIRM)
    owner.post("/merchant/catalog/product/", {"action": "publish_selected", "_selected_action": [shop.product.pk]})

    assert written() == [
        ("product", str(shop.product), 1, {"status": ["published", "hidden"]}),
        ("product", str(shop.product), 1, {"status": ["hidden", "published"]}),
    ]


def test_a_price_changed_in_the_table_is_written_down(owner: Client, shop: Shop) -> None:
    variant = shop.product.variants.get()
    data = {"row": str(variant.pk), f"version-{variant.pk}": shop.product.version, f"was-price-{variant.pk}": "20.00"}
    Product.objects.filter(pk=shop.product.pk).update(version=1)

    owner.post("/merchant/prices/", {**data, f"version-{variant.pk}": "1", f"price-{variant.pk}": "18.50"})

    assert written() == [("variant", str(variant), 1, {"price_minor": ["2000", "1850"]})]
    assert "20.00" in owner.get(LOG).text
    assert "18.50" in owner.get(LOG).text


def test_a_key_is_written_down_without_its_secret(owner: Client, shop: Shop) -> None:
    made = owner.post("/merchant/merchants/apikey/add/", {"name": "Robot", "scopes": ["orders:read"]})
    key = ApiKey.objects.get(name="Robot")
    secret = made.context["secret"]

    owner.post(f"/merchant/merchants/apikey/{key.pk}/revoke/", CONFIRM)

    assert [(kind, action, sorted(changes)) for kind, _name, action, changes in written()] == [
        ("apikey", Operation.Action.CREATE, ["name", "prefix", "scopes"]),
        ("apikey", Operation.Action.UPDATE, ["revoked_at"]),
    ]
    text = str(list(Operation.objects.values()))
    assert secret not in text
    assert key.key_hash not in text


def test_what_a_service_refuses_is_not_written_down(owner: Client, shop: Shop) -> None:
    membership = Membership.objects.get(user=shop.owner)

    owner.post(f"/merchant/merchants/membership/{membership.pk}/remove/", CONFIRM)
    owner.post(f"/merchant/merchants/membership/{membership.pk}/change/", {"role": "service"})
    owner.post("/merchant/merchants/invitation/add/", {"email": shop.owner.email, "role": "service"})

    assert written() == []


def test_what_no_hand_did_in_the_back_office_is_not_written_down_and_costs_nothing(shop: Shop) -> None:
    Operation.objects.all().delete()

    with CaptureQueriesContext(connection) as statements:
        update_product(product_id=shop.product.pk, title="By a file")
        set_member(merchant=shop.merchant, user=shop.member("service"), role="finance")

    assert not any("operation" in statement["sql"] for statement in statements)
    assert not Operation.objects.exists()


def test_the_owner_reads_only_the_own_shops_log_and_others_of_the_team_nothing(shop: Shop, stranger: Shop, client: Client) -> None:
    client.force_login(shop.owner)
    page = client.get(LOG).text
    assert "ANTELOPE lamp" in page
    assert "BARRACUDA" not in page
    theirs = Operation.objects.get(merchant=stranger.merchant)
    assert client.get(f"{LOG}{theirs.pk}/change/").status_code == 404

    for role in ("manager", "finance", "read_only"):
        client.force_login(shop.member(role))
        assert client.get(LOG).status_code == 403


def test_the_log_is_filtered_by_person_kind_and_day(owner: Client, shop: Shop) -> None:
    clerk = shop.member("catalogue")
    owner.post(f"/merchant/merchants/membership/{Membership.objects.get(user=clerk).pk}/change/", {"role": "manager"})
    owner.force_login(clerk)
    owner.post(f"/merchant/catalog/product/{shop.product.pk}/hide/", CONFIRM)
    owner.force_login(shop.owner)
    entry = Operation.objects.get(actor=clerk)

    def shown(query: str) -> list[Operation]:
        return list(owner.get(f"{LOG}?{query}").context["cl"].result_list)

    day = entry.timestamp
    assert shown(f"person={clerk.pk}") == [entry]
    assert shown(f"kind={entry.content_type_id}") == [entry]
    assert len(shown(f"timestamp__year={day.year}&timestamp__month={day.month}&timestamp__day={day.day}")) == 2
    assert len(shown("timestamp__year=2001")) == 0
    assert len(shown("person=nobody&kind=x")) in {0, 2}


def test_the_operator_reads_all_and_what_the_operator_did_is_told_without_a_name(
    shop: Shop, stranger: Shop, operator: User, client: Client
) -> None:
    client.force_login(operator)
    client.post(f"/admin/merchants/merchant/{shop.merchant.pk}/suspend/", {**CONFIRM, "reason": "papers"})

    everything = client.get("/admin/merchants/operation/").text
    client.force_login(shop.owner)
    own = client.get(LOG).text

    assert "ANTELOPE lamp" in everything
    assert "BARRACUDA lamp" in everything
    assert Operation.objects.get(merchant=shop.merchant, actor=operator).changes == {"status": ["active", "suspended"]}
    assert "Suspended" in own
    assert "Marketplace" in own
    assert operator.email not in own


def test_nobody_changes_the_log(shop: Shop, operator: User, client: Client) -> None:
    entry = Operation.objects.get()

    for user, site in ((shop.owner, "merchant"), (operator, "admin")):
        client.force_login(user)
        for action in ("change", "delete"):
            client.post(f"/{site}/merchants/operation/{entry.pk}/{action}/", {"object_repr": "x", "post": "yes"})

    assert Operation.objects.filter(pk=entry.pk, object_repr="ANTELOPE lantern").exists()


def test_the_log_speaks_chinese(owner: Client, shop: Shop) -> None:
    clerk = Membership.objects.get(user=shop.member("service"))
    owner.post(f"/merchant/merchants/membership/{clerk.pk}/change/", {"role": "fulfilment"})

    owner.cookies["django_language"] = "zh-hans"
    page = owner.get(LOG).text

    for word in ("操作日志", "已更改", "客服", "仓储发货"):
        assert word in page
