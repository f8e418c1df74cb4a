from typing import Any

import pytest

from logistics.models import Shipment, StockMovement
from orders.models import MerchantOrder
from tests.api.conftest import make_partner
from tests.factories.bundles import make_bundle
from tests.factories.orders import make_goods
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def parcel(number: str = "SF1234567890") -> dict[str, str]:
    return {"carrier": "SF Express", "tracking_number": number}


def test_a_script_lists_what_is_to_ship_and_sees_only_its_own() -> None:
    walk = order_up_to("paid")
    own, others = walk.orders
    partner = make_partner(own.merchant)

    answer = partner.get("/orders/", to_ship="true")

    assert [row["number"] for row in answer.json()["results"]] == [own.number]
    assert others.number not in answer.content.decode()
    row = answer.json()["results"][0]
    assert row["total"]["minor"] == own.total_minor
    assert row["deliver_to"]["city"] == walk.checkout.city
    assert "email" not in row["deliver_to"]


def test_shipping_twice_under_one_key_makes_one_shipment() -> None:
    order = order_up_to("paid").order
    partner = make_partner(order.merchant)

    first = partner.send("POST", f"/orders/{order.pk}/shipments/", parcel(), key="ship-1")
    second = partner.send("POST", f"/orders/{order.pk}/shipments/", parcel(), key="ship-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Shipment.objects.filter(reference=order.pk).count() == 1
    assert StockMovement.objects.filter(reason="shipped").count() == order.lines.count()
    order.refresh_from_db()
    assert order.status == "shipped"


def test_the_same_key_for_another_parcel_is_refused() -> None:
    """MON04."""
    order = order_up_to("paid").order
    partner = make_partner(order.merchant)
    partner.send("POST", f"/orders/{order.pk}/shipments/", parcel(), key="ship-1")

    answer = partner.send("POST", f"/orders/{order.pk}/shipments/", parcel("ZTO999999"), key="ship-1")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Shipment.objects.count() == 1


def test_a_write_without_a_key_is_refused_and_changes_nothing() -> None:
    order = order_up_to("paid").order

    answer = make_partner(order.merchant).send("POST", f"/orders/{order.pk}/shipments/", parcel())

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/Idempotency-Key"
    assert not Shipment.objects.exists()


@pytest.mark.parametrize("what", ["read", "ship"])
def test_another_merchants_order_is_not_found(what: str) -> None:
    order = order_up_to("paid").order
    stranger = make_partner()

    path = f"/orders/{order.pk}/"
    answer = stranger.get(path) if what == "read" else stranger.send("POST", f"{path}shipments/", parcel(), key="k")

    assert answer.status_code == 404
    assert not Shipment.objects.exists()


def test_an_unpaid_order_is_none_of_the_merchants_business_yet() -> None:
    order = order_up_to("awaiting_payment").order

    assert make_partner(order.merchant).get(f"/orders/{order.pk}/").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"carrier": "SF"},
        {"carrier": "SF", "tracking_number": "<script>"},
        {"carrier": "x" * 61, "tracking_number": "SF123"},
        "[]",
        '"text"',
    ],
)
def test_a_parcel_that_makes_no_sense_is_refused(body: Any) -> None:
    order = order_up_to("paid").order

    answer = make_partner(order.merchant).send("POST", f"/orders/{order.pk}/shipments/", body, key="k")

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Shipment.objects.exists()


def test_a_partner_reports_that_the_parcel_arrived() -> None:
    order = order_up_to("paid").order
    partner = make_partner(order.merchant)
    shipment = partner.send("POST", f"/orders/{order.pk}/shipments/", parcel(), key="1").json()[0]

    answer = partner.send("POST", f"/shipments/{shipment['id']}/events/", {"code": "delivered", "place": "Hangzhou"}, key="2")

    assert (answer.status_code, answer.json()["status"]) == (201, "delivered")
    assert [event["code"] for event in answer.json()["events"]][-1] == "delivered"


def test_a_status_or_a_total_in_the_body_changes_nothing() -> None:
    """MON24."""
    order = order_up_to("paid").order
    body = {**parcel(), "status": "completed", "total_minor": 1, "merchant": "other", "paid_at": None}

    make_partner(order.merchant).send("POST", f"/orders/{order.pk}/shipments/", body, key="k")

    stored = MerchantOrder.objects.get(pk=order.pk)
    assert (stored.status, stored.total_minor, stored.merchant_id) == ("shipped", order.total_minor, order.merchant_id)


def test_the_number_of_statements_does_not_grow_with_the_number_of_orders(django_assert_max_num_queries: Any) -> None:
    order = order_up_to("paid").order
    partner = make_partner(order.merchant)
    for _ in range(3):
        order_up_to("paid", variants=[order.lines.get().variant])

    with django_assert_max_num_queries(6):
        answer = partner.get("/orders/")

    assert len(answer.json()["results"]) == 4


def test_lines_say_which_set_they_were_bought_in() -> None:
    cup = make_goods(price=500)
    order = order_up_to("paid", variants=[make_bundle({cup: 4}, price=1_801)]).order

    row = make_partner(order.merchant).get(f"/orders/{order.pk}/").json()

    assert [(line["sku"], line["quantity"], line["price_minor"], line["bundle"]["number"]) for line in row["lines"]] == [
        (cup.sku, 1, 451, 1),
        (cup.sku, 3, 450, 1),
    ]
    assert (row["lines"][0]["bundle"]["title"], row["lines"][0]["bundle"]["total"]["minor"]) == ("Tea set", 1_801)


def test_a_part_is_shipped_by_sku_and_the_rest_without_saying_what() -> None:
    goods = make_goods()
    order = order_up_to("paid", variants=[goods], quantity=3).order
    partner = make_partner(order.merchant)
    part = {**parcel("SF100"), "pieces": [{"sku": goods.sku, "quantity": 1}, {"sku": goods.sku, "quantity": 1}]}

    first = partner.send("POST", f"/orders/{order.pk}/shipments/", part, key="a")
    between = partner.get(f"/orders/{order.pk}/").json()
    second = partner.send("POST", f"/orders/{order.pk}/shipments/", parcel("SF101"), key="b")

    assert (first.status_code, second.status_code) == (201, 201)
    assert (between["status"], between["shipped_at"]) == ("preparing", None)
    assert between["part_shipped_at"]
    assert len(second.json()) == 2
    order.refresh_from_db()
    assert order.status == "shipped"
    assert sorted(-row.delta for row in StockMovement.objects.filter(reason="shipped")) == [1, 2]


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([], 400),
        ([{"sku": "NONE", "quantity": 1}], 400),
        ([{"sku": "GOODS", "quantity": 0}], 400),
        ([{"sku": "GOODS", "quantity": "x"}], 400),
        ([{"sku": "GOODS", "quantity": 4}], 409),
        ("GOODS", 400),
    ],
)
def test_pieces_that_cannot_be_sent_are_refused_and_nothing_leaves(pieces: Any, status: int) -> None:
    goods = make_goods()
    order = order_up_to("paid", variants=[goods], quantity=3).order
    if isinstance(pieces, list):
        pieces = [{**row, "sku": goods.sku if row["sku"] == "GOODS" else row["sku"]} for row in pieces]

    answer = make_partner(order.merchant).send("POST", f"/orders/{order.pk}/shipments/", {**parcel(), "pieces": pieces}, key="k")

    assert answer.status_code == status
    assert not Shipment.objects.exists()
    order.refresh_from_db()
    assert order.status == "paid"
