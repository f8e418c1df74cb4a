"""An order that its shopper picks up in a store: chosen, put aside, handed over for a code, or back on sale."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from core.errors import DomainError
from core.invariants import violations
from core.models import OutboxEvent
from core.states import IllegalTransition
from logistics.errors import PickupNotOffered
from logistics.models import PickupPoint, Reservation, Stock, StockMovement
from logistics.services.pickup_points import PickupTerms, save_pickup_point
from orders.errors import (
    AddressNeeded,
    NotAtStore,
    PickedUpInStore,
    PickupCodeExpired,
    PickupCodeWrong,
    PickupNotFound,
    PickupNotPaid,
    TooManyPickupCodes,
)
from orders.models import Checkout, MerchantOrder, Pickup
from orders.pickup_codes import decrypt
from orders.rules.ways import ChosenWay
from orders.services import cancellation, expiry, fulfilment
from orders.services.pickups import give_up_uncollected, hand_over, put_aside
from orders.services.replanning import replan_order
from tests.drain import drain
from tests.factories.orders import make_cart, make_goods, make_seller
from tests.factories.ways import ALWAYS, chosen_view, make_store, place_by
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db
CLERK = "merchant:clerk"


@pytest.fixture
def lamp() -> Variant:
    """Ten pieces in the merchant's warehouse."""
    return make_goods(merchant=make_seller(), price=2_000, stock=10)


@pytest.fixture
def store(lamp: Variant) -> PickupPoint:
    """Three pieces of it in the store."""
    return make_store(lamp.merchant, stock={lamp: 3})


def _way(store: PickupPoint) -> ChosenWay:
    return ChosenWay(store_id=store.warehouse_id)


def _ordered(lamp: Variant, store: PickupPoint, quantity: int = 1, *, is_paid: bool = True) -> MerchantOrder:
    checkout = place_by(make_cart(lamp, quantity=quantity), _way(store), lamp.merchant)
    if is_paid:
        pay(checkout)
    return MerchantOrder.objects.get(checkout=checkout)


def _ready(order: MerchantOrder) -> str:
    """Put aside; returns the code as its shopper reads it."""
    pickup = put_aside(order_id=order.pk, merchant_id=order.merchant_id, actor=CLERK, at=timezone.now())
    return decrypt(pickup.code, order_id=order.pk)


def _collect(code: str, store: PickupPoint, at: dt.datetime | None = None) -> MerchantOrder:
    return hand_over(code=code, merchant_id=store.merchant_id, tried_by=[f"test:{uuid.uuid4()}"], actor=CLERK, at=at or timezone.now())


def test_the_goods_are_promised_from_the_store_and_delivery_costs_nothing(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store, 3)

    assert (order.pickup_from_id, order.shipping_minor, order.total_minor) == (store.warehouse_id, 0, 6_000)
    assert Stock.objects.get(variant=lamp, warehouse=store.warehouse).reserved == 3
    assert Stock.objects.exclude(warehouse=store.warehouse).get(variant=lamp).reserved == 0
    assert Pickup.objects.get(order=order).status == "waiting"
    assert violations() == {}


def test_a_store_with_too_little_refuses_although_the_warehouse_has_enough(lamp: Variant, store: PickupPoint) -> None:
    cart = make_cart(lamp, quantity=4)

    with pytest.raises(NotAtStore, match="3 left"), transaction.atomic():
        place_by(cart, _way(store), lamp.merchant, expected_total_minor=8_000)

    assert not Checkout.objects.exists()
    assert not Reservation.objects.exists()
    assert set(Stock.objects.values_list("reserved", flat=True)) == {0}


def test_a_fee_of_the_store_is_the_price_of_picking_up(lamp: Variant) -> None:
    store = make_store(lamp.merchant, stock={lamp: 3}, fee_minor=150)

    assert _ordered(lamp, store).shipping_minor == 150


def test_another_merchants_store_cannot_be_chosen(lamp: Variant) -> None:
    other = make_goods(merchant=make_seller())
    foreign = make_store(other.merchant, stock={other: 3})

    with pytest.raises(PickupNotOffered), transaction.atomic():
        place_by(make_cart(lamp), _way(foreign), lamp.merchant, expected_total_minor=2_000)

    assert not Checkout.objects.exists()


