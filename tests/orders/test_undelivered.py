"""Orders go by the carrier the merchant chose; parcels that do not arrive wait for its decision, which happens once."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from core.invariants import violations
from core.states import IllegalTransition
from logistics import services as logistics
from logistics.errors import CarrierNotAvailable, InvalidTracking, OutOfStock
from logistics.models import CarrierBooking, CarrierClaim, Shipment, ShipmentLine, Stock, StockMovement
from logistics.services.tracking import move_simulated_parcels
from orders.errors import UndeliveredNotFound
from orders.models import MerchantOrder, OrderRefund, UndeliveredParcel
from orders.services import undelivered
from orders.services.completion import complete_due
from orders.services.dispatching import dispatch_order
from orders.services.fulfilment import ship_order, start_preparing
from orders.services.rest import give_up_rest
from orders.services.returns_of_money import Part, refund_part
from tests.drain import drain
from tests.factories.carriers import make_carrier
from tests.factories.merchants import make_merchant
from tests.factories.orders import make_goods, make_seller
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
now = timezone.now
DAY = dt.timedelta(days=1)


def sent(way: str = "simulated", *, quantity: int = 1, **parcel: str) -> MerchantOrder:
    """A paid order that its merchant has sent this way."""
    goods = make_goods()
    order = order_up_to("paid", variants=[goods], quantity=quantity).order
    return dispatch_order(order_id=order.pk, way=way, actor="merchant:1", at=now(), **parcel)


def parcel_of(order: MerchantOrder) -> Shipment:
    return Shipment.objects.filter(reference=order.pk).latest("created_at")


def tell(order: MerchantOrder, *codes: str) -> Shipment:
    parcel = parcel_of(order)
    for code in codes:
        logistics.record_tracking(shipment_id=parcel.pk, code=code, at=now(), actor="carrier")
    drain()
    return parcel


def undelivered_order(code: str = "returned", **more: Any) -> tuple[MerchantOrder, UndeliveredParcel]:
    order = sent("manual", carrier="Post", tracking_number="P1", **more)
    parcel = tell(order, code)
    return order, UndeliveredParcel.objects.get(shipment=parcel)


def who(entry: UndeliveredParcel) -> dict[str, Any]:
    return {"entry_id": entry.pk, "merchant_id": entry.merchant_id, "actor": "merchant:1", "at": now()}


def state(order: MerchantOrder, entry: UndeliveredParcel) -> tuple[str, str]:
    order.refresh_from_db()
    entry.refresh_from_db()
    return order.status, entry.status


def on_hand(order: MerchantOrder) -> int:
    return Stock.objects.get(variant=order.lines.get().variant_id).on_hand


def test_the_built_in_carrier_delivers_an_order_without_anybody_typing_a_number() -> None:
    order = sent()
    assert (order.status, parcel_of(order).carrier) == ("shipped", "Jishi Express")
    assert parcel_of(order).tracking_number.startswith("JX")

    CarrierBooking.objects.update(booked_at=now() - 9 * DAY, next_scan_at=now() - 8 * DAY)
    drain()

    order.refresh_from_db()
    assert (order.status, parcel_of(order).status) in {("delivered", "delivered"), ("shipped", "lost")}
    assert violations() == {}


def test_sending_twice_is_one_parcel() -> None:
    order = sent("manual", carrier="Post", tracking_number="P1")

    dispatch_order(order_id=order.pk, way="manual", carrier="Post", tracking_number="P1", actor="merchant:1", at=now())

    assert Shipment.objects.filter(reference=order.pk).count() == 1
    assert not CarrierBooking.objects.exists()


def test_an_order_does_not_leave_by_somebody_elses_carrier_or_without_a_number() -> None:
    goods = make_goods()
    order = order_up_to("paid", variants=[goods]).order
    stranger, own = make_carrier()[0], make_carrier(order.merchant)[0]

    for way, parcel, refusal in (
        (str(stranger.pk), {"tracking_number": "X1"}, CarrierNotAvailable),
        (str(own.pk), {}, InvalidTracking),
        ("manual", {"tracking_number": "X1"}, InvalidTracking),
    ):
        with pytest.raises(refusal), transaction.atomic():
            dispatch_order(order_id=order.pk, way=way, actor="merchant:1", at=now(), **parcel)

    order.refresh_from_db()
    assert order.status == "paid"
    assert not Shipment.objects.exists()


def test_a_returned_parcel_is_on_the_shelf_once_and_waits_for_a_decision() -> None:
    order = sent("manual", carrier="Post", tracking_number="P1", quantity=2)
    before = on_hand(order)

    tell(order, "failed", "returned")
    logistics.take_parcel_back(shipment_id=parcel_of(order).pk, actor="system:test", at=now())

    entry = UndeliveredParcel.objects.get()
    assert (entry.kind, *state(order, entry)) == ("returned", "shipped", "open")
    assert on_hand(order) == before + 2
    assert StockMovement.objects.filter(reason="returned").count() == 1
    assert not CarrierClaim.objects.exists()
    assert violations() == {}


def test_a_lost_parcel_is_claimed_for_what_its_goods_were_sold_for() -> None:
    order, entry = undelivered_order("lost", quantity=3)

    claim = CarrierClaim.objects.get()
    assert (claim.shipment, claim.amount_minor, claim.currency) == (entry.shipment, order.goods_minor, order.currency)
    assert entry.kind == "lost"
    assert not StockMovement.objects.filter(reason="returned").exists()


def test_paying_back_the_only_parcel_refunds_the_whole_order_once() -> None:
    order, entry = undelivered_order()

    for _ in range(2):
        undelivered.refund_undelivered(**who(entry), reason="Came back")
    drain()

    assert state(order, entry) == ("refunded", "refunded")
    assert OrderRefund.objects.get(order=order).amount_minor == order.total_minor
    assert violations() == {}


def test_paying_back_one_of_two_parcels_refunds_its_goods_only() -> None:
    seller = make_seller()
    first, second = make_goods(merchant=seller, price=1_000), make_goods(merchant=seller, price=3_000)
    order = order_up_to("paid", variants=[first, second]).order
    dispatch_order(order_id=order.pk, way="manual", carrier="Post", tracking_number="P1", actor="merchant:1", at=now())
    parcel = parcel_of(order)
    parcel.lines.get(variant=second).delete()  # the other half lies in another parcel, which has arrived
    entry = UndeliveredParcel.objects.get(shipment=tell(order, "lost"))

    undelivered.refund_undelivered(**who(entry), reason="Lost")
    drain()

    assert state(order, entry) == ("shipped", "refunded")
    assert OrderRefund.objects.get(order=order).amount_minor == 1_000
    assert violations() == {}


@pytest.mark.parametrize("code", ["returned", "lost"])
def test_goods_that_are_sent_again_arrive_and_deliver_the_order(code: str) -> None:
    order, entry = undelivered_order(code)

    for _ in range(2):
        undelivered.send_again(**who(entry), way="manual", carrier="Post", tracking_number="P2")
    assert Shipment.objects.filter(reference=order.pk).count() == 2
    assert state(order, entry) == ("shipped", "sent_again")
    tell(order, "delivered")

    assert state(order, entry) == ("delivered", "sent_again")
    assert violations() == {}


def test_the_built_in_carrier_gives_the_second_parcel_another_number() -> None:
    order = sent()
    first = tell(order, "returned")

    entry = UndeliveredParcel.objects.get(shipment=first)
    undelivered.send_again(**who(entry), way="simulated")

    numbers = set(Shipment.objects.filter(reference=order.pk).values_list("tracking_number", flat=True))
    assert len(numbers) == 2
    assert move_simulated_parcels(at=now() + 9 * DAY) == 2


def test_what_is_not_there_is_not_sent_again() -> None:
    order, entry = undelivered_order("lost")
    stock = Stock.objects.get(variant=order.lines.get().variant_id)
    logistics.correct_stock(stock_id=stock.pk, on_hand=0, expected_on_hand=None, actor="merchant:1", at=now())

    with pytest.raises(OutOfStock), transaction.atomic():
        undelivered.send_again(**who(entry), way="manual", carrier="Post", tracking_number="P2")

    assert state(order, entry) == ("shipped", "open")
    assert Shipment.objects.filter(reference=order.pk).count() == 1


def test_a_decision_is_not_changed_and_a_strangers_parcel_does_not_exist() -> None:
    order, entry = undelivered_order()
    with pytest.raises(UndeliveredNotFound), transaction.atomic():
        undelivered.refund_undelivered(**{**who(entry), "merchant_id": make_merchant().pk}, reason="Mine")
    assert state(order, entry) == ("shipped", "open")
    undelivered.refund_undelivered(**who(entry), reason="Came back")

    with pytest.raises(IllegalTransition), transaction.atomic():
        undelivered.send_again(**who(entry), way="manual", carrier="Post", tracking_number="P2")

    assert Shipment.objects.filter(reference=order.pk).count() == 1


def test_a_lost_parcel_that_is_found_needs_no_decision() -> None:
    order, entry = undelivered_order("lost")

    tell(order, "delivered")

    assert state(order, entry) == ("delivered", "arrived")


def test_an_order_does_not_complete_by_itself_while_a_parcel_waits_for_a_decision() -> None:
    order, entry = undelivered_order()
    MerchantOrder.objects.filter(pk=order.pk).update(complete_by=now() - DAY)

    assert complete_due(at=now()) == 0
    undelivered.close_as_arrived(**who(entry), reason="The neighbour had it")

    assert complete_due(at=now()) == 1
    assert state(order, entry) == ("completed", "arrived")


def test_what_goes_back_to_a_merchant_is_nobodys_decision() -> None:
    order = sent("manual", carrier="Post", tracking_number="P1")
    Shipment.objects.update(direction="to_merchant")

    tell(order, "lost")

    assert not UndeliveredParcel.objects.exists()
    assert not CarrierClaim.objects.exists()


def part_sent(code: str) -> tuple[MerchantOrder, UndeliveredParcel]:
    """One of three pieces was sent, and did not arrive."""
    goods = make_goods()
    order = order_up_to("paid", variants=[goods], quantity=3).order
    ship_order(order_id=order.pk, carrier="Post", tracking_number="P1", actor="merchant:1", at=now(), pieces={goods.pk: 1})
    return order, UndeliveredParcel.objects.get(shipment=tell(order, code))


@pytest.mark.parametrize("code", ["returned", "lost"])
def test_a_parcel_of_a_partly_sent_order_waits_for_a_decision_too(code: str) -> None:
    order, entry = part_sent(code)
    assert (entry.kind, *state(order, entry)) == (code, "preparing", "open")

    undelivered.send_again(**who(entry), way="manual", carrier="Post", tracking_number="P2")
    assert state(order, entry) == ("preparing", "sent_again")
    assert order.complete_by is None
    ship_order(order_id=order.pk, carrier="Post", tracking_number="P3", actor="merchant:1", at=now())
    for number in ("P2", "P3"):
        logistics.record_tracking(shipment_id=Shipment.objects.get(tracking_number=number).pk, code="delivered", at=now(), actor="carrier")
    drain()

    assert state(order, entry) == ("delivered", "sent_again")
    assert sum(ShipmentLine.objects.filter(shipment__reference=order.pk).values_list("quantity", flat=True)) == 4
    assert violations() == {}


def test_paying_back_a_parcel_of_a_partly_sent_order_leaves_the_rest_to_be_sent() -> None:
    order, entry = part_sent("lost")

    for _ in range(2):
        undelivered.refund_undelivered(**who(entry), reason="Lost")
    drain()

    assert state(order, entry) == ("preparing", "refunded")
    assert OrderRefund.objects.get(order=order).amount_minor == order.goods_minor // 3
    ship_order(order_id=order.pk, carrier="Post", tracking_number="P3", actor="merchant:1", at=now())
    tell(order, "delivered")
    assert state(order, entry) == ("delivered", "refunded")
    assert violations() == {}


def test_giving_up_the_rest_also_gives_up_goods_that_were_held_to_be_sent_again() -> None:
    order, entry = part_sent("returned")
    undelivered.send_again(**who(entry), way="manual", carrier="Post", tracking_number="P2")

    give_up_rest(order_id=order.pk, actor="merchant:1", reason="Broken", at=now())
    drain()

    assert state(order, entry) == ("shipped", "sent_again")
    assert Stock.objects.get(variant=order.lines.get().variant_id).reserved == 0
    assert OrderRefund.objects.get(order=order).amount_minor == order.goods_minor - order.goods_minor // 3
    assert violations() == {}


def test_what_was_not_sent_at_all_is_not_paid_back_in_part() -> None:
    order = order_up_to("paid", variants=[make_goods()], quantity=3).order
    start_preparing(order_id=order.pk, actor="merchant:1", at=now())

    with pytest.raises(IllegalTransition), transaction.atomic():
        refund_part(
            order_id=order.pk, cause=order.pk, parts=[Part(order.lines.get().pk, 1, 1)], shipping_minor=0, actor="x", reason="", at=now()
        )

    assert not OrderRefund.objects.exists()


def test_cash_at_the_door_of_a_parcel_that_came_back_ends_unpaid() -> None:
    from orders.services.cash import confirm_cash
    from tests.factories.orders import make_cart, place

    goods = make_goods(merchant=make_seller(cash_on_delivery=True))
    checkout = place(make_cart(goods))
    confirm_cash(checkout_id=checkout.pk, actor="shopper:1", at=now())
    order = checkout.orders.get()
    dispatch_order(order_id=order.pk, way="manual", carrier="Post", tracking_number="P1", actor="merchant:1", at=now())
    before = on_hand(order)
    entry = UndeliveredParcel.objects.get(shipment=tell(order, "failed", "returned"))

    undelivered.refund_undelivered(**who(entry), reason="Nobody at home")
    drain()

    assert state(order, entry) == ("cancelled", "refunded")
    assert on_hand(order) == before + 1
    assert violations() == {}
