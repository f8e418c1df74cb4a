"""Pick-up points for partners, and how orders reach their shoppers."""

from __future__ import annotations

import pytest
from django.test import Client

from logistics.models import PickupPoint, Warehouse
from merchants.models import Merchant
from orders.models import MerchantOrder
from orders.rules.ways import ChosenWay
from tests.api.conftest import make_partner
from tests.factories.orders import make_cart, make_goods, make_seller
from tests.factories.ways import make_slot, make_store, place_by, slot_day
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db


def _found(query: str = "") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = Client().get(f"/api/v1/pickup-points/{query}").json()["results"]
    return rows


def test_anybody_reads_where_shops_offer_pick_up() -> None:
    lamp, cup = make_goods(merchant=make_seller()), make_goods(merchant=make_seller())
    store, other = make_store(lamp.merchant), make_store(cup.merchant, fee_minor=150)

    assert [row["id"] for row in _found()] == [str(store.pk), str(other.pk)]
    [row] = _found(f"?shop={cup.merchant.slug}")
    assert (row["shop"], row["code"], row["latitude"]) == (cup.merchant.slug, other.warehouse.code, "31.230000")
    assert row["fee"] == {"minor": 150, "currency": "USD", "text": "$1.50"}


def test_what_is_not_offered_or_not_on_the_market_is_not_there() -> None:
    lamp, cup = make_goods(merchant=make_seller()), make_goods(merchant=make_seller())
    PickupPoint.objects.filter(pk=make_store(lamp.merchant).pk).update(is_offered=False)
    make_store(cup.merchant)
    Merchant.objects.filter(pk=cup.merchant_id).update(status=Merchant.Status.SUSPENDED)

    assert _found() == []


def test_an_order_says_how_it_reaches_its_shopper() -> None:
    lamp = make_goods(merchant=make_seller())
    store = make_store(lamp.merchant, stock={lamp: 3})
    slot = make_slot(Warehouse.objects.get(merchant=lamp.merchant, code="MAIN"))
    for way in (ChosenWay(), ChosenWay(slot_id=slot.pk, day=slot_day()), ChosenWay(store_id=store.warehouse_id)):
        pay(place_by(make_cart(lamp), way, lamp.merchant))
    partner = make_partner(lamp.merchant)

    rows = [row["delivery"] for row in partner.get("/orders/").json()["results"]]

    nothing = {"store": None, "pickup_status": None, "day": None, "hours": None}
    assert rows == [
        {**nothing, "way": "pickup", "store": store.warehouse.code, "pickup_status": "waiting"},
        {**nothing, "way": "slot", "day": slot_day().isoformat(), "hours": "14:00–16:00"},
        {**nothing, "way": "sent"},
    ]


def test_what_is_picked_up_is_neither_to_ship_nor_shipped_by_the_api() -> None:
    lamp = make_goods(merchant=make_seller())
    store = make_store(lamp.merchant, stock={lamp: 3})
    pay(place_by(make_cart(lamp), ChosenWay(store_id=store.warehouse_id), lamp.merchant))
    order, partner = MerchantOrder.objects.get(), make_partner(lamp.merchant)

    body = {"carrier": "SF", "tracking_number": "SF1234567"}
    refused = partner.send("post", f"/orders/{order.pk}/shipments/", body, key="one")

    order.refresh_from_db()
    assert partner.get("/orders/", to_ship="true").json()["results"] == []
    assert (refused.status_code, refused.json()["code"], order.status) == (409, "picked_up_in_store", "paid")