def test_a_store_that_stopped_offering_it_cannot_be_chosen(lamp: Variant, store: PickupPoint) -> None:
    save_pickup_point(
        merchant_id=lamp.merchant_id, warehouse_id=store.warehouse_id, terms=PickupTerms("2 Street", ALWAYS, is_offered=False)
    )

    with pytest.raises(PickupNotOffered), transaction.atomic():
        place_by(make_cart(lamp), _way(store), lamp.merchant, expected_total_minor=2_000)

    assert not Checkout.objects.exists()


def test_what_is_picked_up_needs_no_address_and_what_is_sent_does(lamp: Variant, store: PickupPoint) -> None:
    place_by(make_cart(lamp), _way(store), lamp.merchant, buyer={"address": "", "city": "", "postcode": ""})

    with pytest.raises(AddressNeeded), transaction.atomic():
        place_by(make_cart(lamp), ChosenWay(), lamp.merchant, buyer={"address": ""})

    assert Checkout.objects.count() == 1


def test_each_merchants_goods_take_their_own_way(lamp: Variant, store: PickupPoint) -> None:
    cup = make_goods(merchant=make_seller(), price=1_000)
    checkout = place_by(make_cart(lamp, cup), _way(store), lamp.merchant)

    picked_up, sent = checkout.orders.get(merchant=lamp.merchant), checkout.orders.get(merchant=cup.merchant)
    assert (picked_up.shipping_minor, sent.shipping_minor) == (0, 500)
    assert (picked_up.pickup_from_id, sent.pickup_from_id) == (store.warehouse_id, None)


def test_the_right_code_hands_over_and_delivers(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store, 2)
    code = _ready(order)

    _collect(f" {code[:4].lower()}-{code[4:]} ", store)

    order.refresh_from_db()
    drain()
    row = Pickup.objects.get(order=order)
    assert (order.status, row.status, row.code, row.code_hash) == ("delivered", "collected", "", "")
    shelf = Stock.objects.get(variant=lamp, warehouse=store.warehouse)
    assert (shelf.on_hand, shelf.reserved) == (1, 0)
    assert violations() == {}


def test_a_code_works_once(lamp: Variant, store: PickupPoint) -> None:
    code = _ready(_ordered(lamp, store))
    _collect(code, store)

    with pytest.raises(PickupCodeWrong):
        _collect(code, store)

    assert StockMovement.objects.filter(reason="shipped").count() == 1


def test_the_code_is_neither_readable_in_the_table_nor_another_shops(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store)
    code = _ready(order)
    other = make_goods(merchant=make_seller())

    row = Pickup.objects.get(order=order)
    assert code not in row.code + row.code_hash
    with pytest.raises(PickupCodeWrong):
        _collect(code, make_store(other.merchant, stock={other: 1}))
    assert Pickup.objects.get(order=order).status == "ready"


@pytest.mark.parametrize("code", ["", "AAAA", "ZZZZ-ZZZZ", "x" * 500, "ＡＡＡＡＡＡＡＡ", "\x00" * 8])
def test_a_wrong_code_changes_nothing(lamp: Variant, store: PickupPoint, code: str) -> None:
    order = _ordered(lamp, store)
    _ready(order)

    with pytest.raises(PickupCodeWrong):
        _collect(code, store)

    assert Pickup.objects.get(order=order).status == "ready"


def test_after_five_wrong_codes_even_the_right_one_waits(lamp: Variant, store: PickupPoint) -> None:
    code = _ready(_ordered(lamp, store))
    who = [f"clerk:{uuid.uuid4()}"]
    for _ in range(5):
        with pytest.raises(PickupCodeWrong):
            hand_over(code="ZZZZZZZZ", merchant_id=store.merchant_id, tried_by=who, actor=CLERK, at=timezone.now())

    with pytest.raises(TooManyPickupCodes):
        hand_over(code=code, merchant_id=store.merchant_id, tried_by=who, actor=CLERK, at=timezone.now())

    assert Pickup.objects.get().status == "ready"


def test_putting_aside_tells_the_shopper_once(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store)

    first, again = _ready(order), _ready(order)

    order.refresh_from_db()
    assert first == again
    assert order.status == "preparing"
    assert OutboxEvent.objects.filter(name="OrderReadyToCollect").count() == 1


def test_an_unpaid_order_is_not_put_aside(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store, is_paid=False)

    with pytest.raises(PickupNotPaid), transaction.atomic():
        _ready(order)

    assert Pickup.objects.get(order=order).status == "waiting"


