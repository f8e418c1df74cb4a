"""Pick-ups in the back office: the list, putting aside, handing over for a code, and who may."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core.invariants import violations
from logistics.models import DeliverySlot, PickupPoint
from merchants.models import Membership
from orders.models import MerchantOrder, Pickup
from orders.pickup_codes import decrypt
from orders.rules.ways import ChosenWay
from orders.services.pickups import put_aside
from tests.backoffice.market import Shop
from tests.drain import drain
from tests.factories.logistics import make_warehouse
from tests.factories.merchants import make_membership
from tests.factories.orders import make_cart
from tests.factories.ways import make_store, place_by
from tests.walkthrough import pay

URL = "/merchant/pick-ups/"


@pytest.fixture
def member(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


def picked_up(shop: Shop, *, name: str = "Wu Di") -> MerchantOrder:
    """A paid order that somebody picks up in a new store of the shop."""
    variant = shop.product.variants.get()
    store = make_store(shop.merchant, stock={variant: 2})
    checkout = place_by(make_cart(variant), ChosenWay(store_id=store.warehouse_id), shop.merchant, buyer={"name": name})
    pay(checkout)
    return MerchantOrder.objects.get(checkout=checkout)


def ready(order: MerchantOrder) -> str:
    pickup = put_aside(order_id=order.pk, merchant_id=order.merchant_id, actor="merchant:1", at=timezone.now())
    return decrypt(pickup.code, order_id=order.pk)


def test_an_order_is_put_aside_and_handed_over(member: Client, shop: Shop) -> None:
    order = picked_up(shop)

    put = member.post(URL, {"action": "ready", "order": str(order.pk)}, follow=True)
    code = decrypt(Pickup.objects.get(order=order).code, order_id=order.pk)
    given = member.post(URL, {"action": "hand-over", "code": f"{code[:4]}-{code[4:]}"}, follow=True)

    order.refresh_from_db()
    drain()
    assert "The shopper is told that the goods are ready." in put.text
    assert f"Order {order.number} is handed over." in given.text
    assert code not in put.text
    assert order.status == "delivered"
    assert violations() == {}


def test_a_wrong_code_is_said_and_changes_nothing(member: Client, shop: Shop) -> None:
    order = picked_up(shop)
    ready(order)

    answer = member.post(URL, {"action": "hand-over", "code": "ZZZZ-ZZZZ"})

    assert answer.status_code == 422
    assert "No order waits here under this code." in answer.text
    assert Pickup.objects.get(order=order).status == "ready"


@pytest.mark.parametrize("order", ["", "x", str(uuid.UUID(int=0))])
def test_an_order_that_is_none_is_refused(member: Client, shop: Shop, order: str) -> None:
    assert member.post(URL, {"action": "ready", "order": order}).status_code == 404


def test_another_shop_sees_and_moves_nothing(member: Client, shop: Shop, stranger: Shop) -> None:
    foreign = picked_up(stranger)
    code = ready(foreign)

    assert foreign.number not in member.get(URL).text
    assert member.post(URL, {"action": "ready", "order": str(foreign.pk)}).status_code == 404
    assert member.post(URL, {"action": "hand-over", "code": code}).status_code == 422
    assert Pickup.objects.get(order=foreign).status == "ready"


def test_who_may_only_look_cannot_hand_over(shop: Shop, client: Client) -> None:
    code = ready(picked_up(shop))
    client.force_login(make_membership(merchant=shop.merchant, role=Membership.Role.READ_ONLY).user)

    shown, posted = client.get(URL), client.post(URL, {"action": "hand-over", "code": code})

    assert (shown.status_code, posted.status_code) == (200, 403)
    assert 'id="code"' not in shown.text
    assert Pickup.objects.get().status == "ready"


@pytest.mark.parametrize("orders", [1, 3])
def test_the_list_takes_few_statements_however_long(
    member: Client, shop: Shop, orders: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    made = [picked_up(shop) for _ in range(orders)]

    with django_assert_max_num_queries(12):
        page = member.get(URL)

    assert len(page.context["rows"]) == len(made)


def test_what_is_picked_up_is_not_in_the_queue_to_ship(member: Client, shop: Shop) -> None:
    order = picked_up(shop)

    assert order.number not in member.get("/merchant/to-ship/").text
    assert "The shopper picks it up at" in member.get(reverse("merchant:orders_merchantorder_change", args=[order.pk])).text


def test_a_pick_up_point_and_a_slot_are_made_and_changed(member: Client, shop: Shop) -> None:
    store = make_store(shop.merchant)
    house = store.warehouse
    store.delete()
    point: dict[str, Any] = {
        "warehouse": str(house.pk), "address": "2 Lane", "opening_hours": "Mo-Fr 09:00-12:00,13:00-18:00", "ready_hours": "3",
        "keep_days": "5", "fee_minor": "1.50", "is_offered": "on",
    }  # fmt: skip
    slot = {"warehouse": str(house.pk), "weekday": "2", "starts_at": "09:00", "ends_at": "12:00", "capacity": "4", "closes_hours": "2"}

    member.post(reverse("merchant:logistics_pickuppoint_add"), point)
    made = PickupPoint.objects.get(warehouse=house)
    member.post(reverse("merchant:logistics_pickuppoint_change", args=[made.pk]), {**point, "address": "3 Lane"})
    member.post(reverse("merchant:logistics_deliveryslot_add"), slot | {"is_active": "on"})
    row = DeliverySlot.objects.get(warehouse=house)
    more = slot | {"capacity": "6", "is_active": "on", "zones": "CN"}
    member.post(reverse("merchant:logistics_deliveryslot_change", args=[row.pk]), more)

    made.refresh_from_db()
    row.refresh_from_db()
    assert (made.address, made.hours_text, made.fee_minor, made.keep_days) == ("3 Lane", "Mo-Fr 09:00-12:00,13:00-18:00", 150, 5)
    assert (row.weekday, row.capacity, row.zones, row.is_active) == (2, 6, [{"country": "CN", "prefixes": []}], True)


@pytest.mark.parametrize("hours", ["always", "", "Mo 18:00-09:00"])
def test_hours_that_are_none_give_the_form_back(member: Client, shop: Shop, hours: str) -> None:
    store = make_store(shop.merchant)
    before = store.opening_hours

    answer = member.post(
        reverse("merchant:logistics_pickuppoint_change", args=[store.pk]),
        {"address": "2 Lane", "opening_hours": hours, "ready_hours": "3", "keep_days": "5", "is_offered": "on"},
    )

    store.refresh_from_db()
    assert answer.status_code == 200
    assert store.opening_hours == before


def test_a_warehouse_that_is_no_store_cannot_be_a_pick_up_point(member: Client, shop: Shop) -> None:
    house = make_warehouse(shop.merchant)
    typed = {"warehouse": str(house.pk), "address": "2 Lane", "opening_hours": "Mo 09:00-12:00", "ready_hours": "3", "keep_days": "5"}

    answer = member.post(reverse("merchant:logistics_pickuppoint_add"), typed)

    assert answer.status_code == 200
    assert not PickupPoint.objects.filter(warehouse=house).exists()
