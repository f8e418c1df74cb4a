"""The checkout's ways: chosen without a script, counted, refused clearly; the code on the order's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Variant
from logistics.models import DeliverySlot, PickupPoint, Stock, Warehouse
from orders.models import Checkout, MerchantOrder, Pickup
from orders.pickup_codes import decrypt, in_groups
from orders.services.pickups import hand_over, put_aside
from support.models import Mail
from tests.drain import drain
from tests.factories.orders import make_goods, make_seller
from tests.factories.ways import make_slot, make_store, slot_day, taken
from tests.walkthrough import pay

PLACE = {"address": "", "city": "", "postcode": ""}


@pytest.fixture
def store(goods: Variant) -> PickupPoint:
    return make_store(goods.merchant, stock={goods: 3})


@pytest.fixture
def slot(goods: Variant) -> DeliverySlot:
    return make_slot(Warehouse.objects.get(merchant=goods.merchant, code="MAIN"))


def _field(goods: Variant) -> str:
    return f"way-{goods.merchant.slug}"


def _store(goods: Variant, store: PickupPoint) -> dict[str, str]:
    return {_field(goods): f"store-{store.warehouse_id}"}


def _slot(goods: Variant, slot: DeliverySlot) -> dict[str, str]:
    return {_field(goods): f"slot-{slot.pk}-{slot_day():%Y%m%d}"}


def test_the_page_offers_stores_hours_and_dates(store: PickupPoint, slot: DeliverySlot, shopper: Client) -> None:
    page = shopper.get("/checkout/").text

    assert store.address in page
    assert "Open today 00:00–23:59" in page
    assert "14:00–16:00" in page
    assert 'data-testid="store-map"' in page
    assert "Arrives" in page


def test_stores_that_nobody_would_go_to_are_folded_away_until_one_is_chosen(
    store: PickupPoint, shopper: Client, goods: Variant, order_form: dict[str, Any]
) -> None:
    near, far = {**order_form, "city": "Shanghai", "apply": "totals"}, {**order_form, "city": "Chengdu", "apply": "totals"}

    assert "<summary" not in _block(shopper.post("/checkout/", near).text)
    assert "km away" in _block(shopper.post("/checkout/", far).text).split("</summary>")[0]
    assert "<summary" not in _block(shopper.post("/checkout/", {**far, **_store(goods, store)}).text)


def _block(page: str) -> str:
    return page.split('data-testid="ways"')[1].split("</fieldset>", maxsplit=1)[0]


def test_a_merchant_without_stores_only_says_when_it_arrives(shopper: Client) -> None:
    page = shopper.get("/checkout/").text

    assert "Arrives" in page
    assert 'data-testid="way-store"' not in page
    assert 'data-testid="way-sent"' not in page


def test_counting_again_with_a_store_takes_the_delivery_off(
    store: PickupPoint, shopper: Client, goods: Variant, order_form: dict[str, Any]
) -> None:
    sent = shopper.post("/checkout/", {**order_form, "apply": "totals"}).context["summary"].total_minor
    page = shopper.post("/checkout/", {**order_form, **_store(goods, store), "apply": "totals"})

    assert (sent, page.context["summary"].total_minor) == (2_500, 2_000)
    assert f'value="store-{store.warehouse_id}" checked' in page.text


def test_a_store_is_chosen_without_address_and_kept(
    store: PickupPoint, shopper: Client, goods: Variant, order_form: dict[str, Any]
) -> None:
    answer = shopper.post("/checkout/", {**order_form, **_store(goods, store), **PLACE, "seen_total": 2_000})

    assert answer.status_code == 303
    order = MerchantOrder.objects.get()
    assert (order.pickup_from_id, order.shipping_minor) == (store.warehouse_id, 0)


def test_a_choice_that_was_not_counted_is_asked_again_with_its_total(
    store: PickupPoint, shopper: Client, goods: Variant, order_form: dict[str, Any]
) -> None:
    """As without a script: the store was ticked, and the total beside the button is still that of sending."""
    refused = shopper.post("/checkout/", {**order_form, **_store(goods, store)})
    again = {**order_form, **_store(goods, store), "seen_total": refused.context["form"]["seen_total"].value()}

    assert refused.status_code == 409
    assert f'value="store-{store.warehouse_id}" checked' in refused.text
    assert shopper.post("/checkout/", again).status_code == 303


def test_a_store_that_sold_it_meanwhile_is_said(store: PickupPoint, shopper: Client, goods: Variant, order_form: dict[str, Any]) -> None:
    Stock.objects.filter(warehouse=store.warehouse).update(reserved=3)

    answer = shopper.post("/checkout/", {**order_form, **_store(goods, store), "seen_total": 2_000})

    assert answer.status_code == 409
    assert "does not have enough of" in answer.text
    assert not Checkout.objects.exists()


def test_a_slot_is_chosen_and_shown_on_the_order(slot: DeliverySlot, shopper: Client, goods: Variant, order_form: dict[str, Any]) -> None:
    placed = shopper.post("/checkout/", {**order_form, **_slot(goods, slot)})

    assert placed.status_code == 303
    page = shopper.get(f"/orders/{Checkout.objects.get().number}/").text
    assert "Comes to your door on" in page
    assert taken(slot) == 1


@pytest.mark.parametrize("value", ["store-", "store-x", "slot-1-2", "store-00000000-0000-0000-0000-000000000000", "\x00", "x" * 5_000])
def test_a_way_that_is_none_never_breaks_the_page(shopper: Client, goods: Variant, order_form: dict[str, Any], value: str) -> None:
    answer = shopper.post("/checkout/", {**order_form, _field(goods): value})

    assert answer.status_code in {303, 409}
    assert not Pickup.objects.exists()


@pytest.mark.parametrize("sellers", [1, 3])
def test_the_checkout_takes_as_many_statements_for_any_number_of_merchants(client: Client, db: None, sellers: int) -> None:
    for _ in range(sellers):
        lamp = make_goods(merchant=make_seller())
        make_store(lamp.merchant, stock={lamp: 3})
        make_slot(Warehouse.objects.get(merchant=lamp.merchant, code="MAIN"))
        client.post("/cart/add/", {"variant": lamp.pk, "quantity": "1"})
    client.get("/checkout/")

    with CaptureQueriesContext(
        connection,
    ) as seen:
        page = client.get("/checkout/")

    assert page.text.count('data-testid="store-map"') == sellers
    assert len(seen) <= 16, [query["sql"][:120] for query in seen]


def test_the_shopper_reads_where_and_gets_the_code_when_it_is_ready(
    store: PickupPoint, shopper: Client, goods: Variant, order_form: dict[str, Any]
) -> None:
    shopper.post("/checkout/", {**order_form, **_store(goods, store), "seen_total": 2_000})
    checkout = Checkout.objects.get()
    pay(checkout)
    order = checkout.orders.get()
    page = f"/orders/{checkout.number}/"

    waiting = shopper.get(page).text
    pickup = put_aside(order_id=order.pk, merchant_id=order.merchant_id, actor="merchant:1", at=timezone.now())
    code = decrypt(pickup.code, order_id=order.pk)
    ready = shopper.get(page).text
    drain()
    mail = Mail.objects.get(kind="order_ready_to_collect")
    hand_over(code=code, merchant_id=order.merchant_id, tried_by=["test"], actor="merchant:1", at=timezone.now())
    drain()
    done = shopper.get(page).text

    assert "It will be ready on" in waiting
    assert in_groups(code) in ready
    assert in_groups(code) not in done
    assert code not in mail.text + mail.html
    assert in_groups(code) not in mail.text + mail.html
    kinds = set(Mail.objects.filter(to=checkout.email).values_list("kind", flat=True))
    assert "order_collected" in kinds
    assert not kinds & {"order_shipped", "order_delivered"}
    assert Mail.objects.filter(kind="merchant_new_order").count() == 0


def test_a_stranger_sees_no_code(store: PickupPoint, shopper: Client, goods: Variant, order_form: dict[str, Any]) -> None:
    shopper.post("/checkout/", {**order_form, **_store(goods, store), "seen_total": 2_000})

    assert Client().get(f"/orders/{Checkout.objects.get().number}/").status_code == 404
