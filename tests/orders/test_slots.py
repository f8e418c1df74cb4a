"""An order that is brought at hours its shopper chose."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Variant
from core.invariants import violations
from logistics.errors import CodeTaken, InvalidSlot, NotFound, SlotFull, SlotNotOffered
from logistics.models import DeliverySlot, SlotDay, Stock, Warehouse
from logistics.rules import Zone
from logistics.services import receive_stock
from logistics.services.slots import SlotOffer, change_slot
from orders.errors import NotAtStore
from orders.models import Checkout, MerchantOrder
from orders.rules.ways import ChosenWay
from orders.services import cancellation, expiry
from orders.services.own_delivery import deliver_ourselves
from tests.factories.logistics import make_warehouse
from tests.factories.orders import make_cart, make_goods, make_seller
from tests.factories.ways import chosen_view, make_slot, place_by, slot_day, taken
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp() -> Variant:
    return make_goods(merchant=make_seller(), price=2_000, stock=10)


@pytest.fixture
def slot(lamp: Variant) -> DeliverySlot:
    """Two places in two days."""
    return make_slot(Warehouse.objects.get(merchant=lamp.merchant))


def _way(slot: DeliverySlot, day: dt.date | None = None) -> ChosenWay:
    return ChosenWay(slot_id=slot.pk, day=day or slot_day())


def _ordered(lamp: Variant, slot: DeliverySlot, *, is_paid: bool = True) -> MerchantOrder:
    checkout = place_by(make_cart(lamp), _way(slot), lamp.merchant)
    if is_paid:
        pay(checkout)
    return MerchantOrder.objects.get(checkout=checkout)


def test_a_place_is_taken_and_delivery_costs_what_it_costs(lamp: Variant, slot: DeliverySlot) -> None:
    order = _ordered(lamp, slot)

    assert order.slot_day is not None
    assert (order.slot_day.day, order.slot_day.span, order.shipping_minor, taken(slot)) == (slot_day(), "14:00–16:00", 500, 1)
    assert violations() == {}


def test_a_full_slot_refuses_and_is_not_offered(lamp: Variant, slot: DeliverySlot) -> None:
    _ordered(lamp, slot), _ordered(lamp, slot)
    cart = make_cart(lamp)

    with pytest.raises(SlotFull), transaction.atomic():
        place_by(cart, _way(slot), lamp.merchant)

    assert chosen_view(cart, ChosenWay(), lamp.merchant).parcels[0].ways.slots == []
    assert (taken(slot), Checkout.objects.count()) == (2, 2)


def test_the_table_itself_has_no_room_for_one_more(lamp: Variant, slot: DeliverySlot) -> None:
    _ordered(lamp, slot)

    with pytest.raises(IntegrityError), transaction.atomic():
        SlotDay.objects.filter(slot=slot).update(taken=3)


def test_the_goods_come_from_the_slots_warehouse_or_not_at_all(lamp: Variant, slot: DeliverySlot) -> None:
    front = make_warehouse(lamp.merchant, code="FRONT", name="Front")
    receive_stock(variant=lamp, warehouse=front, quantity=1, actor="system:test", at=timezone.now())
    near = make_slot(front)
    order = _ordered(lamp, near)

    with pytest.raises(NotAtStore), transaction.atomic():
        place_by(make_cart(lamp), _way(near), lamp.merchant)

    assert Stock.objects.get(warehouse=front).reserved == 1
    assert (taken(near), MerchantOrder.objects.get().pk) == (1, order.pk)


@pytest.mark.parametrize("days", [1, 9, -400])
def test_another_day_cannot_be_chosen(lamp: Variant, slot: DeliverySlot, days: int) -> None:
    with pytest.raises(SlotNotOffered), transaction.atomic():
        place_by(make_cart(lamp), _way(slot, slot_day() + dt.timedelta(days=days)), lamp.merchant)

    assert not SlotDay.objects.exists()


def test_another_merchants_slot_cannot_be_chosen(lamp: Variant) -> None:
    foreign = make_slot(make_warehouse(make_seller(), code="OTHER"))

    with pytest.raises(SlotNotOffered), transaction.atomic():
        place_by(make_cart(lamp), _way(foreign), lamp.merchant)

    assert not SlotDay.objects.exists()


def test_a_slot_does_not_come_where_it_is_not_offered(lamp: Variant) -> None:
    there = make_slot(Warehouse.objects.get(merchant=lamp.merchant), zones=[Zone("CN", ("9",))], starts_at=dt.time(8))
    cart = make_cart(lamp)

    with pytest.raises(SlotNotOffered), transaction.atomic():
        place_by(cart, _way(there), lamp.merchant)

    assert chosen_view(cart, ChosenWay(), lamp.merchant).parcels[0].ways.slots == []


@pytest.mark.parametrize("ending", ["cancel", "expire"])
def test_an_order_that_ends_gives_its_place_back_once(lamp: Variant, slot: DeliverySlot, ending: str) -> None:
    order = _ordered(lamp, slot, is_paid=ending == "cancel")
    kept = _ordered(lamp, slot)

    for _ in range(2):
        if ending == "cancel":
            cancellation.cancel_order(order_id=order.pk, actor="shopper:guest", reason="by shopper", at=timezone.now())
        else:
            expiry.expire_unpaid(at=order.checkout.expires_at)

    assert taken(slot) == 1
    assert MerchantOrder.objects.get(slot_released_at=None).pk == kept.pk
    assert violations() == {}


def test_its_hours_are_the_time_window_of_the_stop_on_that_day_only(lamp: Variant, slot: DeliverySlot) -> None:
    chosen, other = _ordered(lamp, slot), _ordered(lamp, slot)

    [on_day] = deliver_ourselves(order_id=chosen.pk, day=slot_day(), actor="merchant:1", at=timezone.now())
    [later] = deliver_ourselves(order_id=other.pk, day=slot_day() + dt.timedelta(days=1), actor="merchant:1", at=timezone.now())

    assert (on_day.window_from, on_day.window_until) == (dt.time(14), dt.time(16))
    assert (later.window_from, later.window_until) == (None, None)


def test_less_room_keeps_the_places_that_are_taken(lamp: Variant, slot: DeliverySlot) -> None:
    _ordered(lamp, slot), _ordered(lamp, slot)

    change_slot(slot_id=slot.pk, merchant_id=lamp.merchant_id, offer=SlotOffer(slot.weekday, slot.starts_at, slot.ends_at, capacity=1))

    row = SlotDay.objects.get(slot=slot)
    assert (row.capacity, row.taken) == (2, 2)


@pytest.mark.parametrize(
    "wrong", [{"capacity": 0}, {"starts_at": dt.time(18)}, {"weekday": 8}, {"closes_hours": -1}, {"zones": [Zone("XX")]}]
)
def test_a_slot_that_cannot_be_is_refused(lamp: Variant, wrong: dict[str, object]) -> None:
    house = Warehouse.objects.get(merchant=lamp.merchant)
    with pytest.raises(InvalidSlot), transaction.atomic():
        make_slot(house, **{"weekday": 1, **wrong})

    assert not DeliverySlot.objects.exists()


def test_a_slot_is_there_once_and_only_its_merchant_changes_it(lamp: Variant, slot: DeliverySlot) -> None:
    with pytest.raises(CodeTaken), transaction.atomic():
        make_slot(slot.warehouse)
    with pytest.raises(NotFound), transaction.atomic():
        change_slot(slot_id=slot.pk, merchant_id=make_seller().pk, offer=SlotOffer(slot.weekday, slot.starts_at, slot.ends_at, capacity=9))

    slot.refresh_from_db()
    assert slot.capacity == 2
