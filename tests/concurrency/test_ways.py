"""The last place in a delivery slot, the last piece in a store and a pick-up code have one taker."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from core.invariants import violations
from logistics.errors import SlotFull
from logistics.models import SlotDay, Stock, StockMovement, Warehouse
from orders.errors import NotAtStore, PickupCodeWrong
from orders.models import Checkout, MerchantOrder, Pickup
from orders.pickup_codes import decrypt
from orders.rules.ways import ChosenWay
from orders.services.pickups import give_up_uncollected, hand_over, put_aside
from tests.concurrency.orders_rig import race
from tests.concurrency.racing import at_once, refusals
from tests.factories.orders import make_cart, make_goods, make_seller
from tests.factories.ways import chosen_view, make_slot, make_store, place_by, slot_day, taken
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db(transaction=True)


def _rush(lamp: Any, way: ChosenWay, buyers: int) -> tuple[list[Any], list[Any]]:
    carts = [make_cart(lamp) for _ in range(buyers)]
    totals = [chosen_view(cart, way, lamp.merchant).total_minor for cart in carts]
    presses = zip(carts, totals, strict=True)
    results = race(*[lambda c=cart, t=total: place_by(c, way, lamp.merchant, expected_total_minor=t) for cart, total in presses])
    return [row for row in results if isinstance(row, Checkout)], [row for row in results if not isinstance(row, Checkout)]


def test_the_last_place_in_a_slot_goes_to_one_of_many() -> None:
    lamp = make_goods(merchant=make_seller(), stock=20)
    slot = make_slot(Warehouse.objects.get(merchant=lamp.merchant), capacity=1)

    placed, refused = _rush(lamp, ChosenWay(slot_id=slot.pk, day=slot_day()), 6)

    assert (len(placed), taken(slot)) == (1, 1)
    assert {type(error) for error in refused} == {SlotFull}
    assert Stock.objects.get(variant=lamp).reserved == 1
    assert violations() == {}


def test_looking_first_and_taking_then_gives_one_place_to_two() -> None:
    """Negative control: two who have both seen the last place and then write what they counted."""
    lamp = make_goods(merchant=make_seller(), stock=20)
    slot = make_slot(Warehouse.objects.get(merchant=lamp.merchant), capacity=2)
    place_by(make_cart(lamp), ChosenWay(slot_id=slot.pk, day=slot_day()), lamp.merchant)
    everybody_has_looked = threading.Barrier(2)

    def look_then_take() -> None:
        row = SlotDay.objects.get(slot=slot)
        assert row.taken < row.capacity
        everybody_has_looked.wait(10)
        row.taken += 1
        row.save(update_fields=["taken"])

    outcomes = at_once([look_then_take, look_then_take])

    assert not any(isinstance(error, IntegrityError) for error in refusals(outcomes))
    assert taken(slot) == 2, "two believe that they have a place, and one is counted"


def test_the_last_piece_in_a_store_goes_to_one_of_many() -> None:
    lamp = make_goods(merchant=make_seller(), stock=20)
    store = make_store(lamp.merchant, stock={lamp: 1})

    placed, refused = _rush(lamp, ChosenWay(store_id=store.warehouse_id), 5)

    assert len(placed) == 1
    assert {type(error) for error in refused} == {NotAtStore}
    assert Stock.objects.get(variant=lamp, warehouse=store.warehouse).reserved == 1
    assert violations() == {}


def test_a_code_shown_at_two_tills_hands_over_once_and_is_not_refunded_meanwhile() -> None:
    lamp = make_goods(merchant=make_seller())
    store = make_store(lamp.merchant, stock={lamp: 2})
    checkout = place_by(make_cart(lamp), ChosenWay(store_id=store.warehouse_id), lamp.merchant)
    pay(checkout)
    order = MerchantOrder.objects.get(checkout=checkout)
    pickup = put_aside(order_id=order.pk, merchant_id=order.merchant_id, actor="merchant:1", at=timezone.now())
    code = decrypt(pickup.code, order_id=order.pk)

    def till() -> MerchantOrder:
        who = [f"test:{uuid.uuid4()}"]
        return hand_over(code=code, merchant_id=order.merchant_id, tried_by=who, actor="merchant:1", at=timezone.now())

    outcomes = race(till, till, lambda: give_up_uncollected(at=timezone.now()))

    order.refresh_from_db()
    assert [type(outcome) for outcome in outcomes[:2]].count(PickupCodeWrong) == 1
    assert (order.status, Pickup.objects.get().status, outcomes[2]) == ("delivered", "collected", 0)
    assert StockMovement.objects.filter(reason="shipped").count() == 1
    assert violations() == {}