def test_another_merchants_order_does_not_exist(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store)

    with pytest.raises(PickupNotFound), transaction.atomic():
        put_aside(order_id=order.pk, merchant_id=make_seller().pk, actor=CLERK, at=timezone.now())


def test_it_is_not_sent_by_a_carrier_and_not_planned_from_elsewhere(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store)

    with pytest.raises(PickedUpInStore), transaction.atomic():
        fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="SF123456", actor=CLERK, at=timezone.now())
    moved = replan_order(order_id=order.pk, actor=CLERK, at=timezone.now(), reason="closed", away_from=[store.warehouse_id])

    assert moved == 0
    assert Reservation.objects.get(group=order.pk).stock.warehouse_id == store.warehouse_id


def test_what_nobody_picks_up_is_refunded_and_on_sale_again(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store)
    code = _ready(order)
    after = timezone.now() + dt.timedelta(days=7, hours=1)

    with pytest.raises(PickupCodeExpired):
        _collect(code, store, at=after)
    assert give_up_uncollected(at=after) == 1
    assert give_up_uncollected(at=after) == 0

    order.refresh_from_db()
    assert (order.status, order.refunded_minor, Pickup.objects.get(order=order).status) == ("cancelled", order.total_minor, "missed")
    assert Stock.objects.get(variant=lamp, warehouse=store.warehouse).reserved == 0
    assert violations() == {}


def test_it_is_kept_until_its_time_is_over(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store)
    _ready(order)

    assert give_up_uncollected(at=timezone.now() + dt.timedelta(days=6)) == 0
    assert Pickup.objects.get(order=order).status == "ready"


def test_a_cancelled_order_cannot_be_picked_up(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store)
    code = _ready(order)

    cancellation.cancel_order(order_id=order.pk, actor="shopper:guest", reason="by shopper", at=timezone.now())

    with pytest.raises(PickupCodeWrong):
        _collect(code, store)
    assert Pickup.objects.get(order=order).status == "cancelled"
    assert violations() == {}


def test_an_unpaid_purchase_that_expires_calls_its_pick_up_off(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store, is_paid=False)

    expiry.expire_unpaid(at=order.checkout.expires_at)

    assert Pickup.objects.get(order=order).status == "cancelled"
    assert violations() == {}


def test_only_stores_that_have_everything_are_offered(lamp: Variant, store: PickupPoint) -> None:
    make_store(lamp.merchant, stock={lamp: 1})

    few, many, more = (chosen_view(make_cart(lamp, quantity=n), ChosenWay(), lamp.merchant).parcels[0].ways.points for n in (1, 2, 4))

    assert (len(few), many, more) == (2, [store], [])


@pytest.mark.parametrize("merchants", [1, 3])
def test_looking_for_ways_takes_the_same_statements_for_any_number_of_merchants(merchants: int, django_assert_num_queries: object) -> None:
    lamps = [make_goods(merchant=make_seller()) for _ in range(merchants)]
    for lamp in lamps:
        make_store(lamp.merchant, stock={lamp: 3})
    cart = make_cart(*lamps)

    with django_assert_num_queries(4 + 3):  # type: ignore[operator]  # of the cart; stores, slots, shelves
        view = chosen_view(cart, ChosenWay(), lamps[0].merchant)

    assert all(parcel.ways.points for parcel in view.parcels)


@pytest.mark.parametrize(
    "terms",
    [
        {"address": " "},
        {"opening_hours": {}},
        {"opening_hours": {"mon": [["18:00", "09:00"]]}},
        {"opening_hours": {"mon": [["09:00", "13:00"], ["12:00", "18:00"]]}},
        {"opening_hours": {"someday": [["09:00", "13:00"]]}},
        {"keep_days": 0},
        {"ready_hours": -1},
        {"fee_minor": -1},
    ],
)
def test_a_store_that_cannot_be_is_refused(lamp: Variant, terms: dict[str, object]) -> None:
    with pytest.raises(DomainError), transaction.atomic():
        make_store(lamp.merchant, **terms)

    assert not PickupPoint.objects.exists()


def test_a_shipped_order_cannot_be_handed_over_twice_after_it_was_delivered(lamp: Variant, store: PickupPoint) -> None:
    order = _ordered(lamp, store)
    _collect(_ready(order), store)

    with pytest.raises(IllegalTransition), transaction.atomic():
        fulfilment.start_preparing(order_id=order.pk, actor=CLERK, at=timezone.now())
