"""A purchase paid at the door, from the checkout to its end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from core.invariants import violations
from core.models import OutboxEvent, StateChange
from core.states import IllegalTransition
from logistics.models import Reservation, Shipment, Stock
from loyalty.selectors import balance
from merchants.models import Merchant
from orders.errors import (
    CashDeclined,
    CashNotHandedOver,
    CashNotOffered,
    CheckoutCancelled,
    CheckoutConfirmed,
    ExtraCheckNeeded,
    NotAtTheDoor,
)
from orders.models import Checkout, MerchantOrder
from orders.selectors.risk import facts_of
from orders.services import cancellation, cash, completion, expiry, fulfilment, payment, refunds, risk
from payments.models import CashCollection, PaymentAttempt, Refund, RiskAssessment, RiskChallenge, SandboxPayment
from payments.selectors import balances
from payments.services.attempts import refresh_attempt
from payments.services.risk import code_of, confirm_code
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.loyalty import make_lot
from tests.factories.orders import make_goods, make_seller
from tests.factories.payments import answer
from tests.walkthrough import RETURN_URL, Walk, order_up_to, pay, tell_paid

pytestmark = pytest.mark.django_db
now = timezone.now


def placed(user: User | None = None, *, merchants: int = 2, points: int = 0, allowed: bool = True) -> Walk:
    sellers = [make_seller() for _ in range(merchants)]
    Merchant.objects.update(cash_on_delivery=allowed)
    return order_up_to("awaiting_payment", variants=[make_goods(merchant=seller) for seller in sellers], user=user, points=points)


def confirmed(user: User | None = None, **overrides: Any) -> Walk:
    walk = placed(user, **overrides)
    cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())
    return walk.refresh()


def ship(walk: Walk) -> Walk:
    for order in walk.orders:
        fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number=order.number, actor="merchant:x", at=now())
    return walk.refresh()


def complete(walk: Walk) -> Walk:
    for order in ship(walk).orders:
        completion.confirm_receipt(order_id=order.pk, actor="shopper:guest", at=now())
    return walk.refresh()


def test_confirming_hands_the_orders_to_the_merchants_without_a_payment() -> None:
    walk = confirmed()

    assert walk.checkout.status == "confirmed"
    assert {order.status for order in walk.orders} == {"preparing"}
    assert all(order.ship_by for order in walk.orders)
    assert {row.status for row in Reservation.objects.all()} == {"committed"}
    assert not PaymentAttempt.objects.exists()
    assert [row.amount_minor for row in CashCollection.objects.order_by("reference")] == [order.total_minor for order in walk.orders]
    assert violations() == {}


def test_confirming_again_is_the_same_answer() -> None:
    walk = confirmed()

    cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())

    assert OutboxEvent.objects.filter(name="CheckoutConfirmed").count() == 1
    assert CashCollection.objects.count() == 2


def test_one_merchant_who_does_not_take_cash_is_enough_to_refuse_it() -> None:
    walk = placed()
    Merchant.objects.filter(pk=walk.order.merchant_id).update(cash_on_delivery=False)

    with pytest.raises(CashNotOffered):
        cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())

    assert walk.refresh().checkout.status == "awaiting_payment"


def test_more_than_the_limit_is_refused(settings: Settings) -> None:
    walk = placed()
    settings.CASH_ON_DELIVERY_MAX_MINOR = walk.checkout.total_minor - 1

    with pytest.raises(CashNotOffered):
        cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())


def test_a_purchase_that_has_ended_cannot_be_confirmed() -> None:
    walk = placed()
    cancellation.cancel_checkout(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())

    with pytest.raises(CheckoutCancelled):
        cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())


def test_a_confirmed_purchase_neither_expires_nor_is_paid_again() -> None:
    walk = confirmed()

    expiry.expire_unpaid(at=walk.checkout.expires_at)
    with pytest.raises(CheckoutConfirmed):
        payment.start_payment(checkout=walk.checkout, gateway="sandbox", return_url=RETURN_URL, at=now())

    assert walk.refresh().checkout.status == "confirmed"


def test_a_payment_begun_before_is_closed_and_its_money_goes_back_if_it_comes_all_the_same() -> None:
    walk = placed(make_user())
    attempt = payment.start_payment(checkout=walk.checkout, gateway="sandbox", return_url=RETURN_URL, at=now())

    cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())

    attempt.refresh_from_db()
    assert attempt.status == "failed"
    assert violations() == {}


def test_a_payment_that_was_faster_wins() -> None:
    walk = placed()
    attempt = payment.start_payment(checkout=walk.checkout, gateway="sandbox", return_url=RETURN_URL, at=now())
    answer(attempt, "lose")

    with pytest.raises(Exception, match="paid already"):
        cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())
    drain()

    assert walk.refresh().checkout.status == "paid"


def test_on_completion_the_merchant_owes_the_commission_and_the_member_has_points() -> None:
    user = make_user()

    walk = complete(confirmed(user))

    assert {order.status for order in walk.orders} == {"completed"}
    assert all(order.paid_at == order.completed_at for order in walk.orders)
    assert [balances(order.merchant_id, "USD").payable_minor for order in walk.orders] == [
        -order.commission_minor - order.commission_tax_minor for order in walk.orders
    ]
    assert balance(user.pk, now()) > 0
    drain()
    assert violations() == {}


def test_cancelled_before_it_is_sent_the_goods_are_on_sale_again_and_nothing_is_posted() -> None:
    walk = confirmed()

    for order in walk.orders:
        cancellation.cancel_order(order_id=order.pk, actor="shopper:guest", reason="changed my mind", at=now())

    assert {order.status for order in walk.refresh().orders} == {"cancelled"}
    assert {(stock.on_hand, stock.reserved) for stock in Stock.objects.all()} == {(10, 0)}
    assert not Refund.objects.exists()
    assert violations() == {}


def test_refused_at_the_door_the_parcel_is_back_on_the_shelf_once() -> None:
    walk = ship(confirmed(merchants=1))

    for _ in range(2):
        cash.refuse_at_door(order_id=walk.order.pk, actor="merchant:x", reason="nobody home", at=now())

    assert walk.refresh().order.status == "cancelled"
    assert {(stock.on_hand, stock.reserved) for stock in Stock.objects.all()} == {(10, 0)}
    assert {parcel.status for parcel in Shipment.objects.all()} == {"returned"}
    assert StateChange.objects.filter(entity_id=walk.order.pk, to_status="cancelled").get().reason == "nobody home"
    assert violations() == {}


def test_only_what_is_on_its_way_and_paid_in_cash_can_be_refused_at_the_door() -> None:
    paid, preparing, delivered = order_up_to("shipped").order, confirmed().order, complete(confirmed()).order

    for order in (paid, preparing, delivered):
        with pytest.raises(NotAtTheDoor):
            cash.refuse_at_door(order_id=order.pk, actor="merchant:x", reason="", at=now())


def test_what_is_on_its_way_cannot_be_cancelled_by_the_shopper() -> None:
    walk = ship(confirmed())

    with pytest.raises(IllegalTransition):
        cancellation.cancel_order(order_id=walk.order.pk, actor="shopper:guest", reason="", at=now())


def test_points_that_paid_a_part_come_back_when_it_is_refused() -> None:
    user = make_user()
    make_lot(100, user=user)

    walk = ship(confirmed(user, merchants=1, points=100))
    due = CashCollection.objects.get().amount_minor
    cash.refuse_at_door(order_id=walk.order.pk, actor="merchant:x", reason="", at=now())

    assert due == walk.checkout.total_minor == walk.order.total_minor - 100
    assert balance(user.pk, now()) == 100
    assert violations() == {}


def test_a_member_gets_a_complete_order_back_as_store_credit() -> None:
    user = make_user()
    walk = complete(confirmed(user, merchants=1))

    refunds.refund_order(order_id=walk.order.pk, actor="operator:test", reason="broken", at=now())

    order = walk.refresh().order
    assert (order.status, order.refunded_minor) == ("refunded", order.total_minor)
    assert balances(order.merchant_id, "USD").payable_minor == -order.total_minor
    drain()
    assert violations() == {}


def test_a_parcel_nobody_has_paid_yet_cannot_be_refunded() -> None:
    walk = ship(confirmed(make_user()))

    with pytest.raises(CashNotHandedOver):
        refunds.refund_order(order_id=walk.order.pk, actor="operator:test", reason="", at=now())

    assert walk.refresh().order.status == "shipped"


def test_money_that_comes_for_a_confirmed_purchase_goes_back_once() -> None:
    """MON28: also where points are held for it."""
    user = make_user()
    make_lot(100, user=user)
    walk = placed(user, points=100)
    attempt = payment.start_payment(checkout=walk.checkout, gateway="sandbox", return_url=RETURN_URL, at=now())
    cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())
    attempt.refresh_from_db()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(status="sent")
    answer_late(attempt)

    for _ in range(2):
        tell_paid(attempt)
    drain()

    assert Refund.objects.get().amount_minor == walk.checkout.total_minor
    assert Checkout.objects.get().status == "confirmed"
    assert violations() == {}


def answer_late(attempt: PaymentAttempt) -> None:
    """The provider took the money although it had been told to stop."""
    SandboxPayment.objects.filter(idempotency_key=attempt.idempotency_key).update(status="approved")
    refresh_attempt(attempt_id=attempt.pk, at=now())


def refused_twice(user: User) -> None:
    """Two parcels that this buyer did not take."""
    for order in ship(confirmed(user)).orders:
        cash.refuse_at_door(order_id=order.pk, actor="merchant:x", reason="not at home", at=now())


def test_an_ordinary_purchase_in_cash_is_judged_once_and_goes_on() -> None:
    walk = confirmed()

    look = RiskAssessment.objects.get(reference=walk.checkout.pk)
    assert (look.stage, look.decision, [reason["code"] for reason in look.reasons]) == ("cash", "allow", ["new_buyer"])


def test_who_did_not_take_two_parcels_has_to_pay_in_another_way() -> None:
    user = make_user()
    refused_twice(user)
    walk = placed(user)

    with pytest.raises(CashDeclined):
        cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())

    assert walk.refresh().checkout.status == "awaiting_payment"
    assert not CashCollection.objects.filter(purchase=walk.checkout.pk).exists()
    look = RiskAssessment.objects.get(reference=walk.checkout.pk)
    assert "refused_at_door" in [reason["code"] for reason in look.reasons]
    assert pay(walk.checkout).status == "paid"
    assert violations() == {}


def test_parcels_refused_long_ago_or_by_others_are_no_reason() -> None:
    user = make_user()
    refused_twice(user)
    MerchantOrder.objects.update(placed_at=now() - dt.timedelta(days=183))
    refused_twice(make_user())

    facts = facts_of(placed(user).checkout, now(), in_cash=True)

    assert (facts.refused_at_door, facts.cash_on_its_way) == (0, 0)


def test_whoever_has_much_to_pay_at_the_door_types_a_code_before_more_is_sent() -> None:
    user = make_user()
    for _ in range(3):
        confirmed(user, merchants=1)
    walk = placed(user)

    with pytest.raises(ExtraCheckNeeded):
        cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now())
    assert walk.refresh().checkout.status == "awaiting_payment"

    risk.ask_for_code(checkout=walk.checkout, at=now())
    code = code_of(RiskChallenge.objects.get(reference=walk.checkout.pk))
    confirm_code(reference=walk.checkout.pk, code=code, at=now())
    assert cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=now()).status == "confirmed"
